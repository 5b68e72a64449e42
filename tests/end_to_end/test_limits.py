"""Client limits of a running server: both doors, several workers, restarts."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.programs import Program, Serving
from tests.waiting import wait_until

SETTINGS = """\
[limits]
questions = 6
per_seconds = 86400
exempt = []
"""


def program(folder: Path, settings: str = SETTINGS) -> Program:
    """Give `rdds` with a store of its own and *settings*."""
    return Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", settings)


def rdap_from(serving: Serving, source: str) -> tuple[int, str | None]:
    """Ask RDAP for help from the address *source*; give the status and `Retry-After`."""
    parts = urlsplit(serving.rdap)
    client = http.client.HTTPConnection(parts.netloc, timeout=30, source_address=(source, 0))
    try:
        client.request("GET", f"{parts.path}help")
        response = client.getresponse()
        response.read()
        return response.status, response.headers["Retry-After"]
    finally:
        client.close()


def whois_from(serving: Serving, source: str) -> str:
    """Ask WHOIS for help from the address *source*."""
    host, _, port = serving.whois.rpartition(":")
    with socket.create_connection((host, int(port)), 30, source_address=(source, 0)) as client:
        client.sendall(b"help\r\n")
        with client.makefile("rb") as answer:
            return answer.read().decode()


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """Serve with six questions for each client, by two workers."""
    with program(tmp_path).serve("--demo", "--workers", "2") as running:
        yield running


def test_help_of_both_doors_names_the_limits(serving: Serving) -> None:
    """conformance.md 6.1.11, 1.11.1: the same sentences, before a client meets them."""
    _, document = serving.ask_rdap("help")
    (limits,) = (each for each in document["notices"] if each["title"] == "Limits")
    first = "A client may ask 6 questions within 86400 seconds, of WHOIS and RDAP together."
    assert limits["description"][0] == first
    listed = "".join(f"  {line}\r\n" for line in limits["description"])
    assert f"\r\nLimits:\r\n{listed}" in whois_from(serving, "127.0.0.2")


def test_one_budget_is_for_both_doors_and_all_workers(serving: Serving) -> None:
    """conformance.md 6.1.10, 1.2.8: the seventh question is refused, whatever door it came to."""
    whole = whois_from(serving, "127.0.0.2")
    for _ in range(2):
        assert whois_from(serving, "127.0.0.2") == whole
        assert rdap_from(serving, "127.0.0.2")[0] == 200
    assert rdap_from(serving, "127.0.0.2")[0] == 200
    for _ in range(8):
        status, seconds = rdap_from(serving, "127.0.0.2")
        assert status == 429
        assert 0 < int(seconds or 0) <= 86_400 / 6 + 1
        assert len(whois_from(serving, "127.0.0.2").splitlines()) == 1
    assert whois_from(serving, "127.0.0.3") == whole
    assert rdap_from(serving, "127.0.0.3")[0] == 200


def test_budget_outlives_a_killed_worker(serving: Serving) -> None:
    """Who has spent its budget doesn't get another one by a worker's death."""
    for _ in range(6):
        whois_from(serving, "127.0.0.4")
    before = serving.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(set(serving.workers()) - set(before)) == 2)
    assert rdap_from(serving, "127.0.0.4")[0] == 429


def test_exempt_client_is_never_refused(tmp_path: Path) -> None:
    """Loopback is exempt unless the settings say otherwise: a trial never meets a limit."""
    with program(tmp_path, "[limits]\nquestions = 1\n").serve("--demo") as serving:
        assert [rdap_from(serving, "127.0.0.2")[0] for _ in range(9)] == [200] * 9


def test_new_limits_hold_after_hang_up(tmp_path: Path) -> None:
    """HUP with another number: the new one holds, for whole budgets."""
    rdds = program(tmp_path)
    with rdds.serve("--demo") as serving:
        assert [rdap_from(serving, "127.0.0.5")[0] for _ in range(7)] == [200] * 6 + [429]
        rdds.config.write_text(SETTINGS.replace("= 6", "= 2"), encoding="utf-8")
        (old,) = serving.workers()
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: serving.workers() and old not in serving.workers())
        assert [rdap_from(serving, "127.0.0.5")[0] for _ in range(3)] == [200, 200, 429]


def test_connections_of_a_client_are_limited(tmp_path: Path) -> None:
    """The third connection of a client that may have two gets nothing but a refusal."""
    settings = "[limits]\nconnections = 2\nexempt = []\n"
    with program(tmp_path, settings).serve("--demo", "--workers", "2") as serving:
        parts = urlsplit(serving.rdap)
        held = [http.client.HTTPConnection(parts.netloc, timeout=30) for _ in range(2)]
        for client in held:
            client.request("GET", f"{parts.path}help")
            response = client.getresponse()
            assert (response.status, bool(response.read())) == (200, True)
        assert rdap_from(serving, "127.0.0.6")[0] == 200
        assert rdap_from(serving, "127.0.0.1")[0] in {429, 503}
        for client in held:
            client.close()
        wait_until(lambda: rdap_from(serving, "127.0.0.1")[0] == 200)
