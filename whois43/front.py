"""The short way from a client to its answer: accept, read, look, send, end.

A question that is there when its client is let in, whole, is answered on the bare socket.
All others are handed to a :class:`whois43.connection.Connection`, which gives the same bytes.

Measured with answers of 3.1 KB on one core, one connection a question, server CPU for each
(nginx `stream` in the same minute: 32 µs): this loop without a cache or limits 27; a protocol
of the event loop's 36; `socket.accept` in place of the accept of its base class 7 more, for
objects that nobody looks at. The end of the stream goes out with the last of the answer
(``MSG_MORE``): one segment less, 4. Leaving the client the close: 2.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import SocketType
from time import monotonic

from store.answer_cache import AnswerCache
from store.freshness import Freshness
from store.stepping import resume
from store.watch import EXEMPT, Kind, Outcome
from whois43.answering import Asked, Reply, place_of
from whois43.asking import DOOR
from whois43.connection import LINE_END, MOST_OCTETS, Connection
from whois43.deadlines import Deadlines
from whois43.desk import Desk
from whois43.finished import Finished
from whois43.render import BUSY, CROWDED, UNAVAILABLE
from whois43.visit import Visit

__all__ = ["BACKLOG", "Front", "is_possible"]

log = logging.getLogger(__name__)

BACKLOG = 4096  # clients the kernel keeps while this process is busy
AT_ONCE = 64  # clients taken in before the loop turns to others
PAUSE = 1.0  # seconds until the next try when no descriptor is left
SOON = 0.1  # seconds that an answer may take here; then a connection waits for it

_SENDING = int(socket.SHUT_WR)
_ROOM = 1024  # octets read of a client: a question with its line end, and what it is taken with
_NOW = getattr(socket, "MSG_DONTWAIT", 0)
_ENDING = _NOW | getattr(socket, "MSG_MORE", 0)  # more comes: the end of the stream
_DEFER = getattr(socket, "TCP_DEFER_ACCEPT", None)
_DEFERRED = 1  # seconds for which the kernel keeps a client that asks nothing


def is_possible() -> bool:
    """Tell whether this platform reads and sends without a wait on any socket."""
    return bool(_NOW)


class _Batch:
    """Visits that wait for one look at the store."""

    __slots__ = ("visits",)

    def __init__(self, visits: list[Visit]) -> None:
        self.visits = visits


class Front:
    """Takes in the clients of *listening*, which listens; *hand_over* takes the unusual ones."""

    def __init__(
        self,
        desk: Desk,
        listening: socket.socket,
        hand_over: Callable[[socket.socket, Connection], None],
    ) -> None:
        self._desk = desk
        self._listening = listening
        self._kind = (int(listening.family), int(listening.type), listening.proto)
        self._hand_over = hand_over
        cache = desk.answering.cache
        self._cache = AnswerCache(0) if cache is None else cache
        self._batch: list[Visit] = []  # of this turn
        self._late: Deadlines[Visit | _Batch] = Deadlines(desk.loop, SOON, self._pass_on_late)
        if _DEFER is not None:
            # Who is let in has asked already, as a rule. Who hasn't waits in the kernel's queue
            # of handshakes; a full one makes do with cookies, and lets in without this wait.
            listening.setsockopt(socket.IPPROTO_TCP, _DEFER, _DEFERRED)
        self._again: asyncio.TimerHandle | None = None
        self._listen()

    def close(self) -> None:
        """Take in who is queued, and no more; the listening socket is closed.

        Clients may come as fast as they are taken in: it ends with as many as a queue holds.
        """
        for _ in range(BACKLOG // AT_ONCE):
            if not self._accept():
                break
        self._stop()  # last: taking in may have put off the rest
        self._listening.close()

    def _listen(self) -> None:
        self._again = None
        self._desk.loop.add_reader(self._listening.fileno(), self._accept)

    def _stop(self) -> None:
        self._desk.loop.remove_reader(self._listening.fileno())
        if self._again is not None:
            self._again.cancel()
            self._again = None

    def _accept(self) -> bool:
        """Take in who is queued; tell whether there may be more."""
        # The base class's own: a number and an address, and no object of the library's class.
        accept, kind = self._listening._accept, self._kind  # type: ignore[attr-defined]  # noqa: SLF001
        more = True
        for _ in range(AT_ONCE):
            try:
                descriptor, address = accept()
            except BlockingIOError:
                more = False
                break
            except (InterruptedError, ConnectionAbortedError):
                continue
            except OSError:  # no descriptor is left; trying again at once would only spin
                more = False
                self._stop()
                self._again = self._desk.loop.call_later(PAUSE, self._listen)
                break
            visit = Visit(address[0])
            visit.client = SocketType(*kind, descriptor)
            try:
                self._welcome(visit)
            except Exception as error:  # noqa: BLE001 - the others are taken in
                self._fail(visit, error)
        if self._batch:
            self._look()
        return more

    def _welcome(self, visit: Visit) -> None:
        """Read what the client of *visit* asks, and put it where it is answered."""
        try:
            said = visit.client.recv(_ROOM, _NOW)
        except (BlockingIOError, InterruptedError):
            self._pass_on(visit)
            return
        except OSError:
            visit.client.close()
            return
        if said.endswith(b"\r\n") and self._cache.holds(key := DOOR + said[:-2]):
            visit.key = key
            if self._lets_in(visit):
                self._batch.append(visit)
            return
        end = LINE_END.search(said, 0, MOST_OCTETS + 1)
        if end is None:  # nothing (a probe), a part, or too much
            self._pass_on(visit, said)
        elif self._lets_in(visit):
            self._ask(visit, said[: end.start()])

    def _lets_in(self, visit: Visit) -> bool:
        """Take the question of *visit*, or tell it why not."""
        desk = self._desk
        visit.began = monotonic()
        if len(desk.connections) + desk.in_hand >= desk.most:
            self._turn_away(visit, BUSY)
            return False
        if not desk.let_in(visit):
            self._turn_away(visit, CROWDED)
            return False
        if visit.number == EXEMPT:
            return True
        refusal = desk.refusal(visit)
        if refusal is not None:
            self._send(visit, refusal)
        return refusal is None

    def _turn_away(self, visit: Visit, text: bytes) -> None:
        self._desk.tell(visit, Kind.OTHER, Outcome.LIMITED)
        self._send(visit, text)

    def _ask(self, visit: Visit, line: bytes) -> None:
        """Read a question that no answer is kept for under its own spelling."""
        answering = self._desk.answering
        asked = answering.read(line)
        if isinstance(asked, Reply):
            self._conclude(visit, asked)
            return
        visit.asked = asked
        if answering.may_hold(asked):
            self._batch.append(visit)
        else:
            self._make(visit, asked)

    def _look(self) -> None:
        """Ask for all of this turn together if what is kept is true."""
        freshness = self._desk.answering.freshness
        if freshness is None:
            raise AssertionError("nothing is kept, so nobody asks")
        visits, self._batch = self._batch, []
        vouched = freshness.ask_at_once()
        if vouched is not None:
            self._answer(visits, freshness, vouched)
            return
        batch = _Batch(visits)
        self._desk.hold(len(visits))
        self._late.add(batch)
        freshness.ask(partial(self._answer_batch, batch, freshness))

    def _answer_batch(self, batch: _Batch, freshness: Freshness, vouched: bool) -> None:  # noqa: FBT001
        """Answer *batch*, unless connections wait for its answers by now."""
        if self._late.discard(batch):
            self._answer(batch.visits, freshness, vouched)
            self._desk.release(len(batch.visits))

    def _answer(self, visits: list[Visit], freshness: Freshness, vouched: bool) -> None:  # noqa: FBT001
        """Answer *visits* with what is kept and true, or else from the store."""
        find, stamp, conclude = self._cache.find, freshness.stamp, self._desk.conclude
        for visit in visits:
            try:
                if visit.asked is None and vouched:
                    finished: Finished | None = find(visit.key)
                    if finished is not None:
                        finished.stamped(stamp)
                        self._send(visit, conclude(visit, finished, cached=True))
                        continue
                self._answer_other(visit, vouched=vouched)
            except Exception as error:  # noqa: BLE001 - the others get their answers
                self._fail(visit, error)

    def _answer_other(self, visit: Visit, *, vouched: bool) -> None:
        """Answer a question that is spelled otherwise than its key, or one that has to be made."""
        answering = self._desk.answering
        asked = visit.asked or answering.read(visit.key.removeprefix(DOOR))
        if isinstance(asked, Reply):  # no key is read so
            self._conclude(visit, asked)
            return
        kept = answering.kept(asked) if vouched and visit.asked is not None else None
        if kept is not None:
            self._conclude(visit, kept)
        else:
            self._make(visit, asked)

    def _make(self, visit: Visit, asked: Asked) -> None:
        """Answer at once where the reader need not wait, else as soon as it has."""
        coroutine = self._desk.answering.make(asked)
        try:
            waited_for = coroutine.send(None)
        except StopIteration as done:
            self._conclude(visit, done.value)
            return
        visit.task = self._desk.loop.create_task(resume(coroutine, waited_for))
        self._desk.hold()
        self._late.add(visit)
        visit.task.add_done_callback(partial(self._made, visit))

    def _made(self, visit: Visit, task: asyncio.Task[Reply]) -> None:
        if not self._late.discard(visit):  # a connection has it
            return
        try:
            self._conclude(visit, task.result())
        except Exception as error:  # noqa: BLE001 - it is counted out all the same
            self._fail(visit, error)
        self._desk.release()

    def _fail(self, visit: Visit, error: Exception) -> None:
        """End a client whom a fault of ours keeps from its answer, with a line that says so."""
        log.error("A question could not be answered: %s", place_of(error))
        with suppress(Exception):  # what counts or logs may have failed
            self._desk.tell(visit, Kind.OTHER, Outcome.FAILED)
        with suppress(OSError):
            visit.client.send(UNAVAILABLE, _NOW)
        visit.client.close()
        with suppress(Exception):
            self._desk.let_out(visit)

    def _conclude(self, visit: Visit, reply: Reply) -> None:
        text = self._desk.conclude(visit, reply.finished, cached=reply.cached)
        self._send(visit, text)

    def _send(self, visit: Visit, text: bytes) -> None:
        """Send *text* and the end of our stream; the client's own end closes the connection."""
        client, desk = visit.client, self._desk
        try:
            sent = client.send(text, _ENDING)
            if sent == len(text):
                client.shutdown(_SENDING)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:  # it has gone
            sent = len(text)
        if sent < len(text):
            desk.hold()
            self._pass_on(visit, owed=text[sent:])
            return
        if desk.winding_up:
            client.close()
            desk.let_out(visit)
        else:
            desk.lingering.add(visit)

    def _pass_on(self, visit: Visit, said: bytes = b"", *, owed: bytes = b"") -> None:
        """Let a connection go on with *visit*: it has *said* so much, or is *owed* the rest."""
        client = socket.socket(*self._kind, fileno=visit.client.detach())
        client.setblocking(False)  # noqa: FBT003 - the library's own signature
        self._hand_over(client, Connection(self._desk, visit=visit, said=said, owed=owed))

    def _pass_on_late(self, late: Visit | _Batch) -> None:
        """Let connections wait, which notice when a client gives up."""
        if isinstance(late, Visit):
            self._pass_on(late)
            return
        answering = self._desk.answering
        for visit in late.visits:
            line = visit.key.removeprefix(DOOR)
            coroutine = answering.reply(line) if visit.asked is None else answering.ask(visit.asked)
            visit.task = self._desk.loop.create_task(coroutine)
            self._pass_on(visit)
