"""``rdds domain``: registrations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.options import (
    HANDLE,
    TEXT,
    ds_data,
    instant,
    one_of,
    privacy_edit,
    require_edit,
    several,
    status_options,
)
from rdds.cli.output import print_list, print_outcome, print_record
from rdds.cli.session import Session, pass_session

__all__ = ["domain"]

ROLES = ("registrant", "admin", "tech", "billing")
COLUMNS = ("name", "registrar", "registrant", "statuses", "expires")


def _role_options(command: Any) -> Any:
    for role in reversed(ROLES):
        # Each is one contact's; a second one is the rules' to refuse (I-03), not lost here.
        command = several(f"--{role}", metavar="CONTACT", text=f"The contact for the role {role}.")(
            command
        )
    return command


def _expires_option(command: Any) -> Any:
    return click.option(
        "--expires", type=TEXT, metavar="DATE", help="A date, or an instant of RFC 3339."
    )(command)


@click.group(cls=Group, examples="rdds domain show shop.example")
def domain() -> None:
    """Names, their contacts, name servers and keys."""


@domain.command(
    examples="rdds domain create new.example --registrar REG1 --registrant AROHA1 --admin AROHA1 "
    "--tech TECH22 --ns ns1.shop.example --expires 2030-06-30"
)
@click.argument("name", type=TEXT)
@click.option("--registrar", type=HANDLE, required=True, help="The sponsoring registrar.")
@_role_options
@several("--ns", metavar="HOST", text="A name server; again for more.")
@several("--ds", metavar='"TAG ALG TYPE HEX"', text="A DS record; again for more.")
@_expires_option
@dry_run_option
@pass_session
def create(session: Session, *, name: str, dry_run: bool, **values: Any) -> None:
    """Register a name, for one year unless it is said otherwise."""
    from store.changes import CreateDomain

    expires = values["expires"]
    change = CreateDomain(
        name=name,
        registrar=values["registrar"],
        links=_links(values),
        hosts=values["ns"],
        ds=ds_data(values["ds"], field="ds"),
        expires=instant(expires, field="expires") if expires is not None else None,
    )
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@domain.command(
    examples="""
        rdds domain update shop.example --add-ns ns3.shop.example
        rdds domain update shop.example --privacy proxy:SHIELD"""
)
@click.argument("name", type=TEXT)
@_role_options
@several("--add-ns", metavar="HOST", text="Add a name server.")
@several("--remove-ns", metavar="HOST", text="Take a name server away.")
@several("--add-ds", metavar='"TAG ALG TYPE HEX"', text="Add a DS record.")
@several("--remove-ds", metavar='"TAG ALG TYPE HEX"', text="Take a DS record away.")
@status_options
@_expires_option
@click.option(
    "--dispute",
    type=one_of("answer", "open", "closed"),
    metavar="open|closed",
    help="Whether the name is in dispute.",
)
@click.option(
    "--privacy",
    type=TEXT,
    metavar="none|withhold|proxy[:SERVICE]",
    help="What stands between the holder and the public.",
)
@dry_run_option
@pass_session
def update(session: Session, *, name: str, dry_run: bool, **values: Any) -> None:
    """Change just what is given; an empty contact takes that role away.

    Another registrant waits until both parties approve; it is asked for alone.
    """
    from store.changes import UNSET, UpdateDomain
    from store.statuses import Status

    require_edit(values)
    expires, dispute, privacy = values["expires"], values["dispute"], values["privacy"]
    change = UpdateDomain(
        name=name,
        links=_links(values),
        add_hosts=values["add_ns"],
        remove_hosts=values["remove_ns"],
        add_ds=ds_data(values["add_ds"], field="add_ds"),
        remove_ds=ds_data(values["remove_ds"], field="remove_ds"),
        add_statuses=frozenset(map(Status, values["add_status"])),
        remove_statuses=frozenset(map(Status, values["remove_status"])),
        expires=UNSET if expires is None else instant(expires, field="expires"),
        disputed=UNSET if dispute is None else dispute == "open",
        privacy=UNSET if privacy is None else privacy_edit(privacy),
    )
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@domain.command(
    examples="""
        rdds domain lock shop.example
        rdds domain lock shop.example --lift --reason 'order 17 of the district court'"""
)
@click.argument("name", type=TEXT)
@click.option("--lift", is_flag=True, help="End the lock by order.")
@click.option("--reason", type=TEXT, help="Whose order, and which: it goes into the history.")
@dry_run_option
@pass_session
def lock(session: Session, *, name: str, lift: bool, reason: str | None, dry_run: bool) -> None:
    """Print a name's transfer lock, or lift it."""
    if lift is (reason is None):
        raise click.UsageError("--lift and --reason go together.")
    if reason is not None:
        from store.changes import LiftTransferLock

        change = LiftTransferLock(name=name, reason=reason)
        print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)
        return
    if dry_run:
        raise click.UsageError("--dry-run goes with --lift: nothing else is written.")
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        shown = snapshot(inquiries.find_lock(name))
    print_record(session, shown if session.as_json else shown | {"lifted": _lifted(shown)})


@domain.command(examples="rdds domain transfer shop.example --to REG2")
@click.argument("name", type=TEXT)
@click.option(
    "--to", type=HANDLE, required=True, metavar="REGISTRAR", help="The gaining registrar."
)
@dry_run_option
@pass_session
def transfer(session: Session, *, name: str, to: str, dry_run: bool) -> None:
    """Move a name to another registrar; its contacts are copied there."""
    from store.changes import TransferDomain

    change = TransferDomain(name=name, to=to)
    print_outcome(session, session.apply(change, dry_run=dry_run), dry_run=dry_run)


@domain.command(examples="rdds domain show shop.example")
@click.argument("name", type=TEXT)
@pass_session
def show(session: Session, *, name: str) -> None:
    """Print the private record of a name."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        print_record(session, snapshot(inquiries.find_domain(name)))


@domain.command("list", examples="rdds domain list --contact AROHA1")
@click.option("--registrar", type=HANDLE, help="Only this registrar's.")
@click.option("--contact", type=HANDLE, help="Only those that use this contact, in any role.")
@pass_session
def list_(session: Session, *, registrar: str | None, contact: str | None) -> None:
    """List names in ascending order."""
    from store.records_json import snapshot

    with session.inquiries() as inquiries:
        domains = inquiries.list_domains(registrar=registrar, contact=contact)
        print_list(session, map(snapshot, domains), COLUMNS)


@domain.command(examples="rdds domain delete shop.example")
@click.argument("name", type=TEXT)
@dry_run_option
@pass_session
def delete(session: Session, *, name: str, dry_run: bool) -> None:
    """End a registration at once; its contacts stay."""
    from store.changes import DeleteDomain

    print_outcome(session, session.apply(DeleteDomain(name=name), dry_run=dry_run), dry_run=dry_run)


def _lifted(lock: Mapping[str, object]) -> list[str]:
    """Say in lines when a lock was lifted, by whom and why, and the end that it had."""
    match lock["lifted"]:
        case {"at": at, "actor": actor, "reason": reason, "until": until}:
            return [f"{at} by {actor}: {reason}", f"it would have ended at {until}"]
        case _:
            return []


def _links(values: dict[str, Any]) -> Any:
    from store.changes import LinkEdit
    from store.model import Role

    return tuple(
        LinkEdit(role=Role(role), contact=contact) for role in ROLES for contact in values[role]
    )
