"""The table of aliases on a socket: many requests on a connection, within limits."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Sequence
from socket import socket

from rdds.serving.socketmap import MOST_BYTES, Forwards, netstring, reply_to
from store.errors import RegistryError

__all__ = ["AliasServer", "serve_aliases"]

BACKLOG = 64
IDLE_SECONDS = 120.0  # Postfix itself lets go of a connection after some seconds
REQUEST_SECONDS = 10.0  # from a request's first byte to its reply's last one
MOST_CONNECTIONS = 100

_DIGITS = len(str(MOST_BYTES))

_log = logging.getLogger("rdds.aliases")


class _NoNetstringError(Exception):
    """What came can't be a netstring: where the next one begins nobody knows."""


class AliasServer:
    """The running table, made by :func:`serve_aliases`."""

    def __init__(self, forwards: Forwards, *, idle: float, patience: float, most: int) -> None:
        self._forwards = forwards
        self._idle = idle
        self._patience = patience
        self._most = most
        self._listeners: list[asyncio.Server] = []
        self._connections: dict[asyncio.Task[None], bool] = {}  # whether one is being answered
        self._closing = False

    async def listen(self, sockets: Sequence[socket]) -> None:
        """Start accepting on *sockets*."""
        for each in sockets:
            self._listeners.append(
                await asyncio.start_server(self._serve, sock=each, backlog=BACKLOG)
            )

    def close(self) -> None:
        """Stop accepting."""
        self._closing = True
        for listener in self._listeners:
            listener.close()

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's stop has one budget for all
        """Finish the replies in hand, for *timeout* seconds at most; cut off who asks nothing."""
        self.close()
        answering = [task for task, busy in self._connections.items() if busy]
        if answering:
            await asyncio.wait(answering, timeout=timeout)
        rest = list(self._connections)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "streams run their callback in a task"  # noqa: S101 - says it to mypy
        if len(self._connections) >= self._most:
            writer.transport.abort()  # Postfix tries again, and defers the mail if need be
            return
        self._connections[task] = False
        try:
            await self._converse(reader, writer, task)
        except (_NoNetstringError, TimeoutError, OSError, EOFError, asyncio.CancelledError):
            pass  # the client's end, or ours: there is nobody to tell
        except Exception as error:  # noqa: BLE001 - its text may hold contact data
            frame = traceback.extract_tb(error.__traceback__)[-1]
            code = error.code if isinstance(error, RegistryError) else type(error).__name__
            _log.error("no reply: %s in %s, line %s", code, frame.name, frame.lineno)
        finally:
            del self._connections[task]
            writer.transport.abort()

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]
    ) -> None:
        """Answer request after request, in their order, until the client is done."""
        while not self._closing:
            async with asyncio.timeout(self._idle):
                first = await reader.read(1)
            if not first:
                break
            self._connections[task] = True
            async with asyncio.timeout(self._patience):
                payload = await _read_netstring(reader, first)
                writer.write(netstring(await reply_to(payload, self._forwards)))
                await writer.drain()
            self._connections[task] = False
        writer.close()
        async with asyncio.timeout(self._patience):
            await writer.wait_closed()


async def _read_netstring(reader: asyncio.StreamReader, read: bytes) -> bytes:
    """Read the rest of a netstring whose first byte was *read*."""
    head = read
    while not head.endswith(b":"):
        if not head.isdigit() or len(head) > _DIGITS:
            raise _NoNetstringError
        head += await reader.readexactly(1)
    digits = head[:-1]
    if not digits or (digits.startswith(b"0") and digits != b"0") or int(digits) > MOST_BYTES:
        raise _NoNetstringError
    payload = await reader.readexactly(int(digits))
    if await reader.readexactly(1) != b",":
        raise _NoNetstringError
    return payload


async def serve_aliases(
    sockets: Sequence[socket],
    forwards: Forwards,
    *,
    idle: float = IDLE_SECONDS,
    patience: float = REQUEST_SECONDS,
    most_connections: int = MOST_CONNECTIONS,
) -> AliasServer:
    """Answer look-ups of *forwards* on *sockets*, which are bound and become the server's own.

    Args:
        sockets: Stream sockets, listening already or not.
        forwards: Where the aliases forward.
        idle: Seconds that a client may ask nothing.
        patience: Seconds from a request's first byte to its reply's last.
        most_connections: Connections at one time over all *sockets*.
    """
    server = AliasServer(forwards, idle=idle, patience=patience, most=most_connections)
    try:
        await server.listen(sockets)
    except BaseException:
        await server.drain(0)
        raise
    return server
