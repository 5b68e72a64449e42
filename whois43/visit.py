"""One client at the door: who it is, and how far it has got."""

from __future__ import annotations

import asyncio
from socket import SocketType

from store.names import Address
from store.watch import EXEMPT
from whois43.answering import Asked, Reply

__all__ = ["Visit"]


class Visit:
    """A client from its coming to its answer.

    ``number`` is that by which it is limited; ``entered``: it counts among its number's
    connections. ``began`` is the instant of ``time.monotonic`` at which its question was
    whole. As long as the front has it, ``client`` is its socket, ``key`` that of a kept answer,
    ``asked`` its question if it was spelled otherwise than its key, and ``task`` makes its
    answer where that takes a wait.
    """

    __slots__ = ("address", "asked", "began", "client", "entered", "key", "number", "task")

    client: SocketType

    def __init__(self, address: Address | str | None = None) -> None:
        self.address = address
        self.number = EXEMPT
        self.entered = False
        self.began = 0.0
        self.asked: Asked | None = None
        self.task: asyncio.Task[Reply] | None = None
        self.key = b""
