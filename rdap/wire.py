"""A client's transport as the server sees it, whichever protocol speaks on it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from store.names import Address, peer_address

__all__ = ["OnWire", "Served"]


class Served(Protocol):
    """A client's connection, as the server that drains and sweeps knows it."""

    visitor: int
    entered: bool

    @property
    def is_expected_to_ask(self) -> bool:
        """Tell whether a request is likely on its way: the first, or the rest of one."""
        ...

    def end(self) -> None:
        """Close: at once if no request is in hand, else after the answers owed."""
        ...

    def lapse(self, now: float, patience: float) -> None:
        """Close if the client has been silent for *patience* seconds, and this counts it."""
        ...

    def abort(self) -> None:
        """Cut the connection at once."""
        ...

    def sweep(self) -> None:
        """Cut the connection if it has been closing since the last sweep."""
        ...

    def cut_if_sent(self) -> None:
        """Cut the connection if it was closing before and nothing waits to be sent."""
        ...


class OnWire:
    """What every protocol of this door does with its transport, once it has one."""

    __slots__ = ()

    _client: Address | None  # once it is known
    _wire: asyncio.Transport | None
    _paused: bool
    _seen_closing: bool

    @property
    def client(self) -> Address | None:
        """Give the address of who has connected, or for whom a trusted proxy has."""
        if self._client is None and self._wire is not None:
            peer = self._wire.get_extra_info("peername")
            client = peer_address(peer[0]) if peer else None
            self._client = client  # type: ignore[misc] # the slot is the protocol's
        return self._client

    def abort(self) -> None:
        """Cut the connection at once."""
        if self._wire is not None:
            self._wire.abort()

    def sweep(self) -> None:
        """Cut the connection if it has been closing since the last sweep."""
        if self._wire is None or not self._wire.is_closing():
            return
        if self._seen_closing:
            self.abort()
        self._seen_closing = True  # type: ignore[misc] # as above

    def cut_if_sent(self) -> None:
        """Cut the connection if it was closing before and nothing waits to be sent.

        TLS would wait for the client's own end, which many never send.
        """
        wire = self._wire
        if wire is not None and not self._paused and wire.get_write_buffer_size() == 0:
            self.sweep()
