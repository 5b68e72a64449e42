"""Servers that say what they are told to, however wrong: peers for the self-check."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import orjson

__all__ = ["Say", "canned", "endless", "http_reply", "saying"]

Say = Callable[[socket.socket], None]


def saying(*replies: bytes) -> Say:
    """Send the *replies* to one client after the other, the last one to all further ones."""
    left = list(replies)

    def say(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(left.pop(0) if len(left) > 1 else left[0])

    return say


def endless(head: bytes = b"") -> Say:
    """Send for as long as the client takes it."""

    def say(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(head)
        while True:
            client.sendall(b"x" * 65536)

    return say


def http_reply(document: Any, status: int = 200) -> bytes:
    """Write a whole HTTP response; bytes go as they are."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/rdap+json\r\n"
    return f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def canned(say: Say) -> Iterator[str]:
    """Serve on a free port of loopback; give HOST:PORT."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = listening.getsockname()
    stopped = threading.Event()

    def serve() -> None:
        while True:
            client, _ = listening.accept()
            client.settimeout(10)
            with client, suppress(OSError):
                if stopped.is_set():
                    return
                say(client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"{address[0]}:{address[1]}"
    finally:
        stopped.set()
        socket.create_connection(address).close()  # wakes it up
        thread.join()
        listening.close()
