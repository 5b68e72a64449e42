"""Putting the operators' server together from what the side child has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from socket import socket

from rdds.limits.shared import LimitCounts
from rdds.operations.readiness import (
    Check,
    Readiness,
    check_freshness,
    check_store,
    check_workers,
)
from rdds.operations.scraping import Scraper, Sources
from rdds.operations.server import OperationsServer, serve_operations
from rdds.operations.store_figures import look_at_store
from rdds.operations.stripes import Stripes
from store.instants import now
from store.sql.database import Database
from store.sql.sources import Source

__all__ = ["open_operations"]


async def open_operations(
    sockets: Sequence[socket],
    *,
    source: Source,
    database: Database,
    stripes: Stripes,
    limits: Callable[[], LimitCounts] | None = None,
    checks: Mapping[str, Check] | None = None,
) -> OperationsServer:
    """Serve health and metrics on *sockets*.

    Args:
        sockets: Bound sockets, which become the server's own.
        source: The store as the doors read it.
        database: The same store as editors do.
        stripes: What the workers count.
        limits: Gives what the limits did, ``None`` where there are none.
        checks: What `/readyz` asks beside store, workers and freshness, by name.
    """
    asked = {
        "store": check_store(source),
        "workers": check_workers(stripes),
        "freshness": check_freshness(stripes),
        **(checks or {}),
    }
    readiness = Readiness(asked, lambda: stripes.is_ending)
    sources = Sources(
        stripes=stripes,
        readiness=readiness,
        look=lambda: look_at_store(database, now()),
        limits=limits,
        engine=database.dialect,
    )
    return await serve_operations(sockets, readiness, Scraper(sources), stripes=stripes)
