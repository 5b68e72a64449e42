"""From a line to the bytes of its reply, whatever happens in between."""

from __future__ import annotations

import logging
import traceback
import types
from collections.abc import Coroutine, Generator
from pathlib import PurePath
from typing import TypeVar

from store.errors import StoreUnavailableError
from store.queries import Reader
from whois43.charset import in_charset
from whois43.parse import Refusal, parse_line
from whois43.render import UNAVAILABLE, answer_bytes, refusal_bytes

__all__ = ["Answering", "resume"]

log = logging.getLogger(__name__)

T = TypeVar("T")


class Answering:
    """Asks *reader* and renders what it says; *own_name* is the server's, if it is known.

    Neither a question nor a value of an answer ever goes into the log.
    """

    __slots__ = ("_own_name", "_reader", "_vouched")

    def __init__(self, reader: Reader, own_name: str | None = None) -> None:
        self._reader = reader
        self._own_name = own_name
        self._vouched = True  # the store answered the last question

    async def reply(self, line: bytes) -> bytes:
        """Give the reply to *line*; a failure reads as one, never as "not found"."""
        try:
            question = parse_line(line)
            query = question.query
            if isinstance(query, Refusal):
                return refusal_bytes(query)
            reply = answer_bytes(await self._reader.answer(query), self._own_name)
            reply = in_charset(reply, question.charset)
        except StoreUnavailableError as error:
            self._note(vouched=False, why=error.code)
        except Exception as error:  # noqa: BLE001 - the client gets a line and the others go on
            log.error("A question could not be answered: %s", _place(error))  # noqa: TRY400 - a traceback could quote contact data
        else:
            self._note(vouched=True)
            return reply
        return UNAVAILABLE

    def _note(self, *, vouched: bool, why: str = "") -> None:
        """Log a turn for the worse or the better once, not with every question."""
        if vouched is self._vouched:
            return
        self._vouched = vouched
        if vouched:
            log.warning("The store answers again.")
        else:
            log.error("The store gives no answers: %s", why)


def _place(error: Exception) -> str:
    """Name the kind of *error* and the line that raised it, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    kind = type(error).__name__
    if not frames:
        return kind
    last = frames[-1]
    return f"{kind} at {'/'.join(PurePath(last.filename).parts[-2:])}:{last.lineno}"


async def resume(coroutine: Coroutine[object, object, T], waited_for: object) -> T:
    """Finish *coroutine*, whose first step was taken by hand and yielded *waited_for*."""
    return await _rest(coroutine, waited_for)


@types.coroutine
def _rest(
    coroutine: Coroutine[object, object, T], waited_for: object
) -> Generator[object, object, T]:
    """Hand on what the task and the coroutine say to each other, from the first wait on."""
    while True:
        thrown: BaseException | None = None
        sent: object = None
        try:
            sent = yield waited_for
        except BaseException as error:  # noqa: BLE001 - a cancellation is the coroutine's to see
            thrown = error
        try:
            waited_for = coroutine.send(sent) if thrown is None else coroutine.throw(thrown)
        except StopIteration as done:
            result: T = done.value
            return result
