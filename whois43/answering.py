"""From a line to its finished reply, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import dataclass
from pathlib import PurePath

from store.answer_cache import AnswerCache
from store.errors import StoreUnavailableError
from store.freshness import Freshness
from store.queries import LookUp, Reader
from store.watch import Kind, Outcome
from whois43.asking import is_by_text, key_of, keyed_as_asked
from whois43.charset import Charset
from whois43.door import WhoisDoor
from whois43.finished import Finished, finish
from whois43.parse import Refusal, parse_line
from whois43.render import UNAVAILABLE, refusal_bytes

__all__ = ["Answering", "Asked", "Reply", "place_of"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be asked, and the key of its answer if that may be kept."""

    query: LookUp
    charset: Charset
    key: bytes | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent, and whether it was kept."""

    finished: Finished
    cached: bool = False


class Answering:
    """Asks *reader* and renders what it says as *door* presents itself.

    What is finished is kept in *cache*, for questions for which *freshness* vouches; one
    without the other is none. Neither a question nor a value of an answer ever goes into
    the log.
    """

    __slots__ = ("_door", "_reader", "_vouched", "cache", "freshness")

    def __init__(
        self,
        reader: Reader,
        door: WhoisDoor | None = None,
        *,
        cache: AnswerCache | None = None,
        freshness: Freshness | None = None,
    ) -> None:
        self._reader = reader
        self._door = door or WhoisDoor()
        self._vouched = True  # the store answered the last question
        self.freshness = freshness
        self.cache = cache if freshness is not None else None

    async def reply(self, line: bytes) -> Reply:
        """Give the reply to *line*; a failure reads as one, never as "not found"."""
        asked = self.read(line)
        if isinstance(asked, Reply):
            return asked
        return await self.ask(asked)

    async def ask(self, asked: Asked) -> Reply:
        """Give what is kept, where the store vouches for it, or else ask the store."""
        if self.may_hold(asked) and await self._is_fresh():
            kept = self.kept(asked)
            if kept is not None:
                return kept
        return await self.make(asked)

    def read(self, line: bytes) -> Asked | Reply:
        """Read what *line* asks, or give what a refusal of it says."""
        try:
            question = parse_line(line)
            query = question.query
            if isinstance(query, Refusal):
                return Reply(Finished(refusal_bytes(query), Kind.OTHER, Outcome.REFUSED))
            return Asked(query, question.charset, key_of(query))
        except Exception as error:  # noqa: BLE001 - the client gets a line and the others go on
            return _failed(error)

    def may_hold(self, asked: Asked) -> bool:
        """Tell whether it is worth asking if what is kept is still true."""
        return self.cache is not None and asked.key is not None and self.cache.holds(asked.key)

    def kept(self, asked: Asked) -> Reply | None:
        """Give what is kept and is true; to be called where the store has just vouched for it."""
        if self.cache is None or self.freshness is None or asked.key is None:
            return None
        finished: Finished | None = self.cache.find(asked.key)
        if finished is None or (finished.by_text and not keyed_as_asked(asked.query)):
            return None
        finished.stamped(self.freshness.stamp)
        return Reply(finished.spelled(asked.charset), cached=True)

    async def make(self, asked: Asked) -> Reply:
        """Ask the store, and keep the answer."""
        try:
            reply = Reply((await self._made(asked)).spelled(asked.charset))
        except StoreUnavailableError as error:
            self._note(vouched=False, why=error.code)
            return Reply(Finished(UNAVAILABLE, Kind.OTHER, Outcome.UNAVAILABLE))
        except Exception as error:  # noqa: BLE001 - the client gets a line and the others go on
            return _failed(error)
        self._note(vouched=True)
        return reply

    async def _made(self, asked: Asked) -> Finished:
        query, cache = asked.query, self.cache
        if cache is None or asked.key is None:
            return finish(query, await self._reader.answer(query), self._door)
        made = await self._reader.make(query)
        finished = finish(query, made.answer, self._door)
        finished.by_text = is_by_text(made.answer)
        if not finished.by_text or keyed_as_asked(query):
            cache.keep(asked.key, finished, size=finished.size, made=made)
        return finished

    async def _is_fresh(self) -> bool:
        """Wait until the store was asked whether what is kept is known to be good."""
        if self.freshness is None:
            return False
        vouched: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.freshness.ask(lambda good: None if vouched.done() else vouched.set_result(good))
        return await vouched

    def _note(self, *, vouched: bool, why: str = "") -> None:
        """Log a turn for the worse or the better once, not with every question."""
        if vouched is self._vouched:
            return
        self._vouched = vouched
        if vouched:
            log.warning("The store answers again.")
        else:
            log.error("The store gives no answers: %s", why)


def _failed(error: Exception) -> Reply:
    log.error("A question could not be answered: %s", place_of(error))
    return Reply(Finished(UNAVAILABLE, Kind.OTHER, Outcome.FAILED))


def place_of(error: Exception) -> str:
    """Name the kind of *error* and the line that raised it, without its message.

    A message or a traceback could quote contact data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    kind = type(error).__name__
    if not frames:
        return kind
    last = frames[-1]
    return f"{kind} at {'/'.join(PurePath(last.filename).parts[-2:])}:{last.lineno}"
