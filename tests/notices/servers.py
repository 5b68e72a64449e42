"""Real mail servers and a real SMS gateway on loopback, good and bad ones."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

__all__ = ["Gateway", "MailSink", "gateway", "mail_sink", "raw_server"]


@dataclass
class Mail:
    """A mail as the server got it."""

    sender: str
    recipient: str
    content: bytes
    options: list[str]
    secured: bool
    login: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail, read."""
        read = email.message_from_bytes(self.content, policy=default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def text(self) -> str:
        """The plain text, decoded."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


@dataclass
class MailSink:
    """A handler that keeps what it is given.

    ``replies`` maps a command (``RCPT``, ``DATA``, ``MAIL``) to the replies that it gives in
    turn before it goes on as usual; ``hold`` keeps the end of DATA waiting for an event.
    """

    mails: list[Mail] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    hold: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    port: int = 0

    def _reply(self, command: str) -> str | None:
        waiting = self.replies.get(command)
        return waiting.pop(0) if waiting else None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, said: list[str]
    ) -> list[str]:
        """Count a connection."""
        session.host_name = hostname
        self.connections += 1
        return said

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Take a sender."""
        reply = self._reply("MAIL")
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take a recipient."""
        reply = self._reply("RCPT")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        reply = self._reply("DATA")
        if reply is not None:
            return reply
        content = envelope.content
        assert isinstance(content, bytes)
        assert envelope.mail_from is not None
        login = session.auth_data.login.decode() if session.auth_data else None
        self.mails.append(
            Mail(
                sender=envelope.mail_from,
                recipient=envelope.rcpt_tos[0],
                content=content,
                options=list(envelope.mail_options),
                secured=session.ssl is not None,
                login=login,
            )
        )
        self.arrived.set()
        if self.hold is not None:
            await self.hold.wait()
        return "250 2.0.0 Queued for somebody@example.net"


def _authenticator(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == b"right&/:"
    return AuthResult(success=good, handled=False, auth_data=data)


@asynccontextmanager
async def mail_sink(
    sink: MailSink | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    implicit_tls: bool = False,
    login: bool = False,
    smtputf8: bool = True,
) -> AsyncIterator[MailSink]:
    """Run a mail server on a free port; with *tls* it offers STARTTLS."""
    sink = sink or MailSink()
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            sink,
            hostname="sink.example",
            enable_SMTPUTF8=smtputf8,
            tls_context=None if implicit_tls else tls,
            authenticator=_authenticator if login else None,
            auth_required=login,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if implicit_tls else None)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def raw_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Run a server that does as *talk* does with each client; give its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass
class Gateway:
    """An SMS gateway that keeps what it is given and answers with ``statuses`` in turn, or 200."""

    texts: list[dict[str, str]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    silent: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Take one text."""
        self.heads.append({name.lower(): value for name, value in request.headers.items()})
        self.texts.append(await request.json())
        self.arrived.set()
        if self.silent is not None:
            await self.silent.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, text="a reply that nobody keeps")


@asynccontextmanager
async def gateway(served: Gateway | None = None) -> AsyncIterator[Gateway]:
    """Run a gateway on a free port."""
    served = served or Gateway()
    application = web.Application()
    application.router.add_post("/send", served.take)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]
    served.url = f"http://127.0.0.1:{port}/send"
    try:
        yield served
    finally:
        if served.silent is not None:
            served.silent.set()
        await runner.cleanup()
