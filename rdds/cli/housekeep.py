"""``rdds housekeep``: what time alone brings about."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from rdds.cli.commands import Command, dry_run_option
from rdds.cli.options import instant
from rdds.cli.output import print_json, write_line
from rdds.cli.session import Session, actor, pass_session

if TYPE_CHECKING:
    from rdds.housekeeping import Progress, Tally
    from store.sql.database import Database

__all__ = ["housekeep"]

# Days are counted from a pretended instant in both directions: there must be some.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

LINES = (
    ("registrant_changes", "registrant changes ended"),
    ("contacts", "contacts deleted"),
    ("old_values", "rows freed of old private values"),
    ("messages", "messages handed on"),
)


class Moment(click.ParamType[datetime]):
    """An instant that the calendar has days around."""

    name = "instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read a date or an instant; anything else is wrong use."""
        from store.errors import RegistryError

        try:
            read = instant(str(value), field="it")
        except RegistryError as error:
            self.fail(error.message, param, ctx)
        if not EARLIEST <= read <= LATEST:
            self.fail(f"it lies between {EARLIEST:%Y} and {LATEST:%Y}.", param, ctx)
        return read


MOMENT = Moment()


@click.command(
    cls=Command,
    examples="""
        rdds housekeep
        rdds housekeep --dry-run --now 2030-06-30T12:00:00Z --pretend-time""",
)
@click.option(
    "--now", "now", type=MOMENT, metavar="INSTANT", help="Do what is due at this instant."
)
@click.option("--pretend-time", is_flag=True, help="With --now: yes, it is not that time.")
@dry_run_option
@pass_session
def housekeep(session: Session, *, now: datetime | None, pretend_time: bool, dry_run: bool) -> None:
    """Delete contacts whose time is up, end registrant changes that ran out, send messages.

    Private values in the history that were kept long enough become fingerprints. It may run
    at any time, anywhere, and twice at once.
    """
    if (now is None) is pretend_time:
        raise click.UsageError("--now and --pretend-time go together: other clocks say otherwise.")
    clock = _clock(now)
    with session.editing(dry_run=dry_run) as database, _progress() as progress:
        tally = _keep_house(session, database, clock, dry_run=dry_run, progress=progress)
        if not dry_run:
            tally = replace(tally, messages=_deliver(session, database))
    _tell(session, tally, clock(), dry_run=dry_run)


def _clock(pretended: datetime | None) -> Callable[[], datetime]:
    from store.instants import now

    return now if pretended is None else lambda: pretended


def _keep_house(
    session: Session,
    database: Database,
    clock: Callable[[], datetime],
    *,
    dry_run: bool,
    progress: Progress,
) -> Tally:
    from rdds.housekeeping import keep_house
    from store.write_door import WriteDoor

    door = WriteDoor(database, session.settings().registry_policy(), clock=clock)
    who = replace(actor(), door="housekeep")
    return keep_house(database, door, who, dry_run=dry_run, progress=progress)


def _deliver(session: Session, database: Database) -> int:
    """Send what is due until nothing is; give how many messages were taken in hand.

    It goes by the real clock: other senders count their leases by it.
    """
    from rdds.posting import make_deliverer
    from store.instants import now
    from store.outbox import Outbox

    settings = session.settings()
    Outbox(database, settings.registry_policy(), clock=now).drop_stale()
    fixed = [endpoint for endpoint in settings.pages.listen if endpoint.port]
    deliverer = make_deliverer(
        settings,
        settings.registry_policy(),
        database,
        pages_url=f"http://{fixed[0]}/" if fixed else None,
    )

    async def send() -> int:
        taken = 0
        while count := await deliverer.round():
            taken += count
        return taken

    return asyncio.run(send())


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show how far the run is, on a terminal alone."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _tally: None
        return

    def show(tally: Tally) -> None:
        said = ", ".join(f"{getattr(tally, key):,} {label}" for key, label in LINES[:3])
        click.echo(f"\r\x1b[K{said}", nl=False, err=True)

    try:
        yield show
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


def _tell(session: Session, tally: Tally, at: datetime, *, dry_run: bool) -> None:
    from store.records_json import rfc3339

    counts = {key: getattr(tally, key) for key, _ in LINES}
    if session.as_json:
        print_json({"dry_run": dry_run, "now": rfc3339(at), **counts, "at_least": tally.at_least})
        return
    if dry_run:
        write_line("This would be done:" if not tally.at_least else "This would be done at least:")
    for key, label in LINES:
        if not (dry_run and key == "messages"):
            write_line(f"{counts[key]:>11,}  {label}")
