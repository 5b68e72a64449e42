"""``rdds registrar``: sponsors of names."""

from __future__ import annotations

from typing import Any

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import (
    HANDLE,
    TEXT,
    card_edit,
    card_options,
    fields_of,
    number_or_none,
    require_edit,
)
from rdds.cli.output import print_list, print_outcome, print_record
from rdds.cli.session import Session, pass_session

__all__ = ["registrar"]

COLUMNS = ("id", "name", "gurid", "url")
OWN = (
    ("gurid", "N", "The registrar's IANA id."),
    ("url", "URL", "Its web site."),
    ("whois-server", "HOST", "Its WHOIS server."),
    ("rdap-url", "URL", "The base URL of its RDAP service."),
    ("abuse-email", "ADDRESS", "Where abuse is reported by e-mail."),
    ("abuse-phone", "PHONE", "Where abuse is reported by phone, as +CC.NUMBER."),
)


def _own_options(command: Any) -> Any:
    for name, metavar, text in reversed(OWN):
        command = click.option(f"--{name}", type=TEXT, metavar=metavar, help=text)(command)
    return command


@click.group(cls=Group, examples="rdds registrar list")
def registrar() -> None:
    """Registrars, the sponsors of names."""


@registrar.command(
    examples="rdds registrar create REG1 --name 'Example Registrar' --gurid 9999 "
    "--abuse-email abuse@example.net --abuse-phone +64.48312000"
)
@click.argument("id", type=HANDLE)
@card_options(required=("name",))
@_own_options
@dry_run_option
@pass_session
def create(session: Session, *, id: str, dry_run: bool, **values: Any) -> None:  # noqa: A002 - the interface's word
    """Make a registrar."""
    from store.changes import CreateRegistrar

    change = CreateRegistrar(handle=id, card=card_edit(values), registrar=_own(values))
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@registrar.command(examples="rdds registrar update REG1 --rdap-url https://rdap.example.net/")
@click.argument("id", type=HANDLE)
@card_options()
@_own_options
@dry_run_option
@pass_session
def update(session: Session, *, id: str, dry_run: bool, **values: Any) -> None:  # noqa: A002 - the interface's word
    """Change just what is given; an empty value clears an optional field."""
    from store.changes import UpdateRegistrar

    require_edit(values)
    change = UpdateRegistrar(handle=id, card=card_edit(values), registrar=_own(values))
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@registrar.command(examples="rdds registrar show REG1")
@click.argument("id", type=HANDLE)
@pass_session
def show(session: Session, *, id: str) -> None:  # noqa: A002 - the interface's word
    """Print a registrar's record."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_record(session, snapshot(inquiries.find_registrar(id)))


@registrar.command("list", examples="rdds registrar list")
@pass_session
def list_(session: Session) -> None:
    """List registrars by id."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_list(session, map(snapshot, inquiries.list_registrars()), COLUMNS)


@registrar.command(examples="rdds registrar delete REG1")
@click.argument("id", type=HANDLE)
@dry_run_option
@pass_session
def delete(session: Session, *, id: str, dry_run: bool) -> None:  # noqa: A002 - the interface's word
    """Delete a registrar that sponsors nothing."""
    from store.changes import DeleteRegistrar

    print_outcome(
        session, session.apply(DeleteRegistrar(handle=id), dry_run=dry_run), dry_run=dry_run
    )


def _own(values: dict[str, Any]) -> Any:
    from store.changes import RegistrarEdit

    given = fields_of(values, *(name.replace("-", "_") for name, _, _ in OWN))
    if "gurid" in given:
        given["gurid"] = number_or_none(given["gurid"], field="gurid")
    return RegistrarEdit(**given)
