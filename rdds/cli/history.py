"""``rdds history``: what changed when, by whom, through which door."""

from __future__ import annotations

import click

from rdds.cli.commands import Command
from rdds.cli.options import HANDLE, one_of
from rdds.cli.output import change_text, print_list
from rdds.cli.session import Session, pass_session

__all__ = ["history"]

COLUMNS = ("at", "action", "actor", "door", "changes")


@click.command(cls=Command, examples="rdds history contact AROHA1")
@click.argument(
    "kind",
    type=one_of("kind of object", "contact", "domain", "host"),
    metavar="contact|domain|host",
)
@click.argument("id", type=HANDLE)
@pass_session
def history(session: Session, *, kind: str, id: str) -> None:  # noqa: A002 - the interface's word
    """Print an object's history, oldest first."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        entries = map(snapshot, inquiries.list_history(kind, id))
        print_list(session, entries if session.as_json else map(_readable, entries), COLUMNS)


def _readable(entry: dict[str, object]) -> dict[str, object]:
    changes = entry["changes"]
    if not isinstance(changes, dict):
        return entry
    return entry | {"changes": "; ".join(change_text(*change) for change in changes.items())}
