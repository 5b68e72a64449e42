"""``rdds registrant-change``: requests for a new registrant, and who has said what.

Approving and refusing happens on the linked pages only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import HANDLE, Number, one_of
from rdds.cli.output import change_text, print_list, print_outcome, print_record, write_line
from rdds.cli.session import Session, pass_session

__all__ = ["registrant_change"]

COLUMNS = ("id", "kind", "state", "contact", "to_contact", "names", "deadline")
MESSAGE = ("kind", "recipient", "channel", "address", "state", "sent", "code")


NUMBER = Number(1)  # of a registrant change
PARTY = one_of("party", "new", "prior")


def _party_option(command: Any) -> Any:
    return click.option(
        "--party", type=PARTY, required=True, metavar="new|prior", help="The new or the current."
    )(command)


@click.group(cls=Group, examples="rdds registrant-change list --open")
def registrant_change() -> None:
    """Requests for a new registrant; the two parties answer on the linked pages."""


@registrant_change.command("list", examples="rdds registrant-change list --open")
@click.option("--open", "open_only", is_flag=True, help="Only those that may still be answered.")
@pass_session
def list_(session: Session, *, open_only: bool) -> None:
    """List registrant changes by number."""
    from store.changes_json import change_json

    with session.store(create=False) as database:
        found = session.changes_in(database).list_changes(open_only=open_only)
        print_list(session, map(change_json, found), COLUMNS)


@registrant_change.command(examples="rdds registrant-change show 7")
@click.argument("id", type=NUMBER)
@pass_session
def show(session: Session, *, id: int) -> None:  # noqa: A002 - the interface's word
    """Print who has answered what by when, what would change, and how the messages fare."""
    from store.changes_json import change_json

    with session.store(create=False) as database:
        record = change_json(session.changes_in(database).find_change(id))
    print_record(session, record if session.as_json else _readable(record))


@registrant_change.command(
    examples="""
        rdds registrant-change resend 7 --party new --channel email
        rdds registrant-change resend 7 --party prior --channel sms --release"""
)
@click.argument("id", type=NUMBER)
@_party_option
@click.option(
    "--channel",
    type=one_of("channel", "email", "sms"),
    required=True,
    metavar="email|sms",
    help="How; the address or number is the one on record.",
)
@click.option(
    "--release", is_flag=True, help="Send to a number corrected meanwhile, without the wait."
)
@dry_run_option
@pass_session
def resend(
    session: Session,
    *,
    id: int,  # noqa: A002 - the interface's word
    party: str,
    channel: str,
    release: bool,
    dry_run: bool,
) -> None:
    """Ask a party once more; only the one whose answer is awaited."""
    from rdds.settings.warnings import list_resend_warnings
    from store.changes import ResendRegistrantChange
    from store.registrant_changes import ChangeParty, Channel

    change = ResendRegistrantChange(
        change=id, party=ChangeParty(party), channel=Channel(channel), release=release
    )
    outcome = session.apply(change, dry_run=dry_run)
    warnings = list_resend_warnings(session.settings(), channel=channel)
    outcome = replace(outcome, warnings=(*outcome.warnings, *warnings))
    if session.as_json:
        print_outcome(session, outcome, dry_run=dry_run)
        return
    print_outcome(session, replace(outcome, changes={}), dry_run=dry_run)  # nothing to compare
    write_line(f"  to the {'new' if party == 'new' else 'current'} registrant by {channel}")


@registrant_change.command(examples="rdds registrant-change withdraw 7")
@click.argument("id", type=NUMBER)
@dry_run_option
@pass_session
def withdraw(session: Session, *, id: int, dry_run: bool) -> None:  # noqa: A002 - the interface's word
    """End a request; the registrant stays, and who was asked is told."""
    from store.changes import WithdrawRegistrantChange

    change = WithdrawRegistrantChange(change=id)
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@registrant_change.command(
    examples="""
        rdds registrant-change consent AROHA1 --party prior
        rdds registrant-change consent AROHA1 --party prior --revoke"""
)
@click.argument("contact", type=HANDLE)
@_party_option
@click.option("--revoke", is_flag=True, help="The consent is taken back.")
@dry_run_option
@pass_session
def consent(session: Session, *, contact: str, party: str, revoke: bool, dry_run: bool) -> None:
    """Record that a designated agent approves for this contact as that party."""
    from store.changes import RecordConsent
    from store.registrant_changes import ChangeParty

    change = RecordConsent(contact=contact, party=ChangeParty(party), revoke=revoke)
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


def _readable(record: dict[str, Any]) -> dict[str, object]:
    """Give a record for people: a line for each changed field and for each message."""
    messages = (
        " ".join(str(message[key]) for key in MESSAGE if message[key] is not None)
        + (" (sent again)" if message["resent"] else "")
        for message in record["messages"]
    )
    return record | {
        "changes": [change_text(*change) for change in record["changes"].items()],
        "messages": list(messages),
    }
