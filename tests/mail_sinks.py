"""A mail server on loopback that keeps whatever it gets, for tests of whole programs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["KeptMail", "MailSink", "running_sink"]

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as it came."""

    recipients: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class MailSink:
    """What has come, and on which port of 127.0.0.1 more may come."""

    port: int = 0
    mails: list[KeptMail] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(KeptMail(tuple(envelope.rcpt_tos), content))
        return "250 OK"


@contextmanager
def running_sink() -> Iterator[MailSink]:
    """Run a sink in a thread of its own."""
    sink, loop, started = MailSink(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        factory = partial(SMTP, sink, hostname="sink.example", enable_SMTPUTF8=True, loop=loop)
        server = await loop.create_server(factory, "127.0.0.1", 0)
        sink.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(SECONDS)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
