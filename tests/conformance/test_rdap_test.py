"""Reading what ``rdap-test`` reports: its known faults are passed over, nothing else is."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from tests.conformance import rdap_test
from tests.conformance.rdap_test import KNOWN, PROGRAM, Report, reports, unknown

FOUND = {
    "Http": {
        "service_checks": [{"check_class": "specification_note", "check": "no_a_a_a_a_records"}],
        "test_runs": [
            {"summaries": []},
            {
                "summaries": [
                    {
                        "structure": "[ROOT]/domain/links",
                        "message": "A link has no rel.",
                        "item": {"check_class": "std95_error", "check": "link_missing_rel"},
                    }
                ]
            },
        ],
    }
}


def test_reports_of_service_and_runs_are_read() -> None:
    """What is said of the service and of an answer both count."""
    assert list(reports(json.loads(json.dumps(FOUND)))) == [
        Report("no_a_a_a_a_records", "", "specification_note"),
        Report("link_missing_rel", "[ROOT]/domain/links", "A link has no rel."),
    ]


def test_known_faults_are_passed_over_in_their_place_alone() -> None:
    """The same report elsewhere in an answer is a fault of ours."""
    nested = "[ROOT]/entity/entity/[0]/rdap_conformance"
    assert not unknown(Report("rdap_conformance_missing", nested, ""))
    assert unknown(Report("rdap_conformance_missing", "[ROOT]/entity/rdap_conformance", ""))
    assert unknown(Report("link_object_class_has_no_self", "[ROOT]/domain/links", ""))
    assert unknown(Report("link_missing_rel", "[ROOT]/domain/links", ""))


def test_known_faults_say_why() -> None:
    """Each is excused by a reason."""
    assert all(known.why for known in KNOWN)


def test_tool_that_is_absent_is_skipped_with_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the tool the rest has been run, and the way to get it is told."""
    monkeypatch.setenv("PATH", "")
    assert rdap_test.main() == 0
    assert "cargo install icann-rdap-cli" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not installed")
def test_rdap_test_reports_nothing_but_its_known_faults(capfd: pytest.CaptureFixture[str]) -> None:
    """The sample, served as a gTLD: domains, a name server, a registrar, help, a missing name."""
    assert os.environ["PATH"]
    status = rdap_test.main()
    assert status == 0, capfd.readouterr().out
