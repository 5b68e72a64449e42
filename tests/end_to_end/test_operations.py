"""Health, metrics and the log of questions of a running server, as operators see them."""

from __future__ import annotations

import http.client
import os
import re
import signal
from pathlib import Path
from typing import Any

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.programs import Program, Serving
from tests.waiting import wait_until

OPERATIONS = '[operations]\nlisten = ["127.0.0.1:0"]\n'


def a_program(folder: Path, settings: str = "") -> Program:
    """Give `rdds` with an SQLite store and *settings*."""
    return Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", OPERATIONS + settings)


def ask(serving: Serving, path: str) -> tuple[int, bytes]:
    """Ask the operators' server, where the log says that it is."""
    found = re.search(r"operations at http://(\S+)/", serving.log.read_text())
    assert found, serving.log.read_text()
    connection = http.client.HTTPConnection(found[1], timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def metric(serving: Serving, name: str, **labels: str) -> float:
    """Sum the samples called *name* that have *labels*."""
    page = ask(serving, "/metrics")[1].decode()
    return sum(
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def is_ready(serving: Serving) -> bool:
    """Tell what `/readyz` says."""
    return ask(serving, "/readyz")[0] == 200


def test_ready_server_is_ready_and_counts_its_workers(tmp_path: Path) -> None:
    """Once the line `ready` is out, so says `/readyz`; the page tells store and memory."""
    with a_program(tmp_path).serve("--demo", "--workers", "2") as serving:
        assert ask(serving, "/healthz") == (200, b"ok\n")
        assert is_ready(serving)
        assert metric(serving, "rdds_workers") == 2
        assert metric(serving, "rdds_store_up") == 1
        assert metric(serving, "rdds_change_log_position") > 0
        assert metric(serving, "rdds_worker_memory_bytes") > 10_000_000


def test_killed_worker_is_counted_and_one_told_to_end_is_not(tmp_path: Path) -> None:
    """A successor alone tells nobody that its predecessor died; a renewal kills nobody."""
    program = a_program(tmp_path)
    with program.serve("--demo") as serving:
        assert metric(serving, "rdds_deaths_total") == 0
        (dead,) = serving.workers()
        os.kill(dead, signal.SIGKILL)
        wait_until(lambda: serving.workers() not in ([], [dead]))
        assert metric(serving, "rdds_deaths_total") == 1
        wait_until(lambda: is_ready(serving))
        (old,) = serving.workers()
        program.config.write_text(OPERATIONS + "[cache]\nbytes = 1000000\n")
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: old not in serving.workers() and len(serving.workers()) == 1)
        wait_until(lambda: is_ready(serving))
        assert metric(serving, "rdds_deaths_total") == 1


def test_store_on_postgresql_is_told_of(postgresql_url: str, tmp_path: Path) -> None:
    """Ready, its numbers read, its news asked for."""
    program = Program(tmp_path, postgresql_url, OPERATIONS)
    with program.serve("--demo") as serving:
        assert is_ready(serving)
        assert metric(serving, "rdds_build_info", engine="postgresql") == 1
        assert metric(serving, "rdds_store_up") == 1
        wait_until(lambda: metric(serving, "rdds_freshness_checks_total") > 1)
        assert metric(serving, "rdds_freshness_lag_seconds") < 30


def test_address_of_another_server_is_refused(tmp_path: Path) -> None:
    """One address for two of ours is a settings error, with one line."""
    address = "127.0.0.1:4999"
    program = Program(tmp_path, "sqlite:///x", f'[operations]\nlisten = ["{address}"]\n')
    done = program.run("serve", "--whois", address, "--rdap", "127.0.0.1:0")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"operations.listen names {address}" in done.stderr


def test_dead_worker_is_missed_and_replaced(tmp_path: Path) -> None:
    """The numbers are those of its successor soon, and the server is ready again."""
    with a_program(tmp_path).serve("--demo", "--workers", "2") as serving:
        before = serving.workers()
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: len(serving.workers()) == 2 and serving.workers() != before)
        wait_until(lambda: metric(serving, "rdds_workers") == 2 and is_ready(serving))


def test_server_that_ends_is_not_ready_until_it_has_ended(tmp_path: Path) -> None:
    """While a worker takes its time, who asks is told; then nobody is there any more."""
    with a_program(tmp_path).serve("--demo") as serving:
        (worker,) = serving.workers()
        os.kill(worker, signal.SIGSTOP)  # it has something in hand, for a while
        serving.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not is_ready(serving))
        status, body = ask(serving, "/readyz")
        assert (status, orjson.loads(body)["ready"]) == (503, False)
        assert ask(serving, "/healthz")[0] == 200
        os.kill(worker, signal.SIGCONT)
        assert serving.process.wait(30) == 0


