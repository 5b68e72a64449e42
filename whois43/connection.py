"""One client: read a line, reply, close without losing the reply's tail."""

from __future__ import annotations

import asyncio
import logging
import re
from time import monotonic
from typing import cast

from store.names import Address
from store.stepping import resume
from store.watch import Kind, Outcome
from whois43.answering import Reply
from whois43.desk import Desk
from whois43.finished import Finished
from whois43.lingering import MOST_UNREAD
from whois43.render import BUSY, CROWDED, TOO_LONG, UNAVAILABLE
from whois43.visit import Visit

__all__ = ["LINE_END", "MOST_OCTETS", "Connection"]

log = logging.getLogger(__name__)

# conformance.md 6.1.6: the longest legal name, a keyword and quotes fit.
MOST_OCTETS = 512

LINE_END = re.compile(rb"[\r\n]")


class Connection(asyncio.Protocol):
    """The server's side of one connection: reading, then answering, then finishing.

    Args:
        desk: What it shares with others.
        client: Whom a proxy's preface named.
        visit: What the front knows of the client that it hands over; where the visit has a
            task, that makes the answer.
        said: What it has read already.
        owed: What it could not send of the answer.
    """

    __slots__ = (
        *("_asked", "_desk", "_ended", "_line", "_owed", "_replied", "_task"),
        *("_transport", "_unread", "_visit"),
    )

    _transport: asyncio.Transport

    def __init__(
        self,
        desk: Desk,
        client: Address | None = None,
        *,
        visit: Visit | None = None,
        said: bytes = b"",
        owed: bytes = b"",
    ) -> None:
        self._desk = desk
        self._visit = Visit(client) if visit is None else visit
        self._line = said
        self._owed = owed
        self._asked = False  # the question is complete
        self._replied = False
        self._ended = False  # the client sends nothing more, or isn't waited for
        self._unread = 0  # octets that came after the question
        self._task: asyncio.Task[Reply] | None = self._visit.task

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the client's patience, or go on where the front stopped, or send it away."""
        self._transport = cast("asyncio.Transport", transport)
        self._ended = self._desk.winding_up
        if self._is_owed:
            self._go_on()
        elif not self._desk.enter(self):
            self._asked = self._ended = True  # no place to wait in
            self._turn_away(BUSY)
        elif not self._is_let_in():
            self._stop_reading()
            self._turn_away(CROWDED)
        else:
            self._desk.reading.add(self)
            line, self._line = self._line, b""
            if line:
                self.data_received(line)

    @property
    def _is_owed(self) -> bool:
        """Tell whether the front has begun with the answer."""
        return bool(self._owed) or self._visit.task is not None

    def vanish(self) -> None:
        """Forget the client, which was gone before it got here."""
        if self._is_owed:
            self._desk.release()
        self._forget()

    def _go_on(self) -> None:
        """Finish what the front has begun."""
        self._desk.enter(self, owed=True)
        self._desk.release()
        self._stop_reading()
        if self._desk.cutting_off:
            self._transport.abort()
        elif self._task is not None:
            self._task.add_done_callback(self._answered)
        else:
            self._reply(self._owed)

    def _is_let_in(self) -> bool:
        visit = self._visit
        if visit.address is None:
            peer = self._transport.get_extra_info("peername")
            visit.address = peer[0] if peer else None
        return self._desk.let_in(visit)

    def _turn_away(self, text: bytes) -> None:
        self._visit.began = monotonic()
        self._desk.tell(self._visit, Kind.OTHER, Outcome.LIMITED)
        self._reply(text)

    def data_received(self, data: bytes) -> None:
        """Ask as soon as a line end is there: CR, LF or both (conformance.md 6.1.1, 6.1.2)."""
        if self._asked:
            self._drop(len(data))
            return
        line = self._line + data if self._line else data
        end = LINE_END.search(line, 0, MOST_OCTETS + 1)
        if end is not None:
            self._ask(line[: end.start()])
        elif len(line) > MOST_OCTETS:
            self._stop_reading()
            refused = Reply(Finished(TOO_LONG, Kind.OTHER, Outcome.REFUSED))
            self._conclude(refused)
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
        self._forget()

    def _forget(self) -> None:
        self._desk.let_out(self._visit)
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
        self._conclude(Reply(Finished(UNAVAILABLE, Kind.OTHER, Outcome.UNAVAILABLE)))

    def abort(self) -> None:
        """Close at once, whatever is in hand."""
        self._transport.abort()

    def _stop_reading(self) -> None:
        self._asked = True
        self._line = b""
        self._visit.began = self._visit.began or monotonic()
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
        refusal = self._desk.refusal(self._visit)
        if refusal is not None:
            self._reply(refusal)
            return
        coroutine = self._desk.answering.reply(line)
        try:
            waited_for = coroutine.send(None)
        except StopIteration as done:
            self._conclude(done.value)
            return
        self._task = self._desk.loop.create_task(resume(coroutine, waited_for))
        self._task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[Reply]) -> None:
        if not task.cancelled() and not self._transport.is_closing():
            self._conclude(task.result())

    def _conclude(self, reply: Reply) -> None:
        self._reply(self._desk.conclude(self._visit, reply.finished, cached=reply.cached))

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
