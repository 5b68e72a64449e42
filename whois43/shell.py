"""The server on port 43: listening sockets, limits, an orderly end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from store.queries import Reader
from whois43.connection import Connection, Desk

__all__ = ["Gate", "WhoisServer", "serve_whois"]

BACKLOG = 1024  # clients the kernel keeps while this process is busy
GRACE = 1.0  # seconds for a question that is on its way when the server is stopped


class Listener(Protocol):
    """Something that accepts clients until it is closed."""

    def close(self) -> None:
        """Stop accepting, and close the listening socket."""
        ...


class Gate(Protocol):
    """Who lets clients in: an event loop, or something before it that reads a proxy's preface.

    The factory takes the client's address where it is another than the peer's.
    """

    async def create_server(
        self,
        factory: Callable[..., asyncio.Protocol],
        /,
        *,
        sock: socket.socket,
        backlog: int,
    ) -> Listener:
        """Listen on *sock*."""
        ...

    async def connect_accepted_socket(
        self, factory: Callable[..., asyncio.Protocol], client: socket.socket, /
    ) -> object:
        """Serve a *client* that was accepted already."""
        ...


class WhoisServer:
    """A running WHOIS door."""

    def __init__(
        self,
        desk: Desk,
        listeners: Sequence[tuple[Listener, socket.socket]],
        gate: Gate,
    ) -> None:
        self._desk = desk
        self._gate = gate
        self._listeners = listeners
        self._admitting: set[asyncio.Task[None]] = set()

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
            task = loop.create_task(self._admit(client))
            self._admitting.add(task)
            task.add_done_callback(self._admitting.discard)

    async def _admit(self, client: socket.socket) -> None:
        await self._gate.connect_accepted_socket(partial(Connection, self._desk), client)


async def serve_whois(
    sockets: Sequence[socket.socket],
    reader: Reader,
    *,
    patience: float,
    most_connections: int = 500,
    finish: float = 20.0,
    gate: Gate | None = None,
    own_name: str | None = None,
) -> WhoisServer:
    """Serve WHOIS on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        reader: The store's read door.
        patience: Seconds for a whole question to arrive.
        most_connections: Connections at one time over all *sockets*.
        finish: Seconds from a question to the end of its connection.
        gate: Who lets clients in; the running loop by default.
        own_name: The server's host name in inner form: no answer sends a client back to it.
    """
    loop = asyncio.get_running_loop()
    gate = gate or loop
    desk = Desk(
        loop,
        reader,
        patience=patience,
        finish=finish,
        most=most_connections,
        own_name=own_name,
    )
    listeners: list[tuple[Listener, socket.socket]] = []
    try:
        for listening in sockets:
            listener = await gate.create_server(
                partial(Connection, desk), sock=listening, backlog=BACKLOG
            )
            listeners.append((listener, listening))
    except BaseException:
        for started, _listening in listeners:
            started.close()
        raise
    return WhoisServer(desk, listeners, gate)
