"""A letter as an internet message (RFC 5322), and the address that it goes to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notices.letter import Letter
from store.errors import RegistryError
from store.names import ascii_name

__all__ = ["Mailbox", "mail_bytes", "mailbox"]

MOST_ADDRESS = 254  # octets: RFC 5321 §4.5.3.1.3, without the angle brackets
MOST_LINE = 998  # octets: RFC 5322 §2.1.1

# RFC 5322 §3.2.3: a dot-atom, with RFC 6532's letters. Nothing that has a meaning in a header.
_ATOM = r"[^\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff()<>\[\]:;@\\,.\"]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address in two parts, the domain in A-labels."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def international(self) -> bool:
        """Tell whether only SMTPUTF8 carries it (RFC 6531)."""
        return not self.local.isascii()


def mailbox(address: str) -> Mailbox:
    """Read *address*.

    Raises:
        ValueError: nothing can be sent there; the text holds no part of it.
    """
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise ValueError("not an address")
    try:
        read = Mailbox(local=local, domain=ascii_name(domain))
    except RegistryError as error:
        raise ValueError("not an address") from error
    if len(str(read).encode()) > MOST_ADDRESS:
        raise ValueError("not an address")
    return read


def mail_bytes(letter: Letter, *, sender: Mailbox, recipient: Mailbox) -> bytes:
    """Spell *letter* with its header; raw UTF-8 stands in it only for an international mailbox."""
    text = f"{letter.text}\n"
    plain = text.isascii() and max(map(len, text.splitlines())) <= MOST_LINE
    body = EmailMessage(policy=SMTP)
    body.set_content(text, charset="utf-8", cte="7bit" if plain else "quoted-printable")
    header = (
        f"From: {sender}",
        f"To: {recipient}",
        f"Subject: {_encoded(letter.subject)}",
        f"Date: {format_datetime(letter.at)}",
        f"Message-ID: <{letter.reference}@{sender.domain}>",
        "Auto-Submitted: auto-generated",  # RFC 3834 §5: nothing answers it by itself
        f"Content-Language: {letter.language}",
    )
    return "\r\n".join([*header, ""]).encode() + body.as_bytes()


def _encoded(subject: str) -> str:
    """Give *subject* in encoded words where it needs them (RFC 2047), in lines of a fit length.

    The way of EmailMessage loses blanks between words on some Pythons.
    """
    plain = subject.isascii() and "=?" not in subject
    header = Header(subject, "us-ascii" if plain else "utf-8", header_name="Subject")
    return header.encode(linesep="\r\n")
