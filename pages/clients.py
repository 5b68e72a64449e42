"""Who asks: the other end of the connection, where nobody says otherwise."""

from __future__ import annotations

from aiohttp import web

from pages.guesses import Address
from store.names import peer_address, plain_address

__all__ = ["peer_of"]


def peer_of(request: web.Request) -> Address | None:
    """Give the address at the other end, ``None`` once the connection is gone."""
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    if not isinstance(peer, tuple):
        return None
    return plain_address(peer_address(peer[0]))
