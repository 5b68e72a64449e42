"""The operators' own server: `/healthz`, `/readyz` and `/metrics`, and nothing else.

It is not for the public: an address of the operator's own network, or loopback.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from socket import socket

import orjson
from aiohttp import web

from pages.server import BoundedServer, serve_bounded
from rdds.operations.readiness import Readiness
from rdds.operations.scraping import Scraper
from rdds.operations.stripes import Stripes

__all__ = ["OperationsServer", "serve_operations"]

MOST_CONNECTIONS = 32
PATIENCE = 15.0  # seconds from a connection's start to its end
DRAIN_SECONDS = 4.0
LOOK_SECONDS = 0.05  # between two looks for workers that are still at work


class OperationsServer:
    """The running server, made by :func:`serve_operations`."""

    def __init__(self, server: BoundedServer, scraper: Scraper, stripes: Stripes) -> None:
        self._server = server
        self._scraper = scraper
        self._stripes = stripes

    async def end(self, seconds: float) -> None:
        """Close; where the whole server ends, only after its workers, *seconds* from now at most.

        So whoever watches is told "not ready" for as long as answers are being finished. At
        a renewal another process has taken this one's place already.
        """
        deadline = time.monotonic() + seconds
        while self._outlasts() and time.monotonic() < deadline:  # noqa: ASYNC110 - nothing tells of an end
            await asyncio.sleep(LOOK_SECONDS)
        await self._server.drain(DRAIN_SECONDS)
        self._scraper.close()

    def _outlasts(self) -> bool:
        return self._stripes.is_ending and any(self._stripes.held())


def _routes(readiness: Readiness, scraper: Scraper) -> list[web.RouteDef]:
    async def healthz(_request: web.Request) -> web.Response:
        return _answer(b"ok\n", "text/plain; charset=utf-8")

    async def readyz(_request: web.Request) -> web.Response:
        faults = await readiness.faults()
        ready = not any(faults.values())
        said = {"ready": ready, "checks": {name: fault or "ok" for name, fault in faults.items()}}
        body = orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
        return _answer(body, "application/json", status=200 if ready else 503)

    async def page(request: web.Request) -> web.Response:
        body, content_type = await scraper.page(request.headers.get("Accept", ""))
        return _answer(body, content_type)

    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/metrics", page),
    ]


def _answer(body: bytes, content_type: str, *, status: int = 200) -> web.Response:
    fields = {"Content-Type": content_type, "Cache-Control": "no-store"}
    response = web.Response(body=body, status=status, headers=fields)
    response.force_close()
    return response


async def serve_operations(
    sockets: Sequence[socket], readiness: Readiness, scraper: Scraper, *, stripes: Stripes
) -> OperationsServer:
    """Serve on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        readiness: What `/readyz` asks.
        scraper: Makes `/metrics`.
        stripes: Where workers say that they live.
    """
    application = web.Application()
    application.add_routes(_routes(readiness, scraper))
    server = await serve_bounded(
        sockets, application, patience=PATIENCE, most_connections=MOST_CONNECTIONS
    )
    return OperationsServer(server, scraper, stripes)
