"""The deliverer: takes what is due from the outbox, puts it into words, sends it, says so.

It runs inside ``serve`` for as long as that does, and for one pass in ``housekeep``.
Channels go their own ways: a gateway that hangs holds up no mail. The log names messages by
number, kind and code, never what is in them or whom they are for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Protocol

from notices.transport import Lane, Transport, Verdict
from notices.wording import letter_of
from store.errors import StoreUnavailableError
from store.outgoing import Fate, Outgoing
from store.registrant_changes import Channel

__all__ = ["Deliverer", "Outbox"]

POLL_SECONDS = 0.4
REST_SECONDS = 5.0  # after a fault
MOST_CLAIMED = 20
MOST_LANES = 4
LETTERS_A_LANE = 5
# What a killed sender had in hand is another's after this, so it is short. A letter that can't
# be begun early in it goes back: no server but one that hangs takes as long as the rest.
LEASE = timedelta(seconds=45)
BEGIN_SECONDS = 15.0
SETTLING_TRIES = 20  # at a store that is held by others

_log = logging.getLogger("rdds.notices")


class Outbox(Protocol):
    """What the deliverer needs of the store; all of it blocks."""

    def due(self, channels: Collection[Channel], *, links: bool) -> list[Channel]:
        """Give the channels that have something to send."""
        ...

    def claim(
        self, channel: Channel, *, links: bool, limit: int, lease: timedelta
    ) -> list[Outgoing]:
        """Take messages that are due."""
        ...

    def settle(self, outgoing: Outgoing, fate: Fate, code: str) -> None:
        """Keep what became of one."""
        ...


class Deliverer:
    """Delivers the messages of one outbox.

    ``link`` makes the page's address from a token; without it the messages that ask a
    party wait.
    """

    def __init__(
        self,
        outbox: Outbox,
        transports: Mapping[Channel, Transport],
        *,
        link: Callable[[str], str] | None,
    ) -> None:
        self._outbox = outbox
        self._transports = transports
        self._link = link
        self._stop = asyncio.Event()
        self._store_away = False

    async def round(self) -> int:
        """Deliver what is due now, up to a bound; give how many messages were taken.

        Raises:
            StoreUnavailableError: the store can't be reached.
        """
        due = await self._ask(self._transports.keys())
        return sum(await asyncio.gather(*map(self._round, due)))

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until *stop* is set, then finish the letters in hand.

        A store that is away is waited for.
        """
        self._stop = stop
        at_work: set[Channel] = set()
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                for channel in await self._due(self._transports.keys() - at_work):
                    group.create_task(self._deliver(channel, at_work))
                await self._rest(POLL_SECONDS)

    async def _due(self, idle: Collection[Channel]) -> list[Channel]:
        """Give those of the *idle* channels that have something to send."""
        found: list[Channel] = []
        async with self._survived("a look into the outbox"):
            found = await self._ask(idle)
            self._store_away &= bool(found)  # it may be read and yet not be written to
        return found

    async def _deliver(self, channel: Channel, at_work: set[Channel]) -> None:
        at_work.add(channel)
        async with self._survived("a round of messages"):
            while await self._round(channel) == MOST_CLAIMED and not self._stop.is_set():
                pass
        at_work.discard(channel)

    @asynccontextmanager
    async def _survived(self, what: str) -> AsyncIterator[None]:
        """Log what fails within, a store that is away but once, and rest."""
        try:
            yield
        except StoreUnavailableError as error:
            if not self._store_away:
                _log.warning("messages wait for the store: %s", error.code)
            self._store_away = True
            await self._rest(REST_SECONDS)
        except Exception as error:  # noqa: BLE001 - the next round may fare better
            _log.error("%s failed: %s", what, type(error).__name__)
            await self._rest(REST_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    async def _ask(self, channels: Collection[Channel]) -> list[Channel]:
        links = self._link is not None
        return await asyncio.to_thread(self._outbox.due, channels, links=links)

    async def _round(self, channel: Channel) -> int:
        claims = await asyncio.to_thread(
            self._outbox.claim,
            channel,
            links=self._link is not None,
            limit=MOST_CLAIMED,
            lease=LEASE,
        )
        self._store_away = False
        begin_before = asyncio.get_running_loop().time() + BEGIN_SECONDS
        waiting = list(reversed(claims))
        lanes = min(MOST_LANES, -(-len(claims) // LETTERS_A_LANE))
        async with asyncio.TaskGroup() as group:
            for _ in range(lanes):
                group.create_task(self._work(self._transports[channel], waiting, begin_before))
        return len(claims)

    async def _work(
        self, transport: Transport, waiting: list[Outgoing], begin_before: float
    ) -> None:
        """Send from *waiting*, which lanes share, until nothing is left."""
        away: Verdict | None = None
        loop = asyncio.get_running_loop()
        async with transport.lane() as lane:
            while waiting:
                outgoing = waiting.pop()
                if self._stop.is_set() or (away is None and loop.time() > begin_before):
                    verdict = Verdict(fate=Fate.UNTRIED, code="")
                else:
                    verdict = away or await self._send(lane, outgoing)
                away = verdict if verdict.away else None
                await self._settle(outgoing, verdict)

    async def _send(self, lane: Lane, outgoing: Outgoing) -> Verdict:
        link = self._link(outgoing.token) if self._link and outgoing.token else None
        try:
            letter = letter_of(outgoing, link)
            return await lane.send(letter)
        except Exception as error:  # noqa: BLE001 - one message's fault must not hold up the others
            number = outgoing.queued.id
            _log.error("message %d can't be sent: %s", number, type(error).__name__)
            return Verdict(fate=Fate.FAILED, code="fault")

    async def _settle(self, outgoing: Outgoing, verdict: Verdict) -> None:
        queued = outgoing.queued
        if verdict.fate is not Fate.UNTRIED:
            level = logging.INFO if verdict.fate is Fate.SENT else logging.WARNING
            said = (queued.id, queued.message.kind.value, verdict.fate.value, verdict.code)
            _log.log(level, "message %d (%s) %s: %s", *said)
        for _ in range(SETTLING_TRIES):
            try:
                await asyncio.to_thread(self._outbox.settle, outgoing, verdict.fate, verdict.code)
            except StoreUnavailableError:
                await asyncio.sleep(POLL_SECONDS)
            else:
                return
        # Its lease ends, and it is sent once more, with the same Message-ID.
        _log.warning("message %d stays claimed: the store is away", queued.id)
