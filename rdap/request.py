"""A request as this door sees it: its version of HTTP, and whose it is."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import HttpVersion10, HttpVersion11
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import ERROR

from rdap.connection import Connection
from rdap.door import RdapDoor
from rdap.forwarding import client_behind, hops
from store.names import Address

__all__ = ["Request", "make_request"]


def make_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
    *,
    door: RdapDoor,
) -> Request:
    """Make a request of what the parser found, for *door*."""
    spoken = message.version in (HttpVersion11, HttpVersion10)
    # RFC 9110 §2.5: answers name the highest version of ours. The parser takes 0.9 and 2.0,
    # and aiohttp would answer in kind; what the parser refuses, it would answer as 1.0.
    if not spoken or message is ERROR:
        message = message._replace(version=HttpVersion11)
    request = Request(message, payload, protocol, writer, task, task.get_loop())
    request.spoken = spoken
    request.door = door
    return request


class Request(web.BaseRequest):
    """A request that knows its *door*, and whether its version of HTTP is ``spoken`` here."""

    door: RdapDoor | None = None
    spoken = True

    @property
    def client(self) -> Address | None:
        """Give the address of who asks; ``None`` once that is no longer known.

        It is worked out when it is asked for: a question that nobody counts pays nothing.
        """
        connection, door = self.protocol, self.door
        peer = connection.client if isinstance(connection, Connection) else None
        if peer is None or door is None or not door.trusted_proxies:
            return peer
        lines = self.headers.getall(door.client_field, ())
        if not lines:
            return peer
        return client_behind(peer, hops(door.client_field, lines), door.trusted_proxies)
