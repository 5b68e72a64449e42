"""Mail out, by SMTP to the operator's own server: one connection for the letters of a lane."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiosmtplib

from notices.envelope import Mailbox, mail_bytes, mailbox
from notices.letter import Letter
from notices.mail_server import MailServer, Tls
from notices.replies import ANSWERS, CONNECTION_LOST, connection_code, reply_code, verdict_of
from notices.transport import Verdict
from store.outgoing import Fate

__all__ = ["MailTransport"]

SEND_SECONDS = 20.0
QUIT_SECONDS = 2.0


class MailTransport:
    """Sends letters through one server.

    *patience* is in seconds, for a connection and for each letter.

    Raises:
        ValueError: *sender* is no address that mail can come from.
    """

    def __init__(self, server: MailServer, *, sender: str, patience: float = SEND_SECONDS) -> None:
        self._server = server
        self._sender = mailbox(sender)
        self._patience = patience

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[_MailLane]:
        """Open a lane; it connects with its first letter."""
        lane = _MailLane(self._server, self._sender, self._patience)
        try:
            yield lane
        finally:
            await lane.close()


class _MailLane:
    """One connection at a time, made anew after it broke."""

    def __init__(self, server: MailServer, sender: Mailbox, patience: float) -> None:
        self._server = server
        self._sender = sender
        self._patience = patience
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, letter: Letter) -> Verdict:
        """Hand *letter* over and say what the server made of it."""
        try:
            recipient = mailbox(letter.address)
        except ValueError as error:
            return Verdict(fate=Fate.REFUSED, code=str(error))
        if self._client is not None:
            verdict = await self._try(letter, recipient)
            if verdict.code != CONNECTION_LOST:  # a server may say goodbye between letters
                return verdict
        return await self._try(letter, recipient)

    async def close(self) -> None:
        """Say goodbye, and wait a little for the answer."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                async with asyncio.timeout(QUIT_SECONDS):
                    await client.quit()
            client.close()

    async def _try(self, letter: Letter, recipient: Mailbox) -> Verdict:
        try:
            client = await self._connected()
        except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
            return Verdict(fate=Fate.FAILED, code=connection_code(error), away=True)
        try:
            async with asyncio.timeout(self._patience):
                return await self._hand_over(client, letter, recipient)
        except (aiosmtplib.SMTPException, OSError) as error:
            verdict = verdict_of(error)
            if not isinstance(error, ANSWERS) or verdict.code.startswith("421"):
                self._drop()
            return verdict

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        self._drop()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=_own_name(),
            timeout=self._patience,
            use_tls=server.tls is Tls.IMPLICIT,
            start_tls={Tls.IMPLICIT: False, Tls.REQUIRED: True, Tls.OPTIONAL: None}[server.tls],
            tls_context=server.tls_context(),
        )
        async with asyncio.timeout(self._patience):
            await client.connect()
        self._client = client
        return client

    async def _hand_over(
        self, client: aiosmtplib.SMTP, letter: Letter, recipient: Mailbox
    ) -> Verdict:
        options = []
        if recipient.international or self._sender.international:
            if not client.supports_extension("smtputf8"):
                # RFC 6531 §3.2: without the extension the address can't be reached.
                return Verdict(fate=Fate.REFUSED, code="no SMTPUTF8")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        content = mail_bytes(letter, sender=self._sender, recipient=recipient)
        _, said = await client.sendmail(
            str(self._sender), [str(recipient)], content, mail_options=options
        )
        return Verdict(fate=Fate.SENT, code=reply_code(250, said))


def _own_name() -> str:
    """Give the name for EHLO without asking the DNS, which may take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
