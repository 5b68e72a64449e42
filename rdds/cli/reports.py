"""``rdds report``: what a registry's or a registrar's data lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rdds.cli.commands import Group
from rdds.cli.options import HANDLE
from rdds.cli.output import print_json, print_table, write_line
from rdds.cli.session import Session, pass_session

if TYPE_CHECKING:
    from store.contact_report import ContactReport

__all__ = ["report"]


@click.group(cls=Group, examples="rdds report contacts --registrar REG1")
def report() -> None:
    """Reports on the quality of the data."""


@report.command(examples="rdds report contacts --registrar REG1")
@click.option("--registrar", type=HANDLE, help="Only this registrar's.")
@pass_session
def contacts(session: Session, *, registrar: str | None) -> None:
    """Count registrants with complete and incomplete data, and contacts by what they lack."""
    with session.inquiries() as inquiries:
        found = inquiries.report_contacts(registrar)
    if session.as_json:
        print_json(_report_object(found, registrar))
        return
    registrants = found.complete + found.incomplete
    write_line(
        f"{registrants:,} of {found.contacts:,} contacts are registrants:"
        f" {found.complete:,} complete, {found.incomplete:,} incomplete."
    )
    write_line(f"{found.insufficient:,} contacts lack something.")
    if found.lacks:
        rows = [(each.kind, f"{each.count:,}", ", ".join(each.examples)) for each in found.lacks]
        print_table(("lack", "contacts", "such as"), rows)


def _report_object(found: ContactReport, registrar: str | None) -> dict[str, object]:
    return {
        "registrar": registrar,
        "contacts": found.contacts,
        "registrants": {"complete": found.complete, "incomplete": found.incomplete},
        "insufficient": found.insufficient,
        "items": [
            {"kind": each.kind, "count": each.count, "examples": list(each.examples)}
            for each in found.lacks
        ],
    }
