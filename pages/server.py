"""A server for people and tools beside the doors: listening sockets, limits, an orderly end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from socket import socket

from aiohttp import web

from pages.connection import Connection, Crowd

__all__ = ["BoundedServer", "serve_bounded"]

BACKLOG = 256
ARRIVAL = 1.0  # seconds that the request of a new connection may be on its way
LONGEST = 8190  # bytes of the request line, and of one header field; 128 fields at most


class BoundedServer:
    """A running application, made by :func:`serve_bounded`."""

    def __init__(self, runner: web.AppRunner, crowd: Crowd) -> None:
        self._runner = runner
        self._crowd = crowd
        self._listeners: list[asyncio.Server] = []

    async def listen(self, sockets: Sequence[socket]) -> None:
        """Start accepting on *sockets*."""
        manager = self._runner.server
        assert manager is not None, "the runner is set up"  # noqa: S101 - says it to mypy
        factory = partial(
            Connection,
            self._crowd,
            manager,
            access_log=None,  # a question is nobody's business
            max_line_size=LONGEST,
            max_field_size=LONGEST,
        )
        loop = asyncio.get_running_loop()
        for each in sockets:
            listener = await loop.create_server(factory, sock=each, backlog=BACKLOG)
            self._listeners.append(listener)

    def close(self) -> None:
        """Stop accepting."""
        for listener in self._listeners:
            listener.close()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's stop has one budget for all doors
        """Finish the answers in hand, for *timeout* seconds at most; cut off who asks nothing.

        Each connection is for one request: who has just come is given time to send it.
        """
        self.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(ARRIVAL, timeout)):
                await self._crowd.empty.wait()
        manager = self._runner.server
        if manager is not None:
            manager.pre_shutdown()  # who asks nothing
            await manager.shutdown(timeout)
        for connection in tuple(self._crowd.open):
            connection.abort()
        await self._crowd.empty.wait()  # an aborted connection is lost at the loop's next turn
        await self._runner.cleanup()


async def serve_bounded(
    sockets: Sequence[socket],
    application: web.Application,
    *,
    patience: float,
    most_connections: int,
) -> BoundedServer:
    """Serve *application* on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        application: What answers; each of its answers has our ``Server`` field.
        patience: Seconds from a connection's start to its end.
        most_connections: Connections at one time over all *sockets*.
    """
    application.on_response_prepare.append(_sign)
    runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=0)
    await runner.setup()
    server = BoundedServer(runner, Crowd(most=most_connections, patience=patience))
    try:
        await server.listen(sockets)
    except BaseException:
        await server.drain(0)
        raise
    return server


async def _sign(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    response.headers["Server"] = "rdds"  # aiohttp would name itself, and its version
