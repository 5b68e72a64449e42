"""``rdds privacy-service``: the cards that stand in for holders."""

from __future__ import annotations

from typing import Any

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import HANDLE, TEXT, card_edit, card_options, require_edit, unset
from rdds.cli.output import print_list, print_outcome, print_record
from rdds.cli.session import Session, pass_session

__all__ = ["privacy_service"]

COLUMNS = ("id", "name", "org", "alias_domain", "contact_url")
ALIAS_COLUMNS = ("name", "role", "alias", "forwards_to")


def _way_options(command: Any) -> Any:
    for name, metavar, text in (
        ("contact-url", "URL", "A form in place of aliases."),
        ("alias-domain", "DOMAIN", "Where aliases are made."),
    ):
        command = click.option(f"--{name}", type=TEXT, metavar=metavar, help=text)(command)
    return command


@click.group("privacy-service", cls=Group, examples="rdds privacy-service list")
def privacy_service() -> None:
    """Privacy services, which stand in for holders."""


@privacy_service.command(
    examples="rdds privacy-service create SHIELD --name 'Domain Holder' --org 'Shield Ltd' "
    "--street '1 Quay St' --city Auckland --cc NZ --voice +64.99876543 "
    "--alias-domain shield.example.net"
)
@click.argument("id", type=HANDLE)
@card_options(required=("name", "org"))
@_way_options
@dry_run_option
@pass_session
def create(session: Session, *, id: str, dry_run: bool, **values: Any) -> None:  # noqa: A002 - the interface's word
    """Make a privacy service, with aliases or with a form."""
    from store.changes import CreatePrivacyService

    change = CreatePrivacyService(
        handle=id,
        card=card_edit(values),
        alias_domain=values["alias_domain"],
        contact_url=values["contact_url"],
    )
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@privacy_service.command(examples="rdds privacy-service update SHIELD --voice +64.99876500")
@click.argument("id", type=HANDLE)
@card_options()
@_way_options
@dry_run_option
@pass_session
def update(session: Session, *, id: str, dry_run: bool, **values: Any) -> None:  # noqa: A002 - the interface's word
    """Change just what is given; an empty value clears an optional field."""
    from store.changes import UpdatePrivacyService

    require_edit(values)
    change = UpdatePrivacyService(
        handle=id,
        card=card_edit(values),
        alias_domain=unset(values["alias_domain"]),
        contact_url=unset(values["contact_url"]),
    )
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@privacy_service.command(examples="rdds privacy-service show SHIELD")
@click.argument("id", type=HANDLE)
@pass_session
def show(session: Session, *, id: str) -> None:  # noqa: A002 - the interface's word
    """Print a privacy service's card."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_record(session, snapshot(inquiries.find_privacy_service(id)))


@privacy_service.command("list", examples="rdds privacy-service list")
@pass_session
def list_(session: Session) -> None:
    """List privacy services by id."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_list(session, map(snapshot, inquiries.list_privacy_services()), COLUMNS)


@privacy_service.command(examples="rdds privacy-service aliases SHIELD")
@click.argument("id", type=HANDLE)
@pass_session
def aliases(session: Session, *, id: str) -> None:  # noqa: A002 - the interface's word
    """List the aliases in use and where each forwards now."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_list(session, map(snapshot, inquiries.list_aliases(id)), ALIAS_COLUMNS)


@privacy_service.command(examples="rdds privacy-service delete SHIELD")
@click.argument("id", type=HANDLE)
@dry_run_option
@pass_session
def delete(session: Session, *, id: str, dry_run: bool) -> None:  # noqa: A002 - the interface's word
    """Delete a privacy service that stands in for nobody."""
    from store.changes import DeletePrivacyService

    print_outcome(
        session, session.apply(DeletePrivacyService(handle=id), dry_run=dry_run), dry_run=dry_run
    )
