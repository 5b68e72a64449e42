"""``rdds report`` as people and scripts read it."""

from __future__ import annotations

from tests.rdds.conftest import Rdds


def test_report_tells_counts_and_examples_by_handle(stocked: Rdds) -> None:
    """Section 3: complete and incomplete registrants, and who lacks what, handles alone."""
    run = stocked("report", "contacts")
    assert run.out.splitlines() == [
        "1 of 2 contacts are registrants: 0 complete, 1 incomplete.",
        "2 contacts lack something.",
        "lack   contacts  such as",
        "no-pc  2         AROHA1, TAMA22",
    ]
    stocked("contact", "update", "AROHA1", "--pc", "6011")
    assert stocked("--json", "report", "contacts", "--registrar", "reg1").json == {
        "registrar": "reg1",
        "contacts": 2,
        "registrants": {"complete": 1, "incomplete": 0},
        "insufficient": 1,
        "items": [{"kind": "no-pc", "count": 1, "examples": ["TAMA22"]}],
    }


def test_report_on_nobody_is_refused(stocked: Rdds) -> None:
    """A registrar that isn't there is named."""
    run = stocked("--json", "report", "contacts", "--registrar", "REG9")
    assert (run.status, run.error["code"], run.error["field"]) == (1, "NOT_FOUND", "registrar")
