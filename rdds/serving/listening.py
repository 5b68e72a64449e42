"""The listening sockets: bound once by the parent, one of each address for every worker.

A worker that dies leaves its sockets, and the clients queued there, to its successor.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass

from rdds.settings.addresses import Endpoint
from store.errors import Code, RegistryError

__all__ = ["Listeners", "bind", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """One child's sockets, bound and not yet listening: a worker's for both doors.

    ``place`` counts the workers from 0. With *aside* they are the side child's, for what
    stands beside the doors; it may have none.
    """

    whois: tuple[socket.socket, ...] = ()
    rdap: tuple[socket.socket, ...] = ()
    pages: tuple[socket.socket, ...] = ()
    aliases: tuple[socket.socket, ...] = ()
    operations: tuple[socket.socket, ...] = ()
    aside: bool = False
    place: int = 0

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """Give all of them."""
        return (*self.whois, *self.rdap, *self.pages, *self.aliases, *self.operations)

    def close(self) -> None:
        """Close this process's copies."""
        for each in self.sockets:
            each.close()


def bind(
    whois: tuple[Endpoint, ...],
    rdap: tuple[Endpoint, ...],
    *,
    workers: int,
    pages: tuple[Endpoint, ...] = (),
    aliases: tuple[Endpoint, ...] = (),
    operations: tuple[Endpoint, ...] = (),
) -> tuple[Listeners, ...]:
    """Bind every endpoint of a door once for each worker.

    Everything else is one more process's, which is always there: the last of the listeners.

    Raises:
        RegistryError: ``SETTINGS`` where an address is in use or not this machine's.
    """
    with ExitStack() as opened:  # where one address can't be had all are given back
        doors = [
            [_bind_all(each, workers, opened) for each in endpoints] for endpoints in (whois, rdap)
        ]
        beside = [
            tuple(_bind_all(each, 1, opened)[0] for each in endpoints)
            for endpoints in (pages, aliases, operations)
        ]
        opened.pop_all()
    bound = tuple(
        Listeners(
            whois=tuple(column[worker] for column in doors[0]),
            rdap=tuple(column[worker] for column in doors[1]),
            place=worker,
        )
        for worker in range(workers)
    )
    pages_bound, aliases_bound, operations_bound = beside
    aside = Listeners(
        pages=pages_bound, aliases=aliases_bound, operations=operations_bound, aside=True
    )
    return (*bound, aside)


def _bind_all(endpoint: Endpoint, workers: int, opened: ExitStack) -> list[socket.socket]:
    """Give *workers* sockets on one address, also to *opened*; the first one settles port 0."""
    try:
        family, address = _resolve(endpoint)
        if workers == 1:
            return [opened.enter_context(_bound(family, address, shared=False))]
        # Alone first: sharing would join another server's port without a word.
        probe = _bound(family, address, shared=False)
        address = (address[0], probe.getsockname()[1], *address[2:])
        probe.close()
        return [opened.enter_context(_bound(family, address, shared=True)) for _ in range(workers)]
    except OSError as error:
        raise RegistryError(
            Code.SETTINGS, f"Can't listen on {endpoint}: {error.strerror}.", field="listen"
        ) from error


def _resolve(endpoint: Endpoint) -> tuple[socket.AddressFamily, tuple[str, int, *tuple[int, ...]]]:
    found = socket.getaddrinfo(
        endpoint.host, endpoint.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    family, _, _, _, address = found[0]
    return family, address  # type: ignore[return-value]


def _bound(
    family: socket.AddressFamily, address: tuple[str, int, *tuple[int, ...]], *, shared: bool
) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setblocking(False)  # noqa: FBT003 - the library's own signature
        made.bind(address)
    except BaseException:
        made.close()
        raise
    return made


def shown(bound: socket.socket) -> str:
    """Spell a bound socket's real address, ``HOST:PORT``."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
