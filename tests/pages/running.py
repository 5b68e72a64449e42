"""The pages over a reader, running in a thread on a free port of loopback."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from lxml import html

from pages.application import Pages
from pages.approval import ClientOf
from pages.clients import peer_of
from pages.desk import ApprovalDesk
from pages.shell import serve_pages
from rdds.serving.raw_answers import raw_answers
from store.queries import Answer, Query, Reader

__all__ = ["RDAP_BASE", "FakeReader", "Response", "RunningPages", "running_pages"]

SECONDS = 20.0
FORM = "application/x-www-form-urlencoded"
RDAP_BASE = "https://rdap.nic.example/"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> Any:
        """Read the body as an HTML page."""
        return html.document_fromstring(self.body.decode())

    @property
    def text(self) -> str:
        """Give what a person reads, each run of blanks as one."""
        return " ".join(self.page.body.text_content().split())

    @property
    def title(self) -> str:
        """Give the one first heading."""
        (heading,) = self.page.iter("h1")
        return " ".join(heading.text_content().split())


@dataclass
class FakeReader:
    """Answers each question by a function, and keeps what it was asked."""

    give: Any
    asked: list[Query] = field(default_factory=list)

    async def answer(self, query: Query) -> Answer:
        """Answer *query*, or raise what the function gives."""
        self.asked.append(query)
        given = self.give(query) if callable(self.give) else self.give
        if isinstance(given, Exception):
            raise given
        answer: Answer = given
        return answer


@dataclass(frozen=True, slots=True)
class RunningPages:
    """Where the pages answer; ``closed`` is set when the server takes nobody in any more."""

    port: int
    prefix: str = "/"
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Give the address of the front page."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def ask(
        self, path: str = "", method: str = "GET", body: bytes | None = None, **fields: str
    ) -> Response:
        """Ask for *path* below the prefix on a connection of its own."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        try:
            client.request(method, f"{self.prefix}{path}", body=body, headers=named)
            got = client.getresponse()
            headers = {name.lower(): value for name, value in got.getheaders()}
            assert len(headers) == len(got.getheaders()), "a header twice"
            return Response(got.status, headers, got.read())
        finally:
            client.close()

    def post(self, path: str, body: Mapping[str, str] | bytes, **fields: str) -> Response:
        """Post a form, or any body, to *path*."""
        given = body if isinstance(body, bytes) else urlencode(body).encode()
        return self.ask(path, "POST", given, **{"Content-Type": FORM} | fields)

    def connect(self) -> socket.socket:
        """Open a connection that asks nothing yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)

    def send(self, request: bytes) -> bytes:
        """Send bytes and give all that comes until the end."""
        with self.connect() as client:
            client.sendall(request)
            return read_all(client)


def read_all(client: socket.socket) -> bytes:
    """Read to the end; a reset is an end too."""
    answer = b""
    try:
        while chunk := client.recv(65536):
            answer += chunk
    except ConnectionResetError:
        pass
    return answer


@contextmanager
def running_pages(
    reader: Reader,
    prefix: str = "/",
    *,
    desk: ApprovalDesk | None = None,
    client: ClientOf = peer_of,
    finish: float = 10.0,
    **limits: Any,
) -> Iterator[RunningPages]:
    """Serve pages made from what *reader* answers, with the real doors' raw answers.

    With a *desk* there are approval pages; *client* is whom wrong links are counted for.
    *finish* is how many seconds pages in hand have at the end.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    running = RunningPages(port, prefix)
    raws = raw_answers(RDAP_BASE)
    pages = Pages(reader=reader, raws=raws, desk=desk, prefix=prefix, client=client)
    started, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        server = await serve_pages([listening], pages, **limits)
        started.set()
        await stop.wait()
        server.close()
        running.closed.set()
        await server.drain(finish)
        source = getattr(reader, "_source", None)
        if source is not None:
            await source.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(SECONDS)
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
