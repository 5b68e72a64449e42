"""The RDAP door's sockets: accept, bound, hand over, drain."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from socket import socket
from typing import cast

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import HttpVersion10, HttpVersion11
from aiohttp.streams import StreamReader

from rdap.connection import Connection
from rdap.door import RdapDoor
from rdap.errors import Problem
from rdap.replies import answer_target, problem_reply
from rdap.responses import method_refused, options_response, raw_response, response
from store.queries import Reader

__all__ = ["RdapServer", "serve_rdap"]

BACKLOG = 1024
GRACE = 1.0  # seconds for a request that is on its way when the server is stopped
MOST_REFUSALS = 256  # clients that are being told that the server is full

_FULL = Problem(status=503, description="Too many connections. Try again later.")
_VERSION = Problem(status=505, description="Only HTTP/1.0 and HTTP/1.1 are spoken here.")


async def serve_rdap(
    sockets: Sequence[socket],
    reader: Reader,
    *,
    settings: RdapDoor,
    ssl_context: ssl.SSLContext | None = None,
) -> RdapServer:
    """Serve RDAP on the bound *sockets*, over TLS if *ssl_context* is given.

    The server owns the sockets from here on.

    Raises:
        OSError: a socket can't listen.
    """
    server = RdapServer(reader, settings)
    await server.listen(sockets, ssl_context)
    return server


class RdapServer:
    """A running RDAP door, made by :func:`serve_rdap`."""

    def __init__(self, reader: Reader, settings: RdapDoor) -> None:
        self._reader = reader
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._http = web.Server(self._answer, request_factory=self._request)
        self._open: set[Connection] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._refusals: set[_Refusal] = set()
        self._listeners: list[tuple[asyncio.Server, socket]] = []
        self._ssl_context: ssl.SSLContext | None = None
        self._admitting: set[asyncio.Task[object]] = set()
        self._ending = False
        self._sweeper: asyncio.TimerHandle | None = None

    async def listen(
        self, sockets: Sequence[socket], ssl_context: ssl.SSLContext | None = None
    ) -> None:
        """Start accepting on *sockets*."""
        self._ssl_context = ssl_context
        for sock in sockets:
            listener = await self._loop.create_server(
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
            await asyncio.wait_for(self._none_open.wait(), timeout - grace)
        left: tuple[Connection | _Refusal, ...] = (*self._open, *self._refusals)
        for each in left:
            each.abort()

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
            task: asyncio.Task[object] = self._loop.create_task(
                self._loop.connect_accepted_socket(
                    self._protocol,
                    client,
                    ssl=self._ssl_context,
                    ssl_handshake_timeout=self._handshake,
                )
            )
            self._admitting.add(task)
            task.add_done_callback(self._admitted)

    def _admitted(self, task: asyncio.Task[object]) -> None:
        self._admitting.discard(task)
        if not task.cancelled():
            task.exception()  # a handshake that failed is the client's own affair

    def _protocol(self) -> asyncio.Protocol:
        if len(self._open) >= self._settings.most_connections:
            return _Refusal(self._refusals)
        return Connection(
            self._http,
            opened=self._add,
            lost=self._forget,
            patience=self._settings.patience,
            loop=self._loop,
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
        if isinstance(request, _Request) and not request.spoken:
            made = response(problem_reply(_VERSION))
            made.force_close()
            return made
        match request.method:
            case "GET" | "HEAD":
                reply = await answer_target(
                    request.raw_path, reader=self._reader, door=self._settings
                )
                made = response(reply)
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

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: web.RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        spoken = message.version in (HttpVersion11, HttpVersion10)
        if not spoken:  # the parser takes 0.9 and 2.0, and aiohttp would answer in kind
            message = message._replace(version=HttpVersion10)
        request = _Request(message, payload, protocol, writer, task, self._loop)
        request.spoken = spoken
        return request


class _Request(web.BaseRequest):
    """A request that remembers whether its version of HTTP is spoken here."""

    spoken = True


class _Refusal(asyncio.Protocol):
    """Tell a client that the server is full, and end."""

    def __init__(self, refusals: set[_Refusal]) -> None:
        self._refusals = refusals
        self._transport: asyncio.Transport | None = None
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By what it can do: uvloop's transports are none of asyncio's classes.
        self._transport = wire = cast("asyncio.Transport", transport)
        if len(self._refusals) >= MOST_REFUSALS:
            wire.abort()
            return
        self._refusals.add(self)
        wire.write(raw_response(_FULL))
        if wire.can_write_eof():
            wire.write_eof()
        self._end = asyncio.get_running_loop().call_later(1.0, self.abort)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._refusals.discard(self)
        if self._end is not None:
            self._end.cancel()

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()
