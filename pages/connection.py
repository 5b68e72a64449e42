"""One connection: one request, within a time, among a bounded number of others."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from aiohttp import web

__all__ = ["Connection", "Crowd"]

_WORDS = b"Too many connections. Try again later.\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nRetry-After: 5\r\nConnection: close\r\n\r\n%b" % (len(_WORDS), _WORDS)
)


class Crowd:
    """The open connections, *most* at one time, each for *patience* seconds."""

    def __init__(self, *, most: int, patience: float) -> None:
        self.most = most
        self.patience = patience
        self.open: set[Connection] = set()
        self.empty = asyncio.Event()
        self.empty.set()

    def enter(self, connection: Connection) -> bool:
        """Take *connection* in; tell whether there was room for it."""
        self.open.add(connection)
        self.empty.clear()
        return len(self.open) <= self.most

    def leave(self, connection: Connection) -> None:
        """Let *connection* go."""
        self.open.discard(connection)
        if not self.open:
            self.empty.set()


class Connection(web.RequestHandler):
    """aiohttp's connection with an end that no client can put off.

    The clock starts with the connection and is never put back: a client that is slow to
    ask, or to take the answer, is cut off.
    """

    def __init__(self, crowd: Crowd, manager: web.Server, **limits: Any) -> None:
        super().__init__(manager, loop=asyncio.get_running_loop(), **limits)
        self._crowd = crowd
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the client in, or say that the server is full."""
        super().connection_made(transport)
        stream = cast(asyncio.Transport, transport)
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._crowd.patience, self.abort)
        if not self._crowd.enter(self):
            stream.write(_FULL)
            stream.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let the client go."""
        self._crowd.leave(self)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def abort(self) -> None:
        """Cut the client off."""
        if self.transport is not None:
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002 - the library's own signature
        message: str | None = None,  # noqa: ARG002 - it may repeat what the client sent
    ) -> web.StreamResponse:
        """Refuse what is no HTTP request; repeat and log nothing of it."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun")
        fields = {"Server": "rdds", "X-Content-Type-Options": "nosniff"}
        response = web.Response(status=status, text="This request can't be read.\n", headers=fields)
        response.force_close()
        return response
