"""When a message is sent, tried again, or not sent at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from store.messages import MessageKind, MessageState, QueuedMessage
from store.registrant_changes import ChangeParty, RegistrantChange

__all__ = ["NO_LONGER_ASKED", "asked_party", "pause_after", "too_late", "untimely_end"]

FIRST_PAUSE = timedelta(seconds=5)  # a server that restarts is soon back
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=5)  # RFC 5321 §4.5.4.1: at least four or five days
MOST_TRIES = 200

NO_LONGER_ASKED = "no longer asked"

_ASKED = {
    MessageKind.ASK_NEW: ChangeParty.NEW,
    MessageKind.ASK_PRIOR: ChangeParty.PRIOR,
}
_ABOUT_A_CHANGE = {*_ASKED, MessageKind.COMPLETED, MessageKind.ENDED, MessageKind.EXPIRED}


def asked_party(kind: MessageKind) -> ChangeParty | None:
    """Give the party that a message of this *kind* asks, ``None`` for one that asks nobody."""
    return _ASKED.get(kind)


def untimely_end(
    queued: QueuedMessage, change: RegistrantChange | None, now: datetime
) -> tuple[MessageState, str] | None:
    """Tell why a message that is due is not sent, ``None`` where it is."""
    kind = queued.message.kind
    if kind in _ABOUT_A_CHANGE and change is None:
        return MessageState.DROPPED, "no such change"
    if change is not None and kind in _ASKED and change.state_at(now).asked is not _ASKED[kind]:
        return MessageState.DROPPED, NO_LONGER_ASKED
    if too_late(queued, now):
        return MessageState.GIVEN_UP, queued.code or "too late"
    return None


def too_late(queued: QueuedMessage, now: datetime) -> bool:
    """Tell whether no further try is worth it."""
    return now - queued.created >= PATIENCE or queued.tries >= MOST_TRIES


def pause_after(tries: int, *, share: float) -> timedelta:
    """Give the pause after that many tries: twice the last one, and *share* of a quarter more.

    A random share, from 0 to 1, keeps messages that failed together from coming back together.
    """
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, 10)))
    return pause * (1 + share / 4)
