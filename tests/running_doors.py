"""Both doors over a store, running in a thread of their own on free ports of loopback."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from rdap.door import RdapDoor
from rdap.search.offers import Offers
from rdap.shell import serve_rdap
from store.policy import RegistryPolicy
from store.queries import Reader
from store.read_door import ReadDoor
from store.sql.sources import open_source
from whois43.door import WhoisDoor
from whois43.shell import serve_whois

__all__ = ["RunningDoors", "doors_over", "running_doors"]

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class RunningDoors:
    """Where the doors answer: ``whois`` is HOST:PORT, ``rdap`` the base URL."""

    whois: str
    rdap: str

    def ask_whois(self, line: str) -> bytes:
        """Send *line* to port 43 and give all that comes."""
        host, port = self.whois.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=SECONDS) as client:
            client.sendall(f"{line}\r\n".encode())
            answer = b""
            while chunk := client.recv(65536):
                answer += chunk
            return answer

    def ask_rdap(self, path: str) -> tuple[int, bytes]:
        """Ask RDAP for *path* below its base; give status and all bytes, the head included."""
        base = urlsplit(self.rdap)
        client = http.client.HTTPConnection(str(base.hostname), base.port, timeout=SECONDS)
        try:
            client.request("GET", f"{base.path}{path}")
            response = client.getresponse()
            return response.status, str(response.headers).encode() + response.read()
        finally:
            client.close()


@contextmanager
def running_doors(
    url: str,
    policy: RegistryPolicy,
    *,
    public_url: str | None = None,
    searches: Offers | None = None,
) -> Iterator[RunningDoors]:
    """Serve the store at *url* under *policy*; links begin with *public_url* or the base."""
    reader = ReadDoor(open_source(url), policy)
    with doors_over(reader, public_url=public_url, searches=searches) as doors:
        yield doors


@contextmanager
def doors_over(
    reader: Reader, *, public_url: str | None = None, searches: Offers | None = None
) -> Iterator[RunningDoors]:
    """Serve what *reader* answers."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    whois, rdap = (listening.getsockname()[1] for listening in sockets)
    base = public_url or f"http://127.0.0.1:{rdap}/rdap/"
    started, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        door = RdapDoor(public_url=base, searches=searches or Offers())
        servers = (
            await serve_whois([sockets[0]], reader, settings=WhoisDoor(patience=SECONDS)),
            await serve_rdap([sockets[1]], reader, settings=door),
        )
        started.set()
        await stop.wait()
        for server in servers:
            server.close()
            await server.drain(0.2)
        source = getattr(reader, "_source", None)
        if source is not None:
            await source.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(SECONDS)
    try:
        yield RunningDoors(f"127.0.0.1:{whois}", f"http://127.0.0.1:{rdap}{urlsplit(base).path}")
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
