"""``rdds host``: name servers."""

from __future__ import annotations

from typing import Any

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import TEXT, require_edit, several, status_options
from rdds.cli.output import print_outcome, print_record
from rdds.cli.session import Session, pass_session

__all__ = ["host"]


@click.group(cls=Group, examples="rdds host show ns1.shop.example")
def host() -> None:
    """Name servers.

    Those inside a zone belong to their domain's registrar.
    """


@host.command(examples="rdds host create ns1.shop.example --address 192.0.2.1")
@click.argument("name", type=TEXT)
@several("--address", metavar="IP", text="An address; again for more.")
@dry_run_option
@pass_session
def create(session: Session, *, name: str, address: tuple[str, ...], dry_run: bool) -> None:
    """Make a name server."""
    from store.changes import CreateHost

    change = CreateHost(name=name, addresses=address)
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@host.command(examples="rdds host update ns1.shop.example --add-address 2001:db8::1")
@click.argument("name", type=TEXT)
@several("--add-address", metavar="IP", text="Add an address.")
@several("--remove-address", metavar="IP", text="Take an address away.")
@status_options
@dry_run_option
@pass_session
def update(session: Session, *, name: str, dry_run: bool, **values: Any) -> None:
    """Change just what is given."""
    from store.changes import UpdateHost
    from store.statuses import Status

    require_edit(values)
    change = UpdateHost(
        name=name,
        add_addresses=values["add_address"],
        remove_addresses=values["remove_address"],
        add_statuses=frozenset(map(Status, values["add_status"])),
        remove_statuses=frozenset(map(Status, values["remove_status"])),
    )
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@host.command(examples="rdds host show ns1.shop.example")
@click.argument("name", type=TEXT)
@pass_session
def show(session: Session, *, name: str) -> None:
    """Print the record of a name server."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_record(session, snapshot(inquiries.find_host(name)))


@host.command(examples="rdds host delete ns1.shop.example")
@click.argument("name", type=TEXT)
@dry_run_option
@pass_session
def delete(session: Session, *, name: str, dry_run: bool) -> None:
    """Delete a name server that no name uses."""
    from store.changes import DeleteHost

    print_outcome(session, session.apply(DeleteHost(name=name), dry_run=dry_run), dry_run=dry_run)
