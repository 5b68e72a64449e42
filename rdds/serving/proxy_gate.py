"""Clients that come through a trusted proxy: its preface first, then the door.

The preface is taken from the socket before a transport is made for it, octet by octet
no more than its own: what follows, a TLS handshake perhaps, is the door's.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from socket import MSG_PEEK, socket
from typing import Any

from rdds.serving.arrivals import Arrivals, origin
from rdds.serving.proxy_preface import MOST_OCTETS, PrefaceError, parse_preface
from store.names import Address, peer_address

__all__ = ["Network", "ProxyGate"]

AT_ONCE = 64  # clients taken in before the loop turns to others
PAUSE = 1.0  # seconds until the next try when no descriptor is left

Factory = Callable[..., asyncio.Protocol]
Network = IPv4Network | IPv6Network


class ProxyGate:
    """Lets clients in as an event loop does, those from *trusted* networks by their preface.

    *patience* is in seconds: within it a preface has to come. *most* bounds the clients
    that are under way to their door, in a preface or a TLS handshake: those of trusted
    networks and all others apart. One client has a share of these places; of too many the
    oldest is cut off.
    """

    def __init__(self, trusted: tuple[Network, ...], *, patience: float, most: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._trusted = trusted
        self._patience = patience
        self._proxied = Arrivals(most)
        self._others = Arrivals(most)

    async def create_server(
        self,
        factory: Factory,
        /,
        *,
        sock: socket,
        backlog: int,
        ssl: ssl.SSLContext | None = None,
        ssl_handshake_timeout: float | None = None,
    ) -> _Listener:
        """Listen on *sock*, which is the listener's own from here on."""
        admit = partial(self._let_in, factory, ssl=ssl, ssl_handshake_timeout=ssl_handshake_timeout)
        return _Listener(self._loop, sock, backlog, partial(self._start, admit))

    async def connect_accepted_socket(
        self,
        factory: Factory,
        client: socket,
        /,
        *,
        ssl: ssl.SSLContext | None = None,
        ssl_handshake_timeout: float | None = None,
    ) -> None:
        """Serve a *client* that was accepted already."""
        await self._let_in(factory, client, ssl=ssl, ssl_handshake_timeout=ssl_handshake_timeout)

    async def settle(self, seconds: float) -> None:
        """Wait until the clients under way are with their door, for *seconds* at most."""
        coming = (*self._proxied.tasks(), *self._others.tasks())
        if coming:
            await asyncio.wait(coming, timeout=seconds)

    def _start(
        self, admit: Callable[[socket], Coroutine[Any, Any, None]], client: socket, address: str
    ) -> None:
        task = self._loop.create_task(admit(client))
        task.add_done_callback(lambda done: client.close() if done.cancelled() else None)
        if self._trusts(address):
            self._proxied.add(task, None)  # whose it is, its preface says
        else:
            self._others.add(task, origin(address))

    async def _let_in(self, factory: Factory, client: socket, **tls: Any) -> None:
        """Take the preface of a trusted peer, then hand *client* to the door.

        Whatever goes wrong with a client ends that client alone.
        """
        named = None
        try:
            if self._is_trusted(client):
                async with asyncio.timeout(self._patience):
                    named = await self._preface(client)
        except BaseException as error:
            client.close()
            if isinstance(error, (OSError, TimeoutError, PrefaceError)):
                return
            raise
        if named is not None and (task := asyncio.current_task()) is not None:
            self._proxied.name(task, origin(named))
        made = factory if named is None else partial(factory, named)
        with suppress(OSError):  # of a handshake that fails; the transport is closed by then
            await self._loop.connect_accepted_socket(made, client, **tls)

    def _is_trusted(self, client: socket) -> bool:
        with suppress(OSError, ValueError, IndexError):  # a client that has gone again
            return self._trusts(client.getpeername()[0])
        return False

    def _trusts(self, address: str) -> bool:
        peer = peer_address(address)
        return any(peer in network for network in self._trusted)

    async def _preface(self, client: socket) -> Address | None:
        """Take a whole preface off *client*'s stream; give the address that it names."""
        taken = b""
        while True:
            await self._readable(client)
            waiting = client.recv(MOST_OCTETS - len(taken), MSG_PEEK)
            if not waiting:
                raise PrefaceError("The stream ends in the preface.")
            preface = parse_preface(taken + waiting)
            if preface is not None:
                client.recv(preface.length - len(taken))
                return preface.client
            taken += client.recv(len(waiting))

    async def _readable(self, client: socket) -> None:
        ready = self._loop.create_future()
        self._loop.add_reader(client.fileno(), _wake, ready)
        try:
            await ready
        finally:
            self._loop.remove_reader(client.fileno())


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class _Listener:
    """A listening socket whose clients are given to *admit*."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket,
        backlog: int,
        admit: Callable[[socket, str], None],
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._admit = admit
        self._again: asyncio.TimerHandle | None = None
        sock.setblocking(False)  # noqa: FBT003 - the library's own signature
        sock.listen(backlog)
        self._listen()

    def close(self) -> None:
        """Stop accepting."""
        if self._again is not None:
            self._again.cancel()
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
            self._sock.close()

    def _listen(self) -> None:
        self._again = None
        self._loop.add_reader(self._sock.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                client, address = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no descriptor is left; trying again at once would only spin
                self._loop.remove_reader(self._sock.fileno())
                self._again = self._loop.call_later(PAUSE, self._listen)
                return
            client.setblocking(False)  # noqa: FBT003 - the library's own signature
            self._admit(client, address[0])
