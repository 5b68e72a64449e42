"""What all connections of one RDAP server share, and how they come by an answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from rdap.connection import Connection
from rdap.door import RdapDoor
from rdap.errors import TOO_MANY, TOO_MANY_SHOWN, UNAVAILABLE, Problem
from rdap.finished import Edition, Editions, Finished, Packed
from rdap.forwarding import client_behind, hops
from rdap.plain import Block, Blocks
from rdap.replies import Asked, Drawn, Reply, answer_question, failure_reply, problem_reply
from rdap.wire import Served
from store.answer_cache import AnswerCache
from store.freshness import Freshness, Waiter
from store.names import Address
from store.queries import Reader
from store.stepping import resume
from store.watch import Watch

__all__ = ["Answered", "Desk", "Host"]

Answered = Finished | Packed | Reply


class Host(Protocol):
    """The server, as its connections know it."""

    ending: bool

    def add(self, connection: Served) -> None:
        """Count *connection* in."""
        ...

    def forget(self, connection: Served) -> None:
        """Count *connection* out."""
        ...

    def hand_over(self, connection: Served, client: Address | None) -> Connection:
        """Give the protocol of the ordinary path in the place of *connection*."""
        ...

    def turn_away(self) -> asyncio.Protocol:
        """Give the protocol that tells a client that it has too many connections."""
        ...


def _nobody(_then: Waiter) -> None:
    raise AssertionError("nothing is kept, so nobody asks")


class Desk:
    """The reader and what stands around it: cache, freshness, watch, settings.

    ``cache`` is there only together with ``freshness``.
    """

    def __init__(
        self,
        reader: Reader,
        door: RdapDoor,
        *,
        cache: AnswerCache | None,
        freshness: Freshness | None,
        watch: Watch,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.reader = reader
        self.door = door
        self.cache = AnswerCache(0) if cache is None or freshness is None else cache
        self.freshness = freshness
        self.watch = watch
        # What every answer needs, found once.
        self.ask = _nobody if freshness is None else freshness.ask
        self.note = watch.note
        self.log = watch.log
        self.blocks = Blocks(door.client_field)
        self.known = self.blocks.known
        self.patience = door.patience
        self._keeps = cache is not None and freshness is not None
        self._editions = Editions()
        self._joinable: dict[bytes, asyncio.Task[Answered]] = {}
        # A connection waits for one question at most. More are those of clients that left,
        # which the store answers all the same.
        self._most_waiting = door.most_connections
        self._waiting = 0
        self._overloaded = problem_reply(UNAVAILABLE)

    def edition(self) -> Edition:
        """Give the edition of now, by the stamp that the last check saw."""
        freshness = self.freshness
        return self._editions.now(None if freshness is None else freshness.stamp)

    def answer(self, asked: Asked, key: bytes, block: Block) -> Answered | asyncio.Task[Answered]:
        """Answer *asked* from the store: at once where that needs no wait, else by a task.

        Who asks the same before the store was asked shares the task. Where too many wait for
        the store already, nobody else asks it.
        """
        shared = self._joinable.get(key)
        if shared is not None:
            return shared
        if self._waiting >= self._most_waiting:
            return self._overloaded
        coroutine = self._make(asked, key, block)
        try:
            waited_for = coroutine.send(None)
        except StopIteration as done:
            made: Answered = done.value
            return made

        async def finish() -> Answered:
            # From here on the store may have been asked: who comes now asks for itself.
            self._joinable.pop(key, None)
            return await resume(coroutine, waited_for)

        task = self.loop.create_task(finish())
        self._waiting += 1
        task.add_done_callback(self._waited)
        if key:
            self._joinable[key] = task
        return task

    def _waited(self, _task: asyncio.Task[Answered]) -> None:
        self._waiting -= 1

    async def draw(self, asked: Asked) -> Drawn | Reply:
        """Answer *asked* from the store for the ordinary path, within the same bound."""
        if self._waiting >= self._most_waiting:
            return self._overloaded
        self._waiting += 1
        try:
            return await answer_question(asked, reader=self.reader, door=self.door)
        finally:
            self._waiting -= 1

    async def _make(self, asked: Asked, key: bytes, block: Block) -> Answered:
        drawn = await answer_question(asked, reader=self.reader, door=self.door, kept=self._keeps)
        if isinstance(drawn, Reply):
            return drawn
        if asked.path is None:
            return drawn.reply(asked.url)
        try:
            plain = Finished(drawn, self.usual_url(asked.path), self._editions.now(drawn.as_of))
            made = Packed(plain) if block.gzip and plain.is_worth_gzip else plain
            if drawn.made is not None:
                self.cache.keep(key, made, size=made.size, made=drawn.made)
        except Exception as error:  # noqa: BLE001 - whatever fails, the client gets an RDAP error
            return failure_reply(error)
        return made

    def usual_url(self, path: str) -> bytes:
        """Give the URL of the look-up that is spelled *path* below the public URL."""
        return f"{self.door.public_url}{path}".encode("ascii")

    def usual_key(self, asked: Asked, block: Block) -> bytes:
        """Give the key of the answer to *asked*; a search, which isn't kept, has an empty one."""
        if asked.path is None:
            return b""
        form = b"j" if asked.jscontact and not block.letter.endswith(b"j") else b""
        return b"%b%b%b" % (block.letter, form, f"{self.door.prefix}{asked.path}".encode("ascii"))

    def limited(self, seconds: int, problem: Problem = TOO_MANY) -> Reply:
        """Refuse a question of who has asked, or was shown, too much (conformance.md 1.2.8)."""
        return problem_reply(replace(problem, retry_after=seconds))

    def limited_shown(self, seconds: int) -> Reply:
        """Refuse an answer to who was shown too many contacts already."""
        return self.limited(seconds, TOO_MANY_SHOWN)

    def client(self, peer: Address | None, block: Block) -> Address | None:
        """Give who asks, behind trusted proxies the one that *block* names."""
        trusted = self.door.trusted_proxies
        if peer is None or not trusted or not block.forwarded:
            return peer
        return client_behind(peer, hops(self.door.client_field, block.forwarded), trusted)

    def is_trusted(self, peer: Address | None) -> bool:
        """Tell whether *peer* is a proxy that is believed whom it asks for."""
        trusted = self.door.trusted_proxies
        return peer is not None and any(peer in network for network in trusted)
