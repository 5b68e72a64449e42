"""The RDAP door's sockets: accept, bound, hand over, drain."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from socket import socket
from typing import Protocol

from aiohttp import web

from rdap.connection import Connection
from rdap.door import RdapDoor
from rdap.errors import Problem
from rdap.refusal import Refusal
from rdap.replies import answer_target, problem_reply
from rdap.request import Request, make_request
from rdap.responses import (
    asked_extensions,
    method_refused,
    options_response,
    response,
    selected_response,
)
from store.names import Address
from store.queries import Reader

__all__ = ["Gate", "RdapServer", "serve_rdap"]

BACKLOG = 1024
GRACE = 1.0  # seconds for a request that is on its way when the server is stopped

_VERSION = Problem(status=505, description="Only HTTP/1.0 and HTTP/1.1 are spoken here.")


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
        sock: socket,
        backlog: int,
        ssl: ssl.SSLContext | None,
        ssl_handshake_timeout: float | None,
    ) -> Listener:
        """Listen on *sock*."""
        ...

    async def connect_accepted_socket(
        self,
        factory: Callable[..., asyncio.Protocol],
        client: socket,
        /,
        *,
        ssl: ssl.SSLContext | None,
        ssl_handshake_timeout: float | None,
    ) -> object:
        """Serve a *client* that was accepted already."""
        ...


async def serve_rdap(
    sockets: Sequence[socket],
    reader: Reader,
    *,
    settings: RdapDoor,
    ssl_context: ssl.SSLContext | None = None,
    gate: Gate | None = None,
) -> RdapServer:
    """Serve RDAP on the bound *sockets*, over TLS if *ssl_context* is given.

    The server owns the sockets from here on. *gate* is the running loop by default.

    Raises:
        OSError: a socket can't listen.
    """
    server = RdapServer(reader, settings, gate)
    await server.listen(sockets, ssl_context)
    return server


class RdapServer:
    """A running RDAP door, made by :func:`serve_rdap`."""

    def __init__(self, reader: Reader, settings: RdapDoor, gate: Gate | None = None) -> None:
        self._reader = reader
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._gate: Gate = gate or self._loop
        self._http = web.Server(self._answer, request_factory=partial(make_request, door=settings))
        self._open: set[Connection] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._refusals: set[Refusal] = set()
        self._listeners: list[tuple[Listener, socket]] = []
        self._ssl_context: ssl.SSLContext | None = None
        self._admitting: set[asyncio.Task[None]] = set()
        self._ending = False
        self._sweeper: asyncio.TimerHandle | None = None

    async def listen(
        self, sockets: Sequence[socket], ssl_context: ssl.SSLContext | None = None
    ) -> None:
        """Start accepting on *sockets*."""
        self._ssl_context = ssl_context
        for sock in sockets:
            listener = await self._gate.create_server(
                self._protocol,
                sock=sock,
                backlog=BACKLOG,
                ssl=ssl_context,
                ssl_handshake_timeout=self._handshake,
            )
            self._listeners.append((listener, sock))
        self._sweep()

    def close(self) -> None:
        """Stop accepting. Who is queued already gets in; see :meth:`drain`."""
        self._ending = True
        listeners, self._listeners = self._listeners, []
        for listener, sock in listeners:
            self._admit_queued(sock)
            listener.close()
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's budget, shared by all connections
        """Finish the answers in hand within *timeout* seconds, then cut what is left.

        Clients between two requests are closed at once; those whose request is
        likely on its way have a short grace.
        """
        self.close()
        grace = min(timeout, GRACE)
        for connection in tuple(self._open):
            if not connection.is_expected_to_ask:
                connection.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await asyncio.gather(*self._admitting, return_exceptions=True)
                await self._none_open.wait()
        for connection in tuple(self._open):
            connection.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout - grace):
                await self._all_closed()
        left: tuple[Connection | Refusal, ...] = (*self._open, *self._refusals)
        for each in left:
            each.abort()

    async def _all_closed(self) -> None:
        """Wait for the last connection's end; who has all its bytes and doesn't end is cut."""
        while self._open:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none_open.wait(), GRACE)
            for connection in tuple(self._open):
                connection.cut_if_sent()

    @property
    def _handshake(self) -> float | None:
        """A handshake that doesn't end holds no connection for longer than a request may."""
        return None if self._ssl_context is None else self._settings.patience

    def _admit_queued(self, sock: socket) -> None:
        """Take in the clients that the kernel keeps for *sock*: its close would reset them."""
        sock.setblocking(False)  # noqa: FBT003 - the library's own signature
        for _ in range(BACKLOG):
            try:
                client, _address = sock.accept()
            except OSError:  # nobody waits any more, or no descriptor is left
                return
            client.setblocking(False)  # noqa: FBT003 - the library's own signature
            task = self._loop.create_task(self._admit(client))
            self._admitting.add(task)
            task.add_done_callback(self._admitted)

    async def _admit(self, client: socket) -> None:
        await self._gate.connect_accepted_socket(
            self._protocol,
            client,
            ssl=self._ssl_context,
            ssl_handshake_timeout=self._handshake,
        )

    def _admitted(self, task: asyncio.Task[None]) -> None:
        self._admitting.discard(task)
        if not task.cancelled():
            task.exception()  # a handshake that failed is the client's own affair

    def _protocol(self, client: Address | None = None) -> asyncio.Protocol:
        if len(self._open) >= self._settings.most_connections:
            return Refusal(self._refusals)
        return Connection(
            self._http,
            opened=self._add,
            lost=self._forget,
            patience=self._settings.patience,
            loop=self._loop,
            client=client,
        )

    def _add(self, connection: Connection) -> None:
        self._open.add(connection)
        self._none_open.clear()

    def _forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        if not self._open:
            self._none_open.set()

    def _sweep(self) -> None:
        for connection in tuple(self._open):
            connection.sweep()
        self._sweeper = self._loop.call_later(self._settings.patience, self._sweep)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        if isinstance(request, Request) and not request.spoken:
            made = response(problem_reply(_VERSION))
            made.force_close()
            return made
        match request.method:
            case "GET" | "HEAD":
                reply = await answer_target(
                    request.raw_path,
                    reader=self._reader,
                    door=self._settings,
                    extensions=asked_extensions(request),
                )
                made = selected_response(reply, request)
            case "OPTIONS":
                made = options_response()
            case _:
                return method_refused()
        if (
            isinstance(connection, Connection)
            and (connection.half_closed or self._ending)
            and not connection.has_more
        ):
            made.force_close()
        return made
