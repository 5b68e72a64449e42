"""``rdds reserved-name``: names that can't be registered."""

from __future__ import annotations

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import TEXT, one_of
from rdds.cli.output import print_list, print_outcome
from rdds.cli.session import Session, pass_session

__all__ = ["reserved_name"]

COLUMNS = ("name", "state", "by", "created")


@click.group("reserved-name", cls=Group, examples="rdds reserved-name list")
def reserved_name() -> None:
    """Names that can't be registered."""


@reserved_name.command(
    examples="""
        rdds reserved-name add www.example
        rdds reserved-name add brand.example --state blocked --by 'Example Blocking Service'"""
)
@click.argument("name", type=TEXT)
@click.option(
    "--state",
    type=one_of("state", "reserved", "blocked"),
    default="reserved",
    show_default=True,
    metavar="reserved|blocked",
    help="Kept back, or blocked by a service.",
)
@click.option("--by", type=TEXT, metavar="SERVICE", help="The service that blocks it.")
@dry_run_option
@pass_session
def add(session: Session, *, name: str, state: str, by: str | None, dry_run: bool) -> None:
    """Keep a name from being registered."""
    from store.changes import AddReservedName

    if by and state != "blocked":
        raise click.UsageError("--by goes with --state blocked.")
    change = AddReservedName(name=name, blocked=state == "blocked", by=by or None)
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@reserved_name.command(examples="rdds reserved-name remove www.example")
@click.argument("name", type=TEXT)
@dry_run_option
@pass_session
def remove(session: Session, *, name: str, dry_run: bool) -> None:
    """Let a name be registered again."""
    from store.changes import RemoveReservedName

    change = RemoveReservedName(name=name)
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@reserved_name.command("list", examples="rdds reserved-name list")
@pass_session
def list_(session: Session) -> None:
    """List the names that can't be registered."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_list(session, map(snapshot, inquiries.list_reserved_names()), COLUMNS)
