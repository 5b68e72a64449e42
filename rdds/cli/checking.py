"""``rdds check``: the self-check after an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rdds.cli.commands import Command
from rdds.cli.failures import REFUSED
from rdds.cli.options import TEXT
from rdds.cli.output import print_json, print_table, write_line
from rdds.cli.session import Session, pass_session

if TYPE_CHECKING:
    from rdds.checking import CheckReport

__all__ = ["check"]

COLUMNS = ("", "field", "store", "whois", "rdap")


@click.command(
    cls=Command,
    examples="""
        rdds check shop.example
        rdds check shop.example --whois whois.example.net:43 --rdap https://rdap.example.net/""",
)
@click.argument("name", type=TEXT)
@click.option("--whois", type=TEXT, metavar="HOST:PORT", help="Another WHOIS server than ours.")
@click.option("--rdap", type=TEXT, metavar="URL", help="Another RDAP server than ours.")
@pass_session
def check(session: Session, *, name: str, whois: str | None, rdap: str | None) -> int:
    """Compare store, WHOIS and RDAP for a name.

    Field by field; the exit status is 1 at any difference. Nothing is created.
    """
    from rdds.checking import run_check

    report = run_check(session.settings(), name, whois=whois, rdap=rdap)
    if session.as_json:
        print_json(_report_object(report))
    else:
        _print_report(report)
    return 0 if report.agree else REFUSED


def _report_object(report: CheckReport) -> dict[str, object]:
    rows = [
        {
            "field": row.field,
            "store": row.store,
            "whois": row.whois,
            "rdap": row.rdap,
            "agree": row.agree,
        }
        for row in report.rows
    ]
    return {"name": report.name, "agree": report.agree, "items": rows}


def _print_report(report: CheckReport) -> None:
    print_table(
        COLUMNS,
        (
            [
                "" if row.agree else "!",
                row.field,
                *(cell or "-" for cell in (row.store, row.whois, row.rdap)),
            ]
            for row in report.rows
        ),
    )
    differing = sum(not row.agree for row in report.rows)
    said = f"{differing} of {len(report.rows)} fields differ" if differing else "all fields agree"
    write_line(f"{report.name}: {said}.")
    if differing:
        write_line("The server may run with other settings than these; `rdds settings show`.")
