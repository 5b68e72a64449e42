"""The server on port 43: listening sockets, limits, an orderly end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Protocol

from store.answer_cache import AnswerCache
from store.freshness import Freshness
from store.queries import Reader
from store.watch import Watch
from whois43.connection import Connection
from whois43.desk import Desk
from whois43.door import WhoisDoor
from whois43.front import BACKLOG, Front, is_possible

__all__ = ["Gate", "WhoisServer", "serve_whois"]

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

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate
        self._fronts: list[Front] = []
        self._listeners: list[tuple[Listener, socket.socket]] = []
        self._admitting: set[asyncio.Task[None]] = set()

    async def listen(self, listening: socket.socket) -> None:
        """Accept clients on *listening*, on the short way where nothing stands before the door.

        Raises:
            OSError: it can't listen.
            ValueError: it can't either, says the event loop.
        """
        if self._gate is self._desk.loop and is_possible():
            listening.setblocking(False)  # noqa: FBT003 - the library's own signature
            listening.listen(BACKLOG)
            self._fronts.append(Front(self._desk, listening, self._hand_over))
            return
        listener = await self._gate.create_server(
            partial(Connection, self._desk), sock=listening, backlog=BACKLOG
        )
        self._listeners.append((listener, listening))

    def close(self) -> None:
        """Stop accepting; who is queued already gets in, connections in hand go on."""
        fronts, self._fronts = self._fronts, []
        for front in fronts:
            front.close()
        listeners, self._listeners = self._listeners, []
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
        self._desk.winding_up = True
        self._desk.lingering.close_all()
        for connection in tuple(self._desk.connections):
            connection.wind_up()
        await self._emptied(timeout - grace)
        self._desk.cutting_off = True
        for connection in tuple(self._desk.connections):
            connection.abort()
        await self._desk.empty.wait()
        self._desk.reading.stop()
        self._desk.finishing.stop()

    async def _emptied(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                if self._admitting:  # not gathered: that would cancel them at the end of the time
                    await asyncio.wait(tuple(self._admitting))
                await self._desk.empty.wait()
        except TimeoutError:
            return

    def _admit_queued(self, listening: socket.socket) -> None:
        """Take in the clients that the kernel has queued: its close would reset them."""
        listening.setblocking(False)  # noqa: FBT003 - the library's own signature
        for _ in range(BACKLOG):
            try:
                client, _address = listening.accept()
            except OSError:  # nobody waits any more, or no descriptor is left
                return
            client.setblocking(False)  # noqa: FBT003 - the library's own signature
            self._keep(self._admit(client))

    def _hand_over(self, client: socket.socket, connection: Connection) -> None:
        """Let *connection* go on with *client*."""
        self._keep(self._carry(client, connection))

    async def _carry(self, client: socket.socket, connection: Connection) -> None:
        try:
            await self._gate.connect_accepted_socket(lambda: connection, client)
        except OSError:
            client.close()
            connection.vanish()

    async def _admit(self, client: socket.socket) -> None:
        await self._gate.connect_accepted_socket(partial(Connection, self._desk), client)

    def _keep(self, admitting: Coroutine[None, None, None]) -> None:
        task = self._desk.loop.create_task(admitting)
        self._admitting.add(task)
        task.add_done_callback(self._admitting.discard)


async def serve_whois(
    sockets: Sequence[socket.socket],
    reader: Reader,
    *,
    settings: WhoisDoor,
    gate: Gate | None = None,
    cache: AnswerCache | None = None,
    freshness: Freshness | None = None,
    watch: Watch | None = None,
) -> WhoisServer:
    """Serve WHOIS on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        reader: The store's read door.
        settings: How the door presents and protects itself, over all *sockets*.
        gate: Who lets clients in; the running loop by default.
        cache: Keeps finished answers, for which *freshness* vouches; none without it.
        freshness: Asks the store of *reader* what was committed.
        watch: Limits and counts; by default nobody is limited.
    """
    loop = asyncio.get_running_loop()
    desk = Desk(loop, reader, settings, cache=cache, freshness=freshness, watch=watch)
    server = WhoisServer(desk, gate or loop)
    try:
        for listening in sockets:
            await server.listen(listening)
    except BaseException:
        server.close()
        raise
    return server
