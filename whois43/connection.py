"""One client: read a line, reply, close without losing the reply's tail."""

from __future__ import annotations

import asyncio
import logging
import re
from ipaddress import ip_address
from typing import cast

from store.names import Address
from store.queries import Reader
from whois43.answering import Answering, resume
from whois43.deadlines import Deadlines
from whois43.render import BUSY, TOO_LONG, UNAVAILABLE

__all__ = ["Connection", "Desk"]

log = logging.getLogger(__name__)

# conformance.md 6.1.6: the longest legal name, a keyword and quotes fit.
MOST_OCTETS = 512
# What a client may send after its question and still see a clean end.
MOST_UNREAD = 65536

_LINE_END = re.compile(rb"[\r\n]")


class Desk:
    """What the connections of one server share.

    Args:
        loop: The loop they run on.
        reader: Whom they ask.
        patience: Seconds for a whole question to arrive (conformance.md 6.1.7).
        finish: Seconds from a question to the end of its connection: the store's
            answer, a slow reader, the client's own close.
        most: Connections at one time; the next ones are told to come later.
        own_name: The server's host name in inner form, if it is known.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        reader: Reader,
        *,
        patience: float,
        finish: float,
        most: int,
        own_name: str | None = None,
    ) -> None:
        self.loop = loop
        self.answering = Answering(reader, own_name)
        self.most = most
        self.connections: set[Connection] = set()
        self.reading: Deadlines[Connection] = Deadlines(loop, patience, Connection.give_up)
        self.finishing: Deadlines[Connection] = Deadlines(loop, finish, Connection.break_off)
        self.empty = asyncio.Event()
        self.empty.set()

    def enter(self, connection: Connection) -> bool:
        """Count *connection* in, unless there are as many as may be."""
        if len(self.connections) >= self.most:
            return False
        self.connections.add(connection)
        self.empty.clear()
        return True

    def leave(self, connection: Connection) -> None:
        """Count *connection* out."""
        self.reading.discard(connection)
        self.finishing.discard(connection)
        self.connections.discard(connection)
        if not self.connections:
            self.empty.set()


class Connection(asyncio.Protocol):
    """The server's side of one connection: reading, then answering, then finishing."""

    __slots__ = (
        "_asked",
        "_client",
        "_desk",
        "_ended",
        "_line",
        "_replied",
        "_task",
        "_transport",
        "_unread",
    )

    _transport: asyncio.Transport

    def __init__(self, desk: Desk, client: Address | None = None) -> None:
        self._desk = desk
        self._client = client  # whom a proxy's preface named
        self._line = b""
        self._asked = False  # the question is complete
        self._replied = False
        self._ended = False  # the client sends nothing more
        self._unread = 0  # octets that came after the question
        self._task: asyncio.Task[bytes] | None = None

    @property
    def client(self) -> Address | None:
        """Give the address of who has connected, or for whom a trusted proxy has."""
        if self._client is None:
            peer = self._transport.get_extra_info("peername")
            self._client = ip_address(peer[0]) if peer else None
        return self._client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the client's patience, or send it away."""
        self._transport = cast("asyncio.Transport", transport)
        if self._desk.enter(self):
            self._desk.reading.add(self)
        else:
            self._asked = self._ended = True
            self._reply(BUSY)

    def data_received(self, data: bytes) -> None:
        """Ask as soon as a line end is there: CR, LF or both (conformance.md 6.1.1, 6.1.2)."""
        if self._asked:
            self._drop(len(data))
            return
        line = self._line + data if self._line else data
        end = _LINE_END.search(line, 0, MOST_OCTETS + 1)
        if end is not None:
            self._ask(line[: end.start()])
        elif len(line) > MOST_OCTETS:
            self._stop_reading()
            self._reply(TOO_LONG)
        else:
            self._line = line

    def eof_received(self) -> bool:
        """Take the end of the stream for a line end; tell whether to stay open for writing."""
        self._ended = True
        if not self._asked and self._line:
            self._ask(self._line)
        # A client that asked nothing (a port probe) gets nothing. After a reply
        # the transport flushes what is left of it, then closes.
        return self._asked and not self._replied

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the client; how it went is its own affair."""
        self._desk.leave(self)
        if self._task is not None:
            self._task.cancel()

    def give_up(self) -> None:
        """Close: the question did not come in time."""
        self._transport.close()

    def wind_up(self) -> None:
        """Close as soon as the answer, if one is owed, is sent; don't wait for the client."""
        self._ended = True
        if self._replied or not self._asked:
            self._transport.close()  # what is still unsent goes out first

    def break_off(self) -> None:
        """Close: the answer was not found or not read in time."""
        if self._replied:
            self._transport.abort()
            return
        log.error("A question took too long to answer.")
        if self._task is not None:
            self._task.cancel()
        self._ended = True
        self._reply(UNAVAILABLE)

    def abort(self) -> None:
        """Close at once, whatever is in hand."""
        self._transport.abort()

    def _stop_reading(self) -> None:
        self._asked = True
        self._line = b""
        self._desk.reading.discard(self)
        self._desk.finishing.add(self)

    def _ask(self, line: bytes) -> None:
        """Answer at once where the reader need not wait, else from a task.

        The reader on SQLite never suspends, so its answer is complete after one
        step and costs neither a task nor a turn of the loop. A reader that does
        suspend is finished in a task; its code before the first wait runs outside
        of any, where ``asyncio.timeout`` and ``current_task`` are of no use.
        """
        self._stop_reading()
        coroutine = self._desk.answering.reply(line)
        try:
            waited_for = coroutine.send(None)
        except StopIteration as done:
            self._reply(done.value)
            return
        self._task = self._desk.loop.create_task(resume(coroutine, waited_for))
        self._task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[bytes]) -> None:
        if not task.cancelled() and not self._transport.is_closing():
            self._reply(task.result())

    def _reply(self, text: bytes) -> None:
        """Send *text* and the end of our stream; the client's own end closes the connection.

        Closing at once would answer whatever the client still sends with a reset,
        and a reset may take the reply's tail with it (conformance.md 6.1.4).
        """
        self._replied = True
        self._transport.write(text)
        if self._ended:
            self._transport.close()
            return
        try:
            self._transport.write_eof()
        except OSError:  # the client has reset the connection meanwhile
            self._transport.abort()

    def _drop(self, octets: int) -> None:
        """Pass over a second line (conformance.md 6.1.5), up to a limit."""
        self._unread += octets
        if self._unread > MOST_UNREAD:
            if self._replied:
                self._transport.close()
            else:
                self._transport.pause_reading()
