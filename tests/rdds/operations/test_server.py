"""Health, readiness and metrics over real HTTP."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from pathlib import Path

import orjson
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics

from rdds.limits.shared import LimitCounts
from rdds.operations import readiness, scraping
from rdds.operations.cells import Level
from rdds.operations.store_figures import StoreFigures
from store.errors import Code, StoreUnavailableError
from store.watch import Door, Kind, Outcome
from tests.rdds.operations.children import living
from tests.rdds.operations.running import running_operations


async def test_all_is_well(store_url: str) -> None:
    """The process is up; the store is there, its schema is right, the worker works."""
    async with running_operations(store_url) as running:
        health, ready = await running.ask("/healthz"), await running.ask("/readyz")
        assert (health.status, health.body) == (200, b"ok\n")
        assert ready.status == 200
        assert orjson.loads(ready.body) == {
            "ready": True,
            "checks": {"serving": "ok", "store": "ok", "workers": "ok", "freshness": "ok"},
        }
        assert ready.fields["Cache-Control"] == "no-store"
        assert ready.fields["Server"] == "rdds"


@pytest.mark.parametrize("path", ["/", "/metrics/", "/domain/shop.example", "/readyz/x"])
async def test_nothing_else_is_there(sqlite_url: str, path: str) -> None:
    """Three paths; no door's questions."""
    async with running_operations(sqlite_url) as running:
        nothing, refused = await running.ask(path), await running.ask("/metrics", method="POST")
        assert (nothing.status, refused.status) == (404, 405)
        assert nothing.fields["Server"] == refused.fields["Server"] == "rdds"


async def test_store_that_is_away_makes_it_not_ready_and_not_dead(sqlite_url: str) -> None:
    """The process stays up, and is ready again when the store is back."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with running_operations(sqlite_url) as running:
        away = path.rename(path.with_name("away"))  # noqa: ASYNC240 - the test's own step
        answer = await running.ask("/readyz")
        assert answer.status == 503
        said = orjson.loads(answer.body)
        assert said["checks"]["store"].startswith("STORE_MISSING: ")
        assert said["ready"] is False
        assert (await running.ask("/healthz")).status == 200
        metrics = await running.metrics()
        assert metrics["rdds_store_up"].samples[0].value == 0
        assert metrics["rdds_outbox_waiting"].samples == []
        states = {each.labels["check"]: each.value for each in metrics["rdds_ready"].samples}
        assert states == {"serving": 1, "store": 0, "workers": 1, "freshness": 1}
        away.rename(path)
        assert (await running.ask("/readyz")).status == 200


async def test_worker_that_hangs_makes_it_not_ready(sqlite_url: str) -> None:
    """An event loop that doesn't turn answers nobody."""
    async with running_operations(sqlite_url) as running:
        (stripe,) = running.stripes.held()
        stripe[Level.BEAT] = time.monotonic() - 60
        said = orjson.loads((await running.ask("/readyz")).body)
        assert said["checks"]["workers"] == "0 of 1 workers are at work."


async def test_worker_that_can_not_vouch_makes_it_not_ready(sqlite_url: str) -> None:
    """A node that can't prove that its answers are fresh is not one to ask."""
    async with running_operations(sqlite_url) as running:
        (stripe,) = running.stripes.held()
        stripe[Level.VOUCHED] = time.monotonic() - 60
        answer = await running.ask("/readyz")
        assert answer.status == 503
        assert orjson.loads(answer.body)["checks"]["freshness"] != "ok"
        stripe[Level.VOUCHED] = time.monotonic()
        assert (await running.ask("/readyz")).status == 200


