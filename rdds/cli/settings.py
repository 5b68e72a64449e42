"""``rdds settings``: what is in force and where it came from."""

from __future__ import annotations

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.output import note, print_json, write_line
from rdds.cli.session import Session, actor, pass_session

__all__ = ["settings"]


@click.group(cls=Group, examples="rdds settings show")
def settings() -> None:
    """The settings in force."""


@settings.command(
    examples="""
        rdds settings show
        rdds --config /etc/rdds/rdds.toml settings show --json"""
)
@pass_session
def show(session: Session) -> None:
    """Print every setting, its value and its origin; secrets are masked."""
    from rdds.settings.shown import list_settings, toml_value

    shown = list(list_settings(session.settings()))
    if session.as_json:
        print_json({"items": [{"key": s.key, "value": s.value, "origin": s.origin} for s in shown]})
        return
    width = max(len(each.key) for each in shown)
    for each in shown:
        write_line(f"{each.key:<{width}}  {toml_value(each.value)}  ({each.origin})")


@settings.command(examples="rdds --config new.toml settings check")
@pass_session
def check(session: Session) -> None:
    """See that the settings can be used; says nothing of the store."""
    from rdds.serving.checks import check_settings, list_certificate_warnings
    from rdds.settings.warnings import list_warnings

    read = session.settings()
    check_settings(read)
    source = str(read.file) if read.file is not None else None
    warnings = [*list_warnings(read), *list_certificate_warnings(read)]
    if session.as_json:
        print_json({"sound": True, "file": source, "warnings": warnings})
        return
    write_line(f"The settings are sound ({source or 'no file'}).")
    for warning in warnings:
        note(f"warning: {warning}")


@settings.command(
    examples="""
        rdds settings adopt
        rdds --config new.toml settings adopt --dry-run"""
)
@dry_run_option
@pass_session
def adopt(session: Session, *, dry_run: bool) -> None:
    """Put the policy of these settings in force on all nodes of the store.

    Nodes whose settings say otherwise are not ready from then on.
    """
    from rdds.policy_check import fingerprint
    from store.instants import now
    from store.sql.policy_in_force import put_in_force

    own, at = fingerprint(session.settings().registry_policy()), now()
    with session.editing(dry_run=dry_run) as database:
        before = database.write(
            lambda each: put_in_force(each, own, at=at, actor=actor().name), commit=not dry_run
        )
    if session.as_json:
        print_json({"policy": own, "before": before, "dry_run": dry_run})
        return
    said = "would be in force" if dry_run else "is in force"
    write_line(f"The policy {own} {said} (before: {before or 'none'}).")
