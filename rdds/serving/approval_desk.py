"""The approval pages' way to the store: reading and answering, on threads of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from store.approval_records import Approvals
from store.approvals import Approval, NamePage
from store.changes import Actor, AnswerRegistrantChange
from store.instants import now
from store.policy import RegistryPolicy
from store.registrant_changes import Answer, ChangeParty
from store.sql.database import Database
from store.write_door import WriteDoor

__all__ = ["StoreApprovalDesk"]

T = TypeVar("T")

THREADS = 4  # an answer may wait for another editor; readers go past it

_ACTORS = {
    ChangeParty.NEW: Actor(name="new registrant", door="pages"),
    ChangeParty.PRIOR: Actor(name="current registrant", door="pages"),
}


class StoreApprovalDesk:
    """The desk over a store; what the pages do stands in the history as the party's own."""

    def __init__(
        self, database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime] = now
    ) -> None:
        self._approvals = Approvals(database, policy, clock=clock)
        self._door = WriteDoor(database, policy, clock=clock)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="approvals")

    async def find(self, token: str) -> Approval | None:
        """Give what *token* leads to, ``None`` for a token that leads nowhere."""
        return await self._run(lambda: self._approvals.find(token))

    async def list_names(self, token: str, after: str) -> NamePage | None:
        """Give the names past *after*, ``None`` where nobody asks this party any more."""
        return await self._run(lambda: self._approvals.list_names(token, after))

    async def answer(
        self,
        token: str,
        party: ChangeParty,
        answer: Answer,
        *,
        data_correct: bool,
        waive_lock: bool,
    ) -> None:
        """Record what the party said; it is committed when this returns."""
        change = AnswerRegistrantChange(
            token=token, answer=answer, data_correct=data_correct, waive_lock=waive_lock
        )
        await self._run(lambda: self._door.apply(change, _ACTORS[party]))

    def close(self) -> None:
        """Let what is under way end, the commit of an answer above all."""
        self._threads.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
