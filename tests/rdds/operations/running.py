"""The operators' server over a store, on a free port, asked as Prometheus does."""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from rdds.limits.shared import LimitCounts
from rdds.operations.counters import WorkerCounters
from rdds.operations.readiness import Check, Readiness, check_freshness, check_store, check_workers
from rdds.operations.scraping import Scraper, Sources
from rdds.operations.server import OperationsServer, serve_operations
from rdds.operations.store_figures import StoreFigures, look_at_store
from rdds.operations.stripes import Stripes
from store.instants import now
from store.sql.database import Database
from store.sql.sources import open_source

__all__ = [
    "Asked",
    "Running",
    "ask_at",
    "families",
    "listening_socket",
    "running_operations",
]


@dataclass(frozen=True)
class Asked:
    """A response."""

    status: int
    fields: http.client.HTTPMessage
    body: bytes


def families(page: bytes) -> dict[str, Metric]:
    """Read a page of metrics by their names."""
    return {each.name: each for each in text_string_to_metric_families(page.decode())}


async def ask_at(port: int, path: str, *, method: str = "GET", accept: str = "") -> Asked:
    """Ask the server on *port* of loopback, on a connection of its own."""
    return await asyncio.to_thread(_ask, port, path, method, accept)


def _ask(port: int, path: str, method: str, accept: str) -> Asked:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers={"Accept": accept} if accept else {})
        response = connection.getresponse()
        return Asked(response.status, response.headers, response.read())
    finally:
        connection.close()


def listening_socket() -> socket.socket:
    """Give a socket that listens on a free port of loopback."""
    return socket.create_server(("127.0.0.1", 0))


@dataclass
class Running:
    """The server, a worker's counters, more checks, and the switch that stops it."""

    port: int
    server: OperationsServer
    stripes: Stripes
    checks: dict[str, Check]
    stopping: bool = False

    @cached_property
    def counters(self) -> WorkerCounters:
        """Begin to count as a worker."""
        return WorkerCounters(self.stripes.claim())

    async def ask(self, path: str, *, method: str = "GET", accept: str = "") -> Asked:
        """Ask on a connection of its own."""
        return await ask_at(self.port, path, method=method, accept=accept)

    async def metrics(self) -> dict[str, Metric]:
        """Ask for the metrics."""
        return families((await self.ask("/metrics")).body)


@asynccontextmanager
async def running_operations(
    url: str,
    *,
    look: Callable[[], StoreFigures] | None = None,
    limits: Callable[[], LimitCounts] | None = None,
    beating: bool = True,
) -> AsyncIterator[Running]:
    """Serve over the store at *url*, with a worker that once said that it works if *beating*."""
    source, database, stripes = open_source(url), Database(url), Stripes(1)
    checks: dict[str, Check] = {
        "store": check_store(source),
        "workers": check_workers(stripes),
        "freshness": check_freshness(stripes),
    }
    readiness = Readiness(checks, lambda: running.stopping or stripes.is_ending)
    scraper = Scraper(
        Sources(
            stripes=stripes,
            readiness=readiness,
            look=look or (lambda: look_at_store(database, now())),
            limits=limits,
            engine=database.dialect,
        )
    )
    listening = listening_socket()
    server = await serve_operations([listening], readiness, scraper, stripes=stripes)
    running = Running(listening.getsockname()[1], server, stripes, checks)
    if beating:
        running.counters.beat()
    try:
        yield running
    finally:
        await server.end(0)
        await source.close()
        database.close()
