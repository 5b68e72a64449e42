"""Where the approval pages ask and answer: handed in, for this package writes nothing itself."""

from __future__ import annotations

from typing import Protocol

from store.approvals import Approval, NamePage
from store.registrant_changes import Answer, ChangeParty

__all__ = ["ApprovalDesk"]


class ApprovalDesk(Protocol):
    """The registrant changes as the holders of links see and answer them.

    Raises in every method:
        StoreUnavailableError: the store can't be reached; an answer may be recorded all
            the same, and asking again tells.
    """

    async def find(self, token: str) -> Approval | None:
        """Give what *token* leads to, ``None`` for a token that leads nowhere."""
        ...

    async def list_names(self, token: str, after: str) -> NamePage | None:
        """Give the names past *after*, ``None`` where nobody asks this party any more."""
        ...

    async def answer(
        self,
        token: str,
        party: ChangeParty,
        answer: Answer,
        *,
        data_correct: bool,
        waive_lock: bool,
    ) -> None:
        """Record what the *party* whose token it is said; it is committed when this returns.

        Raises:
            RegistryError: ``NOT_FOUND`` for an unknown token, ``CLOSED`` where nobody asks
                this party any more, and what the rules refuse.
        """
        ...
