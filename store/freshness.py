"""Whether what is cached may be shown now: the port that both doors ask.

An answer whose question arrived after an edit's success shows that edit (DESIGN,
"Freshness"). So nothing cached leaves before the store was asked, after the question had
arrived, whether anything was committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

__all__ = ["Freshness", "Waiter", "tell_all"]

Waiter = Callable[[bool], None]  # is told whether what is cached is known good


class Freshness(Protocol):
    """Asks the store what was committed, and has the answer cache know it.

    ``stamp`` is the instant of the store's last commit as the last look saw it, in whole
    milliseconds, and what answers show as their "last update". ``looks`` and ``failures``
    count; ``vouched`` is the event loop's time of the last look that went well.
    """

    stamp: datetime
    looks: int
    failures: int
    vouched: float

    @property
    def position(self) -> int:
        """Give the number of the newest row of the change log that was taken in."""
        ...

    def ask(self, then: Waiter, /) -> None:
        """Have *then* called once the cache is known good for a question that is here now.

        It is told ``False`` where the store can't vouch, and is never called before this
        returns. All who ask before the store is asked share that one question.
        """
        ...

    def ask_at_once(self) -> bool | None:
        """Ask for the questions that are here now, and tell whether the cache is known good.

        ``None`` where that takes a wait. For who has gathered many questions already.
        """
        ...

    async def close(self) -> None:
        """Ask no more; who waits is told that nothing can be vouched for."""
        ...


def tell_all(waiting: Iterable[Waiter], *, vouched: bool) -> None:
    """Tell each of *waiting*; one's fault is the event loop's to report, not the others'."""
    for then in waiting:
        try:
            then(vouched)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
            context = {"message": "a question's answer failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
