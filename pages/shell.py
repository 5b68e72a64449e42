"""The pages on their sockets."""

from __future__ import annotations

from collections.abc import Sequence
from socket import socket

from pages.application import Pages, make_application
from pages.server import BoundedServer, serve_bounded

__all__ = ["serve_pages"]


async def serve_pages(
    sockets: Sequence[socket], pages: Pages, *, patience: float = 30.0, most_connections: int = 200
) -> BoundedServer:
    """Serve *pages* on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        pages: What the pages are made from.
        patience: Seconds from a connection's start to its end.
        most_connections: Connections at one time over all *sockets*.
    """
    return await serve_bounded(
        sockets, make_application(pages), patience=patience, most_connections=most_connections
    )