def test_renewed_server_is_ready_all_the_time(tmp_path: Path) -> None:
    """New settings by HUP: whoever watches sees nothing of it, and the numbers go on."""
    program = a_program(tmp_path)
    with program.serve("--demo") as serving:
        before = serving.workers()
        program.config.write_text(f"{OPERATIONS}[whois]\npatience = 7\n")
        serving.process.send_signal(signal.SIGHUP)
        answers: list[bool] = []

        def renewed() -> bool:
            answers.append(is_ready(serving))
            workers = serving.workers()
            return len(workers) == 1 and workers != before

        wait_until(renewed)
        wait_until(lambda: metric(serving, "rdds_workers") == 1)
        assert all(answers)


def test_store_that_is_away_is_told(tmp_path: Path) -> None:
    """Not ready without its store, and ready with it again, without a restart."""
    store = tmp_path / "rdds.sqlite3"
    with a_program(tmp_path).serve("--demo") as serving:
        store.rename(tmp_path / "away")
        wait_until(lambda: not is_ready(serving))
        assert metric(serving, "rdds_store_up") == 0
        assert metric(serving, "rdds_ready", check="store") == 0
        (tmp_path / "away").rename(store)
        wait_until(lambda: is_ready(serving))


def test_questions_are_counted_by_all_workers_together(tmp_path: Path) -> None:
    """Both doors, what was found and what wasn't; a worker's death takes nothing away."""
    with a_program(tmp_path).serve("--demo", "--workers", "2") as serving:
        for _ in range(10):
            serving.ask_whois("domain shop.example")
            serving.ask_rdap("domain/shop.example")
        serving.ask_whois("domain no-such-name.example")
        serving.ask_rdap("domain/no-such-name.example")

        def found(door: str) -> float:
            labels = {"door": door, "kind": "domain", "outcome": "found"}
            return metric(serving, "rdds_questions_total", **labels)

        for door in ("whois", "rdap"):
            assert found(door) == 10
            assert metric(serving, "rdds_questions_total", door=door, outcome="not_found") == 1
            assert metric(serving, "rdds_answer_seconds_count", door=door) == 11
            assert metric(serving, "rdds_connections_total", door=door) == 11
        for worker in serving.workers():
            os.kill(worker, signal.SIGKILL)
        wait_until(lambda: metric(serving, "rdds_workers") == 2)
        assert (found("whois"), found("rdap")) == (10, 10)


def test_cache_and_its_freshness_are_told(tmp_path: Path) -> None:
    """Repeated questions are hits, and an edit is taken in also where nobody asks."""
    program = a_program(tmp_path)
    with program.serve("--demo") as serving:
        for _ in range(5):
            serving.ask_rdap("domain/shop.example")
        wait_until(lambda: metric(serving, "rdds_cache_hits_total") == 4)
        assert metric(serving, "rdds_questions_total", door="rdap", cached="yes") == 4
        assert metric(serving, "rdds_cache_answers") == 1
        assert 0 < metric(serving, "rdds_cache_bytes") < metric(serving, "rdds_cache_room_bytes")
        before = metric(serving, "rdds_change_log_position")
        program.do("domain", "update", "shop.example", "--add-status", "clientHold")
        assert metric(serving, "rdds_change_log_position") > before
        wait_until(
            lambda: (
                metric(serving, "rdds_freshness_position")
                == metric(serving, "rdds_change_log_position")
            )
        )
        assert metric(serving, "rdds_freshness_lag_seconds") < 30


def test_questions_are_written_down_without_contact_data(tmp_path: Path) -> None:
    """A line for each question at either door; of a search for people only that it was one."""
    settings = f'[log]\nquestions = "full"\nquestions_file = "{tmp_path / "asked"}"\n'
    settings += 'client_days = 3\n[rdap]\nsearches = "all"\n'
    with a_program(tmp_path, settings).serve("--demo") as serving:
        serving.ask_whois("domain shop.example")
        serving.ask_rdap("domain/shop.example")
        serving.ask_rdap("entities?fn=Rewi*")
    (file,) = tmp_path.glob("asked.*.clients")
    lines: list[dict[str, Any]] = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    assert [(line["door"], line["kind"], line["outcome"]) for line in lines[:2]] == [
        ("whois", "domain", "found"),
        ("rdap", "domain", "found"),
    ]
    assert all("shop.example" in line["question"] for line in lines[:2])
    assert {line["client"] for line in lines} == {"127.0.0.1"}
    assert lines[2]["kind"] == "search"
    assert "question" not in lines[2]
    assert b"Rewi" not in file.read_bytes()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ('[log]\nquestions = "full"\nclient_days = 3\n', "log.client_days"),
        (
            '[log]\nquestions = "full"\nquestions_file = "/no/such/folder/asked"\n',
            "log.questions_file",
        ),
        ('[log]\nquestions = "some"\n', "log.questions"),
        ("[log]\nquestions_sample = 1\n", "log.questions_sample"),
    ],
)
def test_log_that_can_not_be_kept_is_refused(tmp_path: Path, settings: str, key: str) -> None:
    """Before the first question, with one line that names the key."""
    program = a_program(tmp_path, settings)
    done = program.run("serve", "--demo", "--whois", "127.0.0.1:0", "--rdap", "127.0.0.1:0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("SETTINGS: ")
    assert done.stderr.count("\n") == 1
    assert key.rpartition(".")[2] in done.stderr or "folder" in done.stderr
