"""A message in words, on its way to one address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a transport needs to know.

    ``reference`` is the same at every try of one message, so that a message that
    arrives twice can be told. ``address`` is as it stands in the outbox. ``text`` is the
    mail's body or the SMS's text; its lines end in a line feed.
    """

    reference: str
    address: str
    subject: str
    text: str
    language: str
    at: datetime
