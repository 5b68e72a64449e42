"""What a client hears for which there is no place."""

from __future__ import annotations

import asyncio
from typing import cast

from rdap.errors import Problem
from rdap.responses import raw_response

__all__ = ["MOST_REFUSALS", "TOO_MANY_OPEN", "Refusal"]

MOST_REFUSALS = 256  # clients that are being told that the server is full
HEARING = 1.0  # seconds that a client has to take it

TOO_MANY_OPEN = Problem(
    status=429, description="Too many connections from your address.", retry_after=10
)
FULL = Problem(status=503, description="Too many connections. Try again later.", retry_after=10)


class Refusal(asyncio.Protocol):
    """Tell a client why there is no place for it, and end; *refusals* are those at it."""

    def __init__(self, refusals: set[Refusal], why: Problem = FULL) -> None:
        self._refusals = refusals
        self._why = why
        self._transport: asyncio.Transport | None = None
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so at once."""
        # By what it can do: uvloop's transports are none of asyncio's classes.
        self._transport = wire = cast("asyncio.Transport", transport)
        if len(self._refusals) >= MOST_REFUSALS:
            wire.abort()
            return
        self._refusals.add(self)
        wire.write(raw_response(self._why))
        if wire.can_write_eof():
            wire.write_eof()
        self._end = asyncio.get_running_loop().call_later(HEARING, self.abort)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the client."""
        self._refusals.discard(self)
        if self._end is not None:
            self._end.cancel()

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()
