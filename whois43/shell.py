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

    def __init__(
        self, desk: Desk, listeners: Sequence[tuple[asyncio.AbstractServer, socket.socket]]
    ) -> None:
        self._desk = desk
        self._listeners = listeners
        self._admitting: set[asyncio.Task[object]] = set()

    def close(self) -> None:
        """Stop accepting; who is queued already gets in, connections in hand go on."""
        listeners, self._listeners = self._listeners, ()
        for listener, listening in listeners:
            self._admit_queued(listening)
            listener.close()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's stop has one budget for all doors
        """Finish the connections in hand, for *timeout* seconds at most.

        Clients that still have asked nothing after a short grace are closed, and so
        are those that have their answer; what is left in the end is cut off.
        """
        grace = min(timeout, GRACE)
        await self._emptied(grace)
        for connection in tuple(self._desk.connections):
            connection.wind_up()
        await self._emptied(timeout - grace)
        for connection in tuple(self._desk.connections):
            connection.abort()
        await self._desk.empty.wait()
        self._desk.reading.stop()
        self._desk.finishing.stop()

    async def _emptied(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*self._admitting, return_exceptions=True)
                await self._desk.empty.wait()
        except TimeoutError:
            return

    def _admit_queued(self, listening: socket.socket) -> None:
        """Take in the clients that the kernel has queued: its close would reset them."""
        listening.setblocking(False)  # noqa: FBT003 - the library's own signature
        loop = self._desk.loop
        for _ in range(BACKLOG):
            try:
                client, _address = listening.accept()
            except OSError:  # nobody waits any more, or no descriptor is left
                return
            client.setblocking(False)  # noqa: FBT003 - the library's own signature
            task: asyncio.Task[object] = loop.create_task(
                loop.connect_accepted_socket(partial(Connection, self._desk), client)
            )
            self._admitting.add(task)
            task.add_done_callback(self._admitting.discard)


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
    listeners: list[tuple[asyncio.AbstractServer, socket.socket]] = []
    try:
        for listening in sockets:
            listener = await loop.create_server(
                partial(Connection, desk), sock=listening, backlog=BACKLOG
            )
            listeners.append((listener, listening))
    except BaseException:
        for started, _listening in listeners:
            started.close()
        raise
    return WhoisServer(desk, listeners)