async def test_check_may_refuse_fail_and_hang(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a time; what an error says is shown only where it is one of the listed codes."""
    monkeypatch.setattr(readiness, "SECONDS", 0.05)

    async def refuses() -> str | None:
        raise StoreUnavailableError("The policy is another one.", code=Code.STORE_OUTDATED)

    async def fails() -> str | None:
        raise ValueError("secret")

    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    async with running_operations(sqlite_url) as running:
        running.checks |= {"refuses": refuses, "fails": fails, "hangs": hangs}
        answer = await running.ask("/readyz")
        assert answer.status == 503
        checks = orjson.loads(answer.body)["checks"]
        assert checks["refuses"] == "STORE_OUTDATED: The policy is another one."
        assert checks["fails"] == "ValueError"
        assert checks["hangs"] == "There was no answer in time."
        assert checks["store"] == "ok"


async def test_server_that_stops_is_not_ready(sqlite_url: str) -> None:
    """Who asks while answers are being finished is told to ask elsewhere."""
    async with running_operations(sqlite_url) as running:
        running.stopping = True
        answer = await running.ask("/readyz")
        assert answer.status == 503
        assert orjson.loads(answer.body)["checks"] == {"serving": "This server is stopping."}
        assert (await running.ask("/healthz")).status == 200


async def test_end_of_the_whole_server_comes_after_its_workers(sqlite_url: str) -> None:
    """As long as a worker finishes answers, whoever watches is told "not ready"."""
    async with running_operations(sqlite_url, beating=False) as running:
        with living(running.stripes.claim):
            running.stripes.tell_ending()
            end = asyncio.create_task(running.server.end(60))
            assert (await running.ask("/readyz")).status == 503
            assert not end.done()
        await end
        with pytest.raises(ConnectionRefusedError):
            await running.ask("/readyz")


async def test_renewed_server_ends_at_once(sqlite_url: str) -> None:
    """At a renewal another process has its place: it must not tell anybody "not ready"."""
    async with running_operations(sqlite_url) as running:
        await running.server.end(60)
        with pytest.raises(ConnectionRefusedError):
            await running.ask("/readyz")


async def test_store_that_never_answers_costs_its_own_numbers_alone(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look waits for it, however often it is scraped; all other numbers are there."""
    monkeypatch.setattr(scraping, "STORE_SECONDS", 0.05)
    gate, looks = threading.Event(), []

    def look() -> StoreFigures:
        looks.append(1)
        gate.wait()
        raise StoreUnavailableError("Gone.")

    async with running_operations(sqlite_url, look=look) as running:
        for _ in range(3):
            metrics = await running.metrics()
            assert metrics["rdds_store_up"].samples[0].value == 0
            assert metrics["rdds_workers"].samples[0].value == 1
        assert len(looks) == 1
        gate.set()
        monkeypatch.setattr(scraping, "STORE_SECONDS", 20)
        await running.metrics()
        await running.metrics()
        assert len(looks) == 2


async def test_counted_answers_are_on_the_page(sqlite_url: str) -> None:
    """What a worker notes is there at the next scrape, in both forms of the page."""
    async with running_operations(sqlite_url) as running:
        note = running.counters.note
        for _ in range(3):
            note(Door.RDAP, Kind.DOMAIN, Outcome.FOUND, seconds=0.001, cached=True)
        labels = {"door": "rdap", "kind": "domain", "outcome": "found", "cached": "yes"}
        metrics = await running.metrics()
        samples = metrics["rdds_questions"].samples
        assert [each.value for each in samples if each.labels == labels] == [3]
        other = await running.ask("/metrics", accept="application/openmetrics-text; version=1.0.0")
        assert other.fields.get_content_type() == "application/openmetrics-text"
        names = {each.name for each in open_metrics(other.body.decode())}
        assert names == set(metrics)


async def test_limits_are_on_the_page(sqlite_url: str) -> None:
    """Refusals by each limit, and how full the table of clients is."""
    counts = LimitCounts(
        questions=(3, 4), connections=(5, 6), persons=7, server=8, live=9, slots=10
    )
    async with running_operations(sqlite_url, limits=lambda: counts) as running:
        metrics = await running.metrics()
        refused = {
            (each.labels["limit"], each.labels["door"]): each.value
            for each in metrics["rdds_limits_refused"].samples
        }
        assert refused == {
            ("questions", "whois"): 3,
            ("questions", "rdap"): 4,
            ("connections", "whois"): 5,
            ("connections", "rdap"): 6,
            ("persons", "any"): 7,
            ("server", "any"): 8,
        }
        assert metrics["rdds_limits_clients"].samples[0].value == 9
        assert metrics["rdds_limits_places"].samples[0].value == 10


async def test_crowd_is_refused_and_silent_clients_do_not_stay_for_ever(sqlite_url: str) -> None:
    """Connections are bounded here too: this server must not be the way to hurt the others."""
    async with running_operations(sqlite_url) as running:
        silent = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(32)]
        try:
            assert (await running.ask("/healthz")).status == 503
        finally:
            for each in silent:
                each.close()
