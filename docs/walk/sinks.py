"""Where the walk's messages end: a mail server and an SMS gateway on loopback."""

from __future__ import annotations

import asyncio
import email
import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["Arrived", "Inbox", "mail_server", "sms_gateway"]

_LINK = re.compile(r"^https?://\S+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message that has arrived: for whom, with which subject, and its text."""

    to: str
    subject: str
    text: str

    @property
    def link(self) -> str | None:
        """The page that the message leads to: the first URL, on a line of its own."""
        found = _LINK.search(self.text)
        return found[0] if found else None


Inbox = queue.Queue[Arrived]


class _Mailbox:
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        mail = email.message_from_bytes(bytes(envelope.content or b""), policy=default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        self._inbox.put(
            Arrived(
                to=envelope.rcpt_tos[0],
                subject=str(mail["Subject"]),
                text="" if body is None else "\n".join(str(body.get_content()).splitlines()),
            )
        )
        return "250 OK"


@contextmanager
def mail_server(inbox: Inbox) -> Iterator[int]:
    """Take mail for anybody into *inbox*; give the port."""
    loop, started, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    ports: list[int] = []

    async def serve() -> None:
        factory = partial(SMTP, _Mailbox(inbox), hostname="walk.example", loop=loop)
        server = await loop.create_server(factory, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    started.wait()
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@contextmanager
def sms_gateway(inbox: Inbox) -> Iterator[int]:
    """Take text messages into *inbox*; give the port."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take one."""
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            inbox.put(Arrived(to=sent["to"], subject="(SMS)", text=sent["text"]))
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: the walk prints what arrives."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
