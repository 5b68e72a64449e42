"""One HTTP connection: aiohttp's protocol, held to our limits and our error bodies.

aiohttp parses and writes; this class bounds what it leaves open (bytes of a head,
readers that stop reading, half-closed clients) and replaces its plain-text errors.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from rdap.errors import INTERNAL, Problem
from rdap.heads import Heads
from rdap.replies import Reply, problem_reply
from rdap.responses import method_refused, response
from rdap.wire import OnWire
from store.names import Address
from store.watch import EXEMPT

__all__ = ["LONGEST_FIELD", "LONGEST_LINE", "MOST_FIELDS", "MOST_HEAD", "Connection"]

log = logging.getLogger(__name__)

LONGEST_LINE = 16_384  # bytes of a request target
LONGEST_FIELD = 8_190  # bytes of a header field; another figure, so that errors tell them apart
MOST_FIELDS = 64  # header fields of a request
MOST_HEAD = 65_536  # bytes without a complete head
LINGER = 2.0  # seconds in which a refused client may finish sending
MOST_LINGER = 1_048_576  # bytes it may send meanwhile

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} \S+ HTTP/1\.[01]\r\n")

_TOO_LONG = Problem(status=414, description="The request target is too long.")
_HEAD_TOO_LARGE = Problem(status=431, description="The header fields are too large.")
_MALFORMED = Problem(status=400, description="This is not a well-formed HTTP request.")


class Connection(OnWire, RequestHandler):
    """A client's connection; ``half_closed`` once the client has stopped sending.

    *opened* and *lost* are called with the connection at its beginning and its end.
    *client* is whom a proxy's preface named; without one it is who has connected.
    *refused* is told the visitor and the status of an answer to what isn't HTTP, and may
    give another answer. ``visitor`` and ``entered`` are as for the front, which has begun
    the connection.
    """

    def __init__(
        self,
        server: web.Server,
        *,
        opened: Callable[[Connection], None],
        lost: Callable[[Connection], None],
        patience: float,
        loop: asyncio.AbstractEventLoop,
        client: Address | None = None,
        visitor: int = EXEMPT,
        refused: Callable[[int, int], Reply | None] = lambda _visitor, _status: None,
    ) -> None:
        # The keep-alive timer runs until a complete request is in, so it is also the
        # deadline of a client that sends its request drop by drop.
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=patience,
            access_log=None,  # type: ignore[arg-type] # None switches the log off
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_FIELD,
            max_headers=MOST_FIELDS,
            lingering_time=LINGER,
            auto_decompress=False,
        )
        self.half_closed = False
        self._opened = opened
        self._lost = lost
        self._patience = patience
        self._wire: asyncio.Transport | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._discarding: asyncio.Future[None] | None = None
        self._discarded = 0
        self._head = 0
        self._heads = Heads()
        self._unparsed = b""  # requests that wait until the parser's queue has room
        self._seen_closing = False
        self._deaf = False
        self._client = client
        self.visitor = visitor
        self.entered = False
        self._refused = refused

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport: aiohttp forgets it before it is really closed."""
        # By what it can do: uvloop's transports are none of asyncio's classes.
        self._wire = cast("asyncio.Transport", transport)
        self._opened(self)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection and its timers."""
        self._lost(self)
        self._cancel_stall()
        self._stop_discarding()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse *data*, within a budget for heads that don't end."""
        if self._discarding is not None:
            self._discarded += len(data)
            if self._discarded > MOST_LINGER:
                self._stop_discarding()
            return
        if self._deaf:
            return
        count = self._request_count
        self._parse(data)
        if self._deaf:
            return
        in_hand = self._waiter is None and self._request_count > 0
        if self._request_count != count or in_hand:
            self._head = 0
            return
        self._head += len(data)
        if self._head > MOST_HEAD:
            self._refuse(_HEAD_TOO_LARGE)

    def _parse(self, data: bytes) -> None:
        """Parse *data* request by request, while the queue of requests has room."""
        segment = self._unparsed + data
        if not segment:
            self._parse_piece(b"")  # aiohttp has its parser go on with what it keeps itself
            return
        at = 0
        while at < len(segment) and len(self._messages) < self._max_msg_queue_size:
            piece, at = self._heads.take(segment, at)
            self._parse_piece(piece)
            if self._deaf:
                return
        self._unparsed = segment[at:]

    def _parse_piece(self, piece: bytes) -> None:
        count = self._request_count
        try:
            super().data_received(piece)
        except Exception:  # noqa: BLE001 - a fault of the parser is the client's 400
            self._refuse(_MALFORMED)
            return
        if self._request_count == count:
            if self._heads.has_preface:
                # The parser would wait for the rest of it (RFC 9113 §3.4).
                self._refuse(_MALFORMED)
            return
        message, payload = self._messages[-1]
        if isinstance(message, _ErrInfo):
            self._listen_no_more()
        elif payload is not EMPTY_PAYLOAD or self._upgraded:
            self._heads.pass_over()

    def _listen_no_more(self) -> None:
        self._deaf = True
        self._unparsed = b""

    def eof_received(self) -> bool | None:  # type: ignore[override] # aiohttp narrows asyncio's
        """Keep the way back open while a client that stopped sending waits for answers."""
        self.half_closed = True
        self._stop_discarding()
        wire = self._wire
        if wire is not None and self._in_hand and wire.get_extra_info("sslcontext") is None:
            if not self.has_more:
                self.close()  # after the answer in hand, which may be all but sent
            return True  # TLS has no half-closed state in asyncio
        return None

    def pause_writing(self) -> None:
        """Give a client that doesn't read a deadline."""
        super().pause_writing()
        self._stall = self._loop.call_later(self._patience, self.abort)

    def resume_writing(self) -> None:
        """Lift the deadline: the client reads again."""
        self._cancel_stall()
        super().resume_writing()

    def lapse(self, now: float, patience: float) -> None:
        """Leave it to the keep-alive timer."""

    @property
    def has_more(self) -> bool:
        """Tell whether pipelined requests wait behind the one in hand."""
        return bool(self._messages or self._unparsed)

    @property
    def is_expected_to_ask(self) -> bool:
        """Tell whether a request is likely on its way: the first, or the rest of one."""
        return not self._in_hand and (self._request_count == 0 or self._heads.inside)

    @property
    def _in_hand(self) -> bool:
        idle = self._waiter is not None and not self._waiter.done()
        return self._request_count > 0 and not idle

    def end(self) -> None:
        """Close: at once if no request is in hand, else after the answers owed."""
        if not self._in_hand:  # asked before `close`, which makes an idle connection look busy
            self.force_close()
        elif self._messages:
            self._listen_no_more()
        else:
            self.close()

    def log_exception(self, *args: Any, **kw: Any) -> None:  # noqa: ARG002 - aiohttp's signature
        """Log a fault of the server's own by its kind; a traceback could hold contact data."""
        log.error("a connection failed: %s", type(kw.get("exc_info")).__name__)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a protocol error as RDAP has it and end the connection."""
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun; no other can be sent.")
        if isinstance(exc, BadHttpMethod) and _METHOD.match(self._heads.start):
            made = method_refused()  # a well-formed method that the parser doesn't know
        else:
            made = response(problem_reply(_problem(status, exc, message)))
        other = self._refused(self.visitor, made.status)
        if other is not None:
            made = response(other)
        made.force_close()
        return made

    def _make_error_handler(
        self, err_info: _ErrInfo
    ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            made = self.handle_error(request, err_info.status, err_info.exc, err_info.message)
            if self._heads.start.startswith(b"HEAD "):
                # What the parser refuses has no method; this one's answer has no body.
                request = request.clone(method="HEAD")
            await made.prepare(request)
            await made.write_eof()
            await self._linger()
            return made

        return answer

    async def _linger(self) -> None:
        """Let the client finish sending, or the kernel would reset what we just sent.

        RFC 9112 §9.6; bounded in time and bytes.
        """
        wire = self._wire
        if wire is None or wire.is_closing() or self.half_closed:
            return
        self._discarding = self._loop.create_future()
        if wire.can_write_eof():
            wire.write_eof()
        await asyncio.wait((self._discarding,), timeout=LINGER)

    def _refuse(self, problem: Problem) -> None:
        """Queue *problem* as the answer to what can't be parsed."""
        self._listen_no_more()
        error = _ErrInfo(status=problem.status, exc=ValueError(), message=problem.description)
        self._messages.append((error, EMPTY_PAYLOAD))
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _stop_discarding(self) -> None:
        if self._discarding is not None and not self._discarding.done():
            self._discarding.set_result(None)

    def _cancel_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None


def _problem(status: int, exc: BaseException | None, message: str | None) -> Problem:
    """Say what was wrong without a word of what was sent (conformance.md 1.3.5)."""
    if isinstance(exc, LineTooLong):
        line = len(exc.args) > 1 and exc.args[1] == LONGEST_LINE
        return _TOO_LONG if line else _HEAD_TOO_LARGE
    if status == _HEAD_TOO_LARGE.status or (message or "").startswith("Too many headers"):
        return _HEAD_TOO_LARGE
    return INTERNAL if status >= 500 else _MALFORMED
