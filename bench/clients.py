"""Plain clients of both doors, as small as they can be."""

from __future__ import annotations

import re
import socket

__all__ = ["Broken", "HttpClient", "ask_whois"]

SECONDS = 20.0
_RDAP = "application/rdap+json"  # what an RDAP client says that it takes (RFC 7480 §4.2)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Broken(RuntimeError):  # noqa: N818 - not ours: the peer's
    """There was no whole answer; the message says what there was."""


def ask_whois(port: int, question: str) -> bytes:
    """Ask 127.0.0.1:*port*, and read to the end.

    Raises:
        OSError: there was no answer.
        Broken: it was empty, or says that there will be none.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(f"{question}\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if not answer:
        raise Broken("an empty answer")
    if b"Please try again later" in answer[:200]:
        raise Broken("unavailable")
    return answer


class HttpClient:
    """One connection of HTTP/1.1 to 127.0.0.1:*port*, kept alive."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = f"127.0.0.1:{port}"

    def ask(self, target: str) -> tuple[int, bytes]:
        """Get *target*; give the status and the body.

        Raises:
            OSError: there was no answer.
            Broken: it was cut short, or says that there will be none.
        """
        head = f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\nAccept: {_RDAP}\r\n\r\n"
        self._socket.sendall(head.encode("ascii"))
        read = b""
        while (end := read.find(b"\r\n\r\n")) < 0:
            read += self._more()
        found = _LENGTH.search(read, 0, end + 2)
        if found is None:
            raise Broken("an answer without a length")
        while len(read) < end + 4 + int(found[1]):
            read += self._more()
        status = int(read[9:12])
        if status in {429, 502, 503, 504}:
            raise Broken(f"status {status}")
        return status, read[end + 4 :]

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise Broken("the connection ended")
        return part

    def close(self) -> None:
        """End the connection."""
        self._socket.close()
