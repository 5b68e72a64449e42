"""Whose tries at approval links count together: a client's address behind trusted proxies."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from pages.clients import peer_of
from pages.guesses import Address
from rdap.forwarding import X_FORWARDED_FOR, Network, client_behind, hops

__all__ = ["PageClients"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClients:
    """Gives a request's client, ``None`` for one in an ``exempt`` network.

    ``trusted_proxies`` are believed what the header field ``client_field`` says.
    """

    trusted_proxies: tuple[Network, ...] = ()
    client_field: str = X_FORWARDED_FOR
    exempt: tuple[Network, ...] = ()

    def __call__(self, request: web.Request) -> Address | None:
        """Give the address that a limit is for."""
        peer = peer_of(request)
        if peer is None:
            return None
        lines = request.headers.getall(self.client_field, ())
        client = client_behind(peer, hops(self.client_field, lines), self.trusted_proxies)
        return None if any(client in network for network in self.exempt) else client
