"""The operators' own server: `/healthz`, `/readyz` and `/metrics`, and nothing else.

It is not for the public: an address of the operator's own network, or loopback.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from socket import socket

import orjson
from aiohttp import web

from pages.connection import Connection, Crowd
from rdds.operations.readiness import Readiness
from rdds.operations.scraping import Scraper
from rdds.operations.stripes import Stripes

__all__ = ["OperationsServer", "serve_operations"]

BACKLOG = 64
MOST_CONNECTIONS = 32
PATIENCE = 15.0  # seconds from a connection's start to its end
LONGEST = 4096  # bytes of the request line, and of one header field
SETTLE_SECONDS = 1.0
DRAIN_SECONDS = 3.0
LOOK_SECONDS = 0.05  # between two looks for workers that are still at work


class OperationsServer:
    """The running server, made by :func:`serve_operations`."""

    def __init__(
        self, runner: web.AppRunner, crowd: Crowd, scraper: Scraper, stripes: Stripes
    ) -> None:
        self._runner = runner
        self._scraper = scraper
        self._crowd = crowd
        self._stripes = stripes
        self._listeners: list[asyncio.Server] = []

    async def listen(self, sockets: Sequence[socket]) -> None:
        """Start accepting on *sockets*."""
        manager = self._runner.server
        assert manager is not None, "the runner is set up"  # noqa: S101 - says it to mypy
        limits = {"max_line_size": LONGEST, "max_field_size": LONGEST}
        factory = partial(Connection, self._crowd, manager, access_log=None, **limits)
        loop = asyncio.get_running_loop()
        for each in sockets:
            listener = await loop.create_server(factory, sock=each, backlog=BACKLOG)
            self._listeners.append(listener)

    async def end(self, seconds: float) -> None:
        """Close; where the whole server ends, only after its workers, *seconds* from now at most.

        So whoever watches is told "not ready" for as long as answers are being finished. At
        a renewal another process has taken this one's place already.
        """
        deadline = time.monotonic() + seconds
        while self._outlasts() and time.monotonic() < deadline:  # noqa: ASYNC110 - nothing tells of an end
            await asyncio.sleep(LOOK_SECONDS)
        self.close()
        with suppress(TimeoutError):  # of who is connected already, the question is on its way
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._crowd.empty.wait()
        await self.drain(DRAIN_SECONDS)
        self._scraper.close()

    def _outlasts(self) -> bool:
        return self._stripes.is_ending and any(self._stripes.held())

    def close(self) -> None:
        """Stop accepting."""
        for listener in self._listeners:
            listener.close()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - as the other servers
        """Finish the answers in hand, for *timeout* seconds at most."""
        self.close()
        manager = self._runner.server
        if manager is not None:
            manager.pre_shutdown()  # who asks nothing
            await manager.shutdown(timeout)
        for connection in tuple(self._crowd.open):
            connection.abort()
        await self._crowd.empty.wait()  # an aborted connection is lost at the loop's next turn
        await self._runner.cleanup()


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
    fields = {"Content-Type": content_type, "Cache-Control": "no-store", "Server": "rdds"}
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
    runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=0)
    await runner.setup()
    crowd = Crowd(most=MOST_CONNECTIONS, patience=PATIENCE)
    server = OperationsServer(runner, crowd, scraper, stripes)
    try:
        await server.listen(sockets)
    except BaseException:
        await server.drain(0)
        raise
    return server
