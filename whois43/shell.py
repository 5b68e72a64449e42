"""The server on port 43: listening sockets, limits, an orderly end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from functools import partial

from store.queries import Reader
from whois43.connection import Connection, Desk

__all__ = ["WhoisServer", "serve_whois"]

BACKLOG = 1024  # clients the kernel keeps while this process is busy
GRACE = 1.0  # seconds for a question that is on its way when the server is stopped


class WhoisServer:
    """A running WHOIS door."""

    def __init__(self, desk: Desk, listeners: Sequence[asyncio.AbstractServer]) -> None:
        self._desk = desk
        self._listeners = listeners

    def close(self) -> None:
        """Stop accepting; connections in hand go on."""
        for listener in self._listeners:
            listener.close()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's stop has one budget for all doors
        """Finish the connections in hand, for *timeout* seconds at most.

        Clients that still have asked nothing after a short grace are closed;
        what is left in the end is cut off.
        """
        grace = min(timeout, GRACE)
        await self._emptied(grace)
        for connection in self._desk.reading.members():
            connection.give_up()
        await self._emptied(timeout - grace)
        for connection in tuple(self._desk.connections):
            connection.abort()
        await self._desk.empty.wait()
        self._desk.reading.stop()
        self._desk.finishing.stop()

    async def _emptied(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._desk.empty.wait()
        except TimeoutError:
            return


async def serve_whois(
    sockets: Sequence[socket.socket],
    reader: Reader,
    *,
    patience: float,
    most_connections: int = 500,
    finish: float = 20.0,
) -> WhoisServer:
    """Serve WHOIS on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        reader: The store's read door.
        patience: Seconds for a whole question to arrive.
        most_connections: Connections at one time over all *sockets*.
        finish: Seconds from a question to the end of its connection.
    """
    loop = asyncio.get_running_loop()
    desk = Desk(loop, reader, patience=patience, finish=finish, most=most_connections)
    listeners: list[asyncio.AbstractServer] = []
    server = WhoisServer(desk, listeners)
    try:
        for listening in sockets:
            listener = await loop.create_server(
                partial(Connection, desk), sock=listening, backlog=BACKLOG
            )
            listeners.append(listener)
    except BaseException:
        server.close()
        raise
    return server
