"""The RDAP door's sockets: accept, bound, hand over, drain."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from socket import socket
from time import perf_counter
from typing import Protocol

from aiohttp import web

from rdap.accounts import Account, loggable, outcome_of
from rdap.connection import Connection
from rdap.desk import Desk
from rdap.door import RdapDoor
from rdap.errors import Problem
from rdap.front import Front
from rdap.refusal import TOO_MANY_OPEN, Refusal
from rdap.replies import Reply, problem_reply, read_question
from rdap.request import Request, make_request
from rdap.responses import (
    asked_extensions,
    method_refused,
    options_response,
    response,
    selected_response,
)
from rdap.wire import Served
from store.answer_cache import AnswerCache
from store.freshness import Freshness
from store.names import Address
from store.queries import Reader
from store.watch import EXEMPT, Door, Kind, Outcome, Unwatched, Watch

__all__ = ["Gate", "RdapServer", "serve_rdap"]

BACKLOG = 1024
GRACE = 1.0  # seconds for a request that is on its way when the server is stopped
SOON = 0.5  # seconds for the next request of a client that asks one after another

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
    cache: AnswerCache | None = None,
    freshness: Freshness | None = None,
    watch: Watch | None = None,
) -> RdapServer:
    """Serve RDAP on the bound *sockets*, over TLS if *ssl_context* is given.

    The server owns the sockets from here on. *gate* is the running loop by default.
    Look-ups are kept in *cache* if *freshness* vouches for it. *watch* limits and counts.

    Raises:
        OSError: a socket can't listen.
    """
    desk = Desk(reader, settings, cache=cache, freshness=freshness, watch=watch or Unwatched())
    server = RdapServer(desk, gate)
    await server.listen(sockets, ssl_context)
    return server


class RdapServer:
    """A running RDAP door, made by :func:`serve_rdap`."""

    def __init__(self, desk: Desk, gate: Gate | None = None) -> None:
        self._desk = desk
        self._settings = settings = desk.door
        self._loop = asyncio.get_running_loop()
        self._gate: Gate = gate or self._loop
        self._http = web.Server(self._answer, request_factory=partial(make_request, door=settings))
        self._open: set[Served] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._refusals: set[Refusal] = set()
        self._listeners: list[tuple[Listener, socket]] = []
        self._ssl_context: ssl.SSLContext | None = None
        self._admitting: set[asyncio.Task[None]] = set()
        self.ending = False
        self._sweeper: asyncio.TimerHandle | None = None
        self._lapser: asyncio.TimerHandle | None = None

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
        self._lapse()

    def close(self) -> None:
        """Stop accepting. Who is queued already gets in; see :meth:`drain`."""
        self.ending = True
        listeners, self._listeners = self._listeners, []
        for listener, sock in listeners:
            self._admit_queued(sock)
            listener.close()
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's budget, shared by all connections
        """Finish the answers in hand within *timeout* seconds, then cut what is left.

        Clients between two requests are closed soon, for one that asks without a pause has
        sent its next one; those whose request is likely on its way have a short grace.
        """
        self.close()
        soon, grace = min(timeout, SOON), min(timeout, GRACE)
        await self._emptied(soon)
        for connection in tuple(self._open):
            if not connection.is_expected_to_ask:
                connection.end()
        await self._emptied(grace - soon)
        for connection in tuple(self._open):
            connection.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout - grace):
                await self._all_closed()
        left: tuple[Served | Refusal, ...] = (*self._open, *self._refusals)
        for each in left:
            each.abort()

    async def _emptied(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if self._admitting:  # a wait that runs out must not cancel them
                    await asyncio.wait(tuple(self._admitting))
                await self._none_open.wait()

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
        return Front(self._desk, self, client)

    def turn_away(self) -> asyncio.Protocol:
        """Give the protocol that tells a client that it has too many connections."""
        return Refusal(self._refusals, TOO_MANY_OPEN)

    def hand_over(self, connection: Served, client: Address | None) -> Connection:
        """Give the protocol of the ordinary path in the place of *connection*."""
        ordinary = Connection(
            self._http,
            opened=self.add,
            lost=self.forget,
            patience=self._settings.patience,
            loop=self._loop,
            client=client,
            visitor=connection.visitor,
            refused=self._refused,
        )
        ordinary.entered, connection.entered = connection.entered, False
        self._open.add(ordinary)
        self._open.discard(connection)
        return ordinary

    def add(self, connection: Served) -> None:
        """Count *connection* in."""
        self._open.add(connection)
        self._none_open.clear()

    def forget(self, connection: Served) -> None:
        """Count *connection* out."""
        self._open.discard(connection)
        if connection.entered:
            self._desk.watch.leave(Door.RDAP, connection.visitor)
        if not self._open:
            self._none_open.set()

    def _sweep(self) -> None:
        for connection in tuple(self._open):
            connection.sweep()
        self._sweeper = self._loop.call_later(self._settings.patience, self._sweep)

    def _lapse(self) -> None:
        """Close whom patience has run out for; one timer for all, so up to a quarter late."""
        now, patience = perf_counter(), self._settings.patience
        for connection in tuple(self._open):
            connection.lapse(now, patience)
        self._lapser = None
        if self._open or not self.ending:
            self._lapser = self._loop.call_later(patience / 4, self._lapse)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        began = perf_counter()
        connection = request.protocol
        made, account, question = await self._made(request)
        if (
            isinstance(connection, Connection)
            and (connection.half_closed or self.ending)
            and not connection.has_more
        ):
            made.force_close()
        self._tell(account, question, request, seconds=perf_counter() - began)
        return made

    async def _made(self, request: web.BaseRequest) -> tuple[web.Response, Account, str | None]:
        """Make the response to *request*; give what it counts as, and what may be logged of it."""
        visitor = self._visitor(request)
        is_spoken = not isinstance(request, Request) or request.spoken
        seconds = self._take(visitor)
        if seconds or not is_spoken:
            reply = self._desk.limited(seconds) if seconds else problem_reply(_VERSION)
            made = response(reply)
            if not is_spoken:
                made.force_close()
            return made, reply.account, None
        match request.method:
            case "GET" | "HEAD":
                return await self._selected(request, visitor)
            case "OPTIONS":
                return options_response(), Account(outcome=Outcome.FOUND), None
            case _:
                return method_refused(), Account(), None

    async def _selected(
        self, request: web.BaseRequest, visitor: int
    ) -> tuple[web.Response, Account, str | None]:
        asked = read_question(
            request.raw_path, door=self._settings, extensions=asked_extensions(request)
        )
        if isinstance(asked, Reply):
            return selected_response(asked, request), asked.account, None
        drawn = await self._desk.draw(asked)
        reply = drawn if isinstance(drawn, Reply) else drawn.reply(asked.url)
        made = selected_response(reply, request)
        persons = reply.account.persons
        if persons and visitor != EXEMPT and made.status == 200 and request.method == "GET":
            seconds = self._desk.watch.charge(visitor, persons)
            if seconds:
                reply = self._desk.limited_shown(seconds)
                return response(reply), reply.account, None
        return made, reply.account, loggable(asked.query)

    def _take(self, visitor: int) -> int:
        """Take a question from *visitor*'s allowance: 0, or the seconds until there is one."""
        return 0 if visitor == EXEMPT else self._desk.watch.admit(Door.RDAP, visitor)

    def _visitor(self, request: web.BaseRequest) -> int:
        if self._settings.trusted_proxies and isinstance(request, Request):
            return self._desk.watch.visitor(request.client)
        connection = request.protocol
        return connection.visitor if isinstance(connection, Connection) else EXEMPT

    def _tell(
        self, account: Account, question: str | None, request: web.BaseRequest, *, seconds: float
    ) -> None:
        kind, outcome, watch = account.kind, account.outcome, self._desk.watch
        watch.note(Door.RDAP, kind, outcome, seconds=seconds, cached=False)
        if watch.log is not None:
            client = request.client if isinstance(request, Request) else None
            watch.log(Door.RDAP, kind, outcome, client=client, question=question, seconds=seconds)

    def _refused(self, visitor: int, status: int) -> Reply | None:
        """Count an answer to what isn't HTTP; give another for who sends too much of it."""
        seconds = self._take(visitor) if status < 500 else 0
        reply = self._desk.limited(seconds) if seconds else None
        outcome = Outcome.LIMITED if reply else outcome_of(status)
        self._desk.watch.note(Door.RDAP, Kind.OTHER, outcome, seconds=0.0, cached=False)
        return reply
