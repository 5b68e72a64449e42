"""Where every client begins: plain requests are answered here, all others handed over.

RDAP as it is mostly spoken needs little of HTTP: a GET, fields that say nothing new, the same
bytes as the last time. On one core, server CPU per answer of 3 KB: nginx from a file 12 µs; a
bare protocol on uvloop that looks at the request line 6.7, one that has aiohttp's parser read
each request 10; aiohttp's server some 50. What isn't plain, and the rest of its connection,
goes to the ordinary path, which gives the same bytes.
"""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import cast

from rdap.accounts import Account, loggable
from rdap.desk import Answered, Desk, Host
from rdap.finished import Finished, Packed, closing, whole
from rdap.plain import END, LONGEST, VERSION, Block, parse_line, unfinished_line
from rdap.replies import Asked, Reply, read_question
from rdap.wire import OnWire
from store.names import Address
from store.watch import EXEMPT, Door, Kind, Outcome

__all__ = ["Front"]

AT_ONCE = 32  # pipelined requests answered before the loop turns to others
MOST_WAITING = 65_536  # bytes taken in behind a request that is being answered


class Front(OnWire, asyncio.Protocol):
    """One client's connection as long as its requests are plain."""

    __slots__ = (
        *("_asked", "_asker", "_at", "_behind", "_block", "_busy", "_client", "_covered", "_deaf"),
        *(
            "_desk",
            "_fresh",
            "_half_closed",
            "_has_answered",
            "_head_only",
            "_host",
            "_key",
            "_looked",
            "_paused",
            "_quiet",
        ),
        *("_rest", "_seen_closing", "_since", "_stall", "_target", "_wire", "entered", "visitor"),
    )

    _wire: asyncio.Transport
    _block: Block

    def __init__(self, desk: Desk, host: Host, client: Address | None = None) -> None:
        """Serve a client for *host*; *client* is whom a proxy's preface named."""
        self._desk = desk
        self._host = host
        self._client = client
        self._rest = b""  # what came and isn't answered yet, from `_at` on
        self._at = 0
        self._covered = 0  # up to here it was there when the store was asked last
        self._fresh = 0  # and up to here it is vouched for
        self._looked = 0  # where the line begins that isn't whole, of a request that isn't
        self._busy = False  # an answer is waited for
        self._asked: Asked | None = None
        self._target = self._key = b""
        self._head_only = False
        self._has_answered = False
        self._half_closed = self._paused = self._deaf = self._seen_closing = False
        self._stall: asyncio.TimerHandle | None = None
        self._behind = False  # a proxy that is believed: each request has a client of its own
        self.visitor = self._asker = EXEMPT
        self.entered = False
        self._since = self._quiet = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the client in, or turn away who has too many connections."""
        # By what it can do: uvloop's transports are none of asyncio's classes.
        self._wire = wire = cast("asyncio.Transport", transport)
        desk = self._desk
        self._quiet = perf_counter()
        self._behind = desk.is_trusted(self.client)
        if not self._behind:
            self.visitor = desk.watch.visitor(self.client)
        if not desk.watch.enter(Door.RDAP, self.visitor):
            desk.watch.note(Door.RDAP, Kind.OTHER, Outcome.LIMITED, seconds=0.0, cached=False)
            other = self._host.turn_away()
            wire.set_protocol(other)
            other.connection_made(wire)
            return
        self.entered = True
        self._host.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Count the client out."""
        self._rest = b""
        self._cancel_stall()
        self._host.forget(self)

    def data_received(self, data: bytes) -> None:
        """Answer what was answered before, as soon as the store has been asked."""
        if self._busy or self._rest or self._paused:
            self._gather(data)
            return
        self._since = perf_counter()
        desk = self._desk
        line, _, fields = data.partition(b"\r\n")
        block = desk.known(fields)
        if block is not None and line[:4] == b"GET " and line[-9:] == VERSION:
            self._target = target = line[4:-9]
            self._key = key = block.letter + target
            if desk.cache.holds(key):  # so the rest of the line is in order as well
                self._block = block
                self._asked = None
                self._head_only = False
                if self._is_admitted():
                    self._covered = 0
                    self._busy = True
                    desk.ask(self._vouched)
                return
        self._rest = data
        self._go_on()

    def _vouched(self, good: bool) -> None:  # noqa: FBT001 - the port's signature
        """Give the kept answer if the store says that it is *good*; else make it anew."""
        self._busy = False
        wire = self._wire
        if wire.is_closing():
            return
        found: Finished | Packed | None = None
        if good:
            self._fresh = self._covered
            found = self._desk.cache.find(self._key)
        if found is None:
            self._make()
        elif (
            self._asked is not None
            or self._head_only
            or self._block.last
            or self._half_closed
            or self._host.ending
            or self._desk.log is not None
        ):
            self._give(found, cached=True)
        elif self._may_show(found.account):
            # The usual case once more, in one piece: a microsecond less.
            desk, account = self._desk, found.account
            edition = desk.edition()
            wire.writelines(found.parts if found.edition is edition else found.at(edition))
            self._has_answered = True
            self._quiet = now = perf_counter()
            desk.note(
                Door.RDAP, account.kind, account.outcome, seconds=now - self._since, cached=True
            )
        if (self._rest or self._deaf) and not self._busy:
            self._go_on()

    def _gather(self, data: bytes) -> None:
        self._rest += data
        if not self._busy and not self._paused:
            self._since = perf_counter()
            self._go_on()
        elif len(self._rest) > MOST_WAITING:
            self._turn_deaf()

    def _turn_deaf(self) -> None:
        if not self._deaf:
            self._deaf = True
            self._wire.pause_reading()

    def _hear_again(self) -> None:
        if self._deaf and not self._paused:
            self._deaf = False
            self._wire.resume_reading()

    def _go_on(self) -> None:
        """Answer, in their order, the requests that are whole."""
        for _ in range(AT_ONCE):
            if self._busy or self._paused or self._wire.is_closing():
                return
            start = self._at
            end = self._rest.find(END, start)
            if end < 0:
                self._wait_for_more()
                return
            line, _, fields = self._rest[start : end + len(END)].partition(b"\r\n")
            parsed = parse_line(line) if end - start <= LONGEST else None
            block = self._desk.blocks.read(fields) if parsed else None
            if parsed is None or block is None:
                self._hand_over()
                return
            self._at = end + len(END)
            is_fresh = self._at <= self._fresh
            if self._at == len(self._rest):
                self._drop_read()
            self._head_only, self._target = parsed
            self._block = block
            self._answer(is_fresh=is_fresh)
        self._busy = True
        self._desk.loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Go on after others had their turn."""
        self._busy = False
        self._go_on()

    def _answer(self, *, is_fresh: bool) -> None:
        """Answer the request in hand; *is_fresh*: the store was asked since it came."""
        self._asked = None
        if not self._is_admitted():
            return
        self._key = self._block.letter + self._target
        if self._desk.cache.holds(self._key):
            self._find(is_fresh=is_fresh)
        else:
            self._make(is_fresh=is_fresh)

    def _find(self, *, is_fresh: bool) -> None:
        """Give what is kept under the key, for which the store has been asked or is asked."""
        if not is_fresh:
            self._covered = len(self._rest)
            self._busy = True
            self._desk.ask(self._vouched)
            return
        found = self._desk.cache.find(self._key)
        if found is None:
            self._make()
        else:
            self._give(found, cached=True)

    def _make(self, *, is_fresh: bool = False) -> None:
        """Read the target, find the answer under its usual spelling, or ask the store."""
        desk, block = self._desk, self._block
        if self._asked is None:
            read = read_question(
                self._target.decode("ascii"), door=desk.door, extensions=block.extensions
            )
            if isinstance(read, Reply):
                self._reply(read)
                return
            self._asked = read
            key, self._key = self._key, desk.usual_key(read, block)
            if self._key != key and desk.cache.holds(self._key):
                self._find(is_fresh=is_fresh)
                return
        made = desk.answer(self._asked, self._key, block)
        if isinstance(made, asyncio.Task):
            self._busy = True
            made.add_done_callback(self._made)
        else:
            self._give(made, cached=False)

    def _made(self, task: asyncio.Task[Answered]) -> None:
        """Give what had to be waited for."""
        self._busy = False
        if self._wire.is_closing():
            return
        if task.cancelled():
            self._wire.abort()
            return
        self._give(task.result(), cached=False)
        self._go_on()

    def _give(self, found: Answered, *, cached: bool) -> None:
        """Send *found*, in the spelling that was asked for, unless it shows too many persons."""
        if isinstance(found, Reply):
            self._reply(found)
            return
        desk, asked, account = self._desk, self._asked, found.account
        if not self._may_show(account):
            return
        edition = desk.edition() if cached else found.edition
        if asked is None or asked.path is None or asked.url == desk.usual_url(asked.path):
            parts = found.parts if found.edition is edition else found.at(edition)
            head = found.head
        else:
            reply = found.spelled(asked.url, edition)
            parts, head = whole(reply, edition, gzip=self._block.gzip)
        self._send(parts, head, account, cached=cached)

    def _reply(self, reply: Reply) -> None:
        if self._may_show(reply.account):
            parts, head = whole(reply, self._desk.edition(), gzip=self._block.gzip)
            self._send(parts, head, reply.account, cached=False)

    def _may_show(self, account: Account) -> bool:
        """Take the persons that an answer shows from its client's budget, or refuse it."""
        if not account.persons or self._asker == EXEMPT or self._head_only:
            return True
        seconds = self._desk.watch.charge(self._asker, account.persons)
        if seconds:
            self._reply(self._desk.limited_shown(seconds))
        return not seconds

    def _send(self, parts: tuple[bytes, ...], head: int, account: Account, *, cached: bool) -> None:
        if self._head_only:
            parts = (parts[0][:head],)
        wire = self._wire
        if self._block.last or (
            (self._half_closed or self._host.ending) and not self._has_whole_request
        ):
            wire.write(closing(b"".join(parts), head))
            self._drop_read()
            wire.close()
        else:
            wire.writelines(parts)
        self._has_answered = True
        self._quiet = now = perf_counter()
        self._desk.note(
            Door.RDAP, account.kind, account.outcome, seconds=now - self._since, cached=cached
        )
        if self._desk.log is not None:
            self._log(account, now - self._since)

    def _log(self, account: Account, seconds: float) -> None:
        log, desk = self._desk.log, self._desk
        asked: Asked | Reply | None = self._asked
        target = self._target.decode("ascii")
        if asked is None:
            asked = read_question(target, door=desk.door, extensions=frozenset())
        if log is not None:
            log(
                Door.RDAP,
                account.kind,
                account.outcome,
                client=desk.client(self.client, self._block),
                question=loggable(asked.query) if isinstance(asked, Asked) else None,
                seconds=seconds,
            )

    def _is_admitted(self) -> bool:
        """Take the request from its client's allowance, or refuse it."""
        desk = self._desk
        if self._behind:
            client = desk.client(self.client, self._block)
            self._asker = desk.watch.visitor(client)
        else:
            self._asker = self.visitor
        seconds = 0 if self._asker == EXEMPT else desk.watch.admit(Door.RDAP, self._asker)
        if seconds:
            self._reply(desk.limited(seconds))
        return not seconds

    def _wait_for_more(self) -> None:
        """Keep the beginning of a request, unless it can't become one of ours."""
        rest, looked = self._rest[self._at :], 0 if self._at else self._looked
        self._drop_read()
        self._rest = rest
        self._hear_again()
        line = unfinished_line(rest, looked)
        if line is None:
            self._hand_over()
            return
        self._looked = line
        if self._half_closed:
            self._wire.close()

    def _drop_read(self) -> None:
        self._rest = b""
        self._at = self._fresh = self._covered = self._looked = 0

    def _hand_over(self) -> None:
        """Leave the connection, and what came and isn't answered, to the ordinary path."""
        wire, rest = self._wire, self._rest[self._at :]
        self._rest = b""
        self._cancel_stall()
        other = self._host.hand_over(self, self._client)
        wire.set_protocol(other)
        if self._deaf:
            wire.resume_reading()
        other.connection_made(wire)
        if self._paused:
            other.pause_writing()
        if rest:
            other.data_received(rest)
        if self._half_closed and not other.eof_received():
            wire.close()

    def eof_received(self) -> bool:
        """Keep the way back open while a client that stopped sending waits for answers."""
        self._half_closed = True
        waits = self._busy or self._has_whole_request
        # TLS has no half-closed state in asyncio.
        return waits and self._wire.get_extra_info("sslcontext") is None

    def pause_writing(self) -> None:
        """Give a client that doesn't read a deadline, and take nothing more of it."""
        self._paused = True
        self._turn_deaf()
        self._stall = self._desk.loop.call_later(self._desk.patience, self.abort)

    def resume_writing(self) -> None:
        """Lift the deadline: the client reads again."""
        self._paused = False
        self._cancel_stall()
        self._quiet = perf_counter()
        if len(self._rest) <= MOST_WAITING:
            self._hear_again()
        self._go_on()

    def _cancel_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    @property
    def _has_whole_request(self) -> bool:
        return self._rest.find(END, self._at) >= 0

    @property
    def is_expected_to_ask(self) -> bool:
        """Tell whether a request is likely on its way: the first, or the rest of one."""
        return not self._busy and (not self._has_answered or bool(self._rest))

    def end(self) -> None:
        """Close: at once if no request is in hand, else after the answers owed."""
        if not self._busy and not self._has_whole_request:
            self._wire.close()

    def lapse(self, now: float, patience: float) -> None:
        """Close if the client has been silent, or at one request, for *patience* seconds."""
        if now - self._quiet > patience and not self._busy and not self._paused:
            self._wire.close()
