"""`rdds check` and `rdds serve` as commands: options, tables, statuses."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from rdds.checking import CheckReport, Row
from rdds.settings import Endpoint, Settings
from tests.rdds.conftest import Rdds


def a_report(*, agree: bool) -> CheckReport:
    """Give a report of two rows, the second agreeing or not."""
    rows = (
        Row(field="Domain Name", store="shop.example", whois="shop.example",
            rdap="shop.example", agree=True),
        Row(field="Tech Email", store=None, whois="a@b.example", rdap="c@d.example", agree=agree),
    )  # fmt: skip
    return CheckReport(name="shop.example", rows=rows, agree=agree)


@pytest.mark.parametrize("agree", [True, False])
def test_check_prints_its_table(
    rdds: Rdds, monkeypatch: pytest.MonkeyPatch, *, agree: bool
) -> None:
    """Each field is a row, a difference is marked, and the status tells."""
    asked: list[Any] = []

    def run_check(settings: Settings, name: str, **doors: str | None) -> CheckReport:
        asked.append((name, doors))
        return a_report(agree=agree)

    monkeypatch.setattr("rdds.checking.run_check", run_check)
    run = rdds("check", "Shop.Example", "--whois", "127.0.0.1:43", "--rdap", "http://h/")
    assert asked == [("Shop.Example", {"whois": "127.0.0.1:43", "rdap": "http://h/"})]
    assert run.status == (0 if agree else 1)
    assert (run.err, "! Tech Email" in " ".join(run.out.split())) == ("", not agree)
    # A server's settings, `--demo`'s second zone among them, may be others than ours.
    assert ("The server may run with other settings than these" in run.out) is not agree
    run = rdds("--json", "check", "shop.example")
    assert run.status == (0 if agree else 1)
    assert run.json["agree"] is agree
    assert run.json["items"][1] == {
        "field": "Tech Email",
        "store": None,
        "whois": "a@b.example",
        "rdap": "c@d.example",
        "agree": agree,
    }


def test_check_of_a_closed_door_is_status_three(rdds: Rdds) -> None:
    """A door that can't be reached is no difference, and no store is made."""
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        run = rdds("check", "shop.example", "--whois", f"127.0.0.1:{port}", "--rdap",
                   f"http://127.0.0.1:{port}/")  # fmt: skip
    assert (run.status, run.out) == (3, "")
    assert run.err.startswith("PEER_UNREACHABLE: ")
    assert run.err.count("\n") == 1


def test_serve_hands_its_options_on(rdds: Rdds, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line's addresses win over the settings', also when they are read anew."""
    served: list[tuple[Settings, bool, int]] = []

    def run_serve(
        settings: Settings, *, reload: Callable[[], Settings], demo: bool, workers: int
    ) -> int:
        served.append((settings, demo, workers))
        monkeypatch.setenv("RDDS_WHOIS_PATIENCE", "3")
        served.append((reload(), demo, workers))
        return 0

    monkeypatch.setattr("rdds.serve.run_serve", run_serve)
    run = rdds("serve", "--demo", "--whois", "[::1]:0", "--rdap", "off", "--workers", "3")
    assert (run.status, run.err) == (0, "")
    for settings, demo, workers in served:
        assert settings.whois.listen == (Endpoint(host="::1", port=0),)
        assert settings.rdap.listen == ()
        assert (demo, workers) == (True, 3)
    assert [each[0].whois.patience for each in served] == [10, 3]
