"""``rdds contact``: parties and their data."""

from __future__ import annotations

from typing import Any

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import (
    HANDLE,
    TEXT,
    WORDS,
    card_edit,
    card_options,
    one_of,
    require_edit,
    secret,
    several,
    status_options,
    unset,
)
from rdds.cli.output import print_list, print_outcome, print_record
from rdds.cli.session import Session, pass_session

__all__ = ["contact"]

REQUIRED = ("name", "city", "cc", "email")
COLUMNS = ("id", "name", "org", "registrar", "state")

ELEMENT = one_of("field", *WORDS["element"])
KIND = one_of("kind", "individual", "organisation", clears=True)


def _disclosure_options(command: Any) -> Any:
    for name, text in (
        ("hide", "Hide this field wherever policy lets the holder."),
        ("disclose", "Show this field: the holder's consent, dated now."),
    ):
        command = several(f"--{name}", kind=ELEMENT, metavar="FIELD", text=text)(command)
    return click.option(
        "--kind", type=KIND, metavar="individual|organisation", help="What the party is."
    )(command)


@click.group(cls=Group, examples="rdds contact show AROHA1")
def contact() -> None:
    """Contacts: the parties behind names."""


@contact.command(
    examples="rdds contact create AROHA1 --registrar REG1 --name 'Aroha Ngata' --city Wellington "
    "--cc NZ --email aroha@example.net --auth-info -"
)
@click.argument("id", type=HANDLE)
@click.option("--registrar", type=HANDLE, required=True, help="The sponsoring registrar.")
@card_options(required=REQUIRED)
@click.option(
    "--auth-info", type=TEXT, required=True, help="The contact's code; - reads standard input."
)
@_disclosure_options
@dry_run_option
@pass_session
def create(session: Session, *, id: str, dry_run: bool, **values: Any) -> None:  # noqa: A002 - the interface's word
    """Make a contact."""
    from store.changes import CreateContact
    from store.published import Kind

    change = CreateContact(
        handle=id,
        registrar=values["registrar"],
        card=card_edit(values),
        auth_info=secret(values["auth_info"]) or "",
        kind=Kind(values["kind"]) if values["kind"] else None,
        disclosure=_disclosure(values),
    )
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@contact.command(
    examples="""
        rdds contact update AROHA1 --voice +64.48312000 --hide fax
        rdds contact update AROHA1 --email new@example.net --only shop.example"""
)
@click.argument("id", type=HANDLE)
@card_options()
@click.option("--auth-info", type=TEXT, help="The contact's new code; - reads standard input.")
@_disclosure_options
@several(
    "--undisclose", kind=ELEMENT, metavar="FIELD", text="Leave this field to the zone's policy."
)
@status_options
@several("--only", metavar="NAME", text="Edit a copy that takes its place on this name alone.")
@dry_run_option
@pass_session
def update(session: Session, *, id: str, dry_run: bool, **values: Any) -> None:  # noqa: A002 - the interface's word
    """Change just what is given; an empty value clears an optional field.

    What makes a new registrant of it waits until both parties approve, whole.
    """
    from store.changes import UNSET, UpdateContact
    from store.published import Kind
    from store.statuses import Status

    require_edit(values)
    kind = values["kind"]
    change = UpdateContact(
        handle=id,
        card=card_edit(values),
        kind=UNSET if kind is None else Kind(kind) if kind else None,
        auth_info=unset(secret(values["auth_info"])),
        disclosure=_disclosure(values),
        add_statuses=frozenset(map(Status, values["add_status"])),
        remove_statuses=frozenset(map(Status, values["remove_status"])),
        only=values["only"],
    )
    with session.editing(dry_run=dry_run) as database:
        outcome = session.apply_to(database, change, dry_run=dry_run)
        # the names that the edit is about; a split's are the ones that it was given.
        names = len(set(change.only)) or session.changes_in(database).count_names(id)
    print_outcome(session, outcome, dry_run=dry_run, names=names)


@contact.command(examples="rdds contact show AROHA1")
@click.argument("id", type=HANDLE)
@pass_session
def show(session: Session, *, id: str) -> None:  # noqa: A002 - the interface's word
    """Print the private record, its links, its state and when that changes next."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_record(session, snapshot(inquiries.find_contact(id)))


@contact.command("list", examples="rdds contact list --state orphaned")
@click.option("--registrar", type=HANDLE, help="Only this registrar's.")
@click.option(
    "--state",
    type=one_of("state", *WORDS["state"]),
    metavar="|".join(WORDS["state"]),
    help="Only those in this state.",
)
@pass_session
def list_(session: Session, *, registrar: str | None, state: str | None) -> None:
    """List contacts by id."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        contacts = inquiries.list_contacts(registrar=registrar, state=state)
        print_list(session, map(snapshot, contacts), COLUMNS)


@contact.command(examples="rdds contact delete AROHA1")
@click.argument("id", type=HANDLE)
@dry_run_option
@pass_session
def delete(session: Session, *, id: str, dry_run: bool) -> None:  # noqa: A002 - the interface's word
    """Delete a contact that no name uses."""
    from store.changes import DeleteContact

    print_outcome(
        session, session.apply(DeleteContact(handle=id), dry_run=dry_run), dry_run=dry_run
    )


def _disclosure(values: dict[str, Any]) -> Any:
    from store.changes import DisclosureEdit
    from store.model import Element

    return DisclosureEdit(
        disclose=frozenset(map(Element, values["disclose"])),
        hide=frozenset(map(Element, values["hide"])),
        undisclose=frozenset(map(Element, values.get("undisclose", ()))),
    )
