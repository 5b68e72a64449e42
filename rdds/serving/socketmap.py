"""Postfix's socketmap protocol, without sockets: requests and replies as netstrings.

A request is ``LENGTH:TABLE KEY,`` and its reply ``LENGTH:OK VALUE,``, ``NOTFOUND``,
``TEMP REASON`` or ``PERM REASON`` (socketmap_table(5)); text is UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from store.errors import RegistryError, StoreUnavailableError

__all__ = ["MOST_BYTES", "TABLE", "Forwards", "Request", "netstring", "parse_request", "reply_to"]

MOST_BYTES = 100_000  # socketmap_table(5), PROTOCOL: of a request, and of a reply
TABLE = "alias"

_NOT_FOUND = "NOTFOUND "


class Forwards(Protocol):
    """Knows where aliases forward."""

    async def find(self, address: str) -> str | None:
        """Give the mailbox behind *address*, or ``None`` where it is no alias in force.

        Raises:
            StoreUnavailableError: nobody can tell just now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a mail server asks: the name of a table, and the key to look up there."""

    table: str
    key: str


def parse_request(payload: bytes) -> Request | None:
    """Read what stands in a netstring; ``None`` where it is no request.

    >>> parse_request(b"alias holder@shield.example")
    Request(table='alias', key='holder@shield.example')
    """
    try:
        table, blank, key = payload.decode("utf-8").partition(" ")
    except UnicodeDecodeError:
        return None
    return Request(table=table, key=key) if table and blank else None


def netstring(text: str) -> bytes:
    """Spell *text* as a netstring.

    >>> netstring("NOTFOUND ")
    b'9:NOTFOUND ,'
    """
    payload = text.encode("utf-8")
    return b"%d:%b," % (len(payload), payload)


async def reply_to(payload: bytes, forwards: Forwards) -> str:
    """Answer one request; a store that is away is ``TEMP``, never ``NOTFOUND``.

    A mail server bounces what is not found, and keeps what it is told to try again.
    """
    request = parse_request(payload)
    if request is None:
        return "PERM this is no request"
    if request.table != TABLE:
        return f"PERM the one table here is {TABLE}"
    try:
        found = await forwards.find(request.key)
    except StoreUnavailableError:
        return "TEMP the store can't be reached"
    except RegistryError as error:
        return f"TEMP {error.code}"
    return _NOT_FOUND if found is None else f"OK {found}"
