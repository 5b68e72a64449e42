"""The ways out of the house: what mail and SMS have in common."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from notices.letter import Letter
from store.outgoing import Fate

__all__ = ["Lane", "Transport", "Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one try.

    ``code`` is the other side's reply without its text, which may repeat an address.
    ``away`` says that the peer as a whole can't be used: the others need not be tried.
    """

    fate: Fate
    code: str
    away: bool = False


class Lane(Protocol):
    """A connection, or the right to make one, on which letters leave one after another."""

    async def send(self, letter: Letter) -> Verdict:
        """Hand *letter* over; never raises but for cancellation."""
        ...


class Transport(Protocol):
    """A channel to the outside."""

    def lane(self) -> AbstractAsyncContextManager[Lane]:
        """Open a lane for the letters of one round."""
        ...
