"""Values as they compare: text cleaned, instants in UTC, URLs in one spelling.

Written anew beside what the doors do, so that a check can find a door's fault.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import quote

from store.errors import RegistryError
from store.names import ascii_name, parse_address

__all__ = [
    "is_link",
    "mailbox",
    "neutral_address",
    "neutral_instant",
    "neutral_text",
    "neutral_url",
]

_URL_CHARACTERS = "%/?:@!$&'()*+,;=~-._"
_HEX = frozenset("0123456789abcdefABCDEF")


def neutral_text(text: str) -> str:
    r"""Give *text* as both doors may show it (conformance.md 6.1.9).

    >>> neutral_text("two\r\nlines ")
    'two  lines'
    """
    kinds = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": "\ufffd"}
    return "".join(kinds.get(unicodedata.category(each), each) for each in text).strip()


def neutral_instant(moment: datetime | str) -> str:
    """Spell an instant in UTC with microseconds; what is no RFC 3339 text stays as it is.

    >>> neutral_instant("2026-01-01T13:00:00+13:00")
    '2026-01-01T00:00:00.000000Z'
    """
    if isinstance(moment, str):
        try:
            read = datetime.fromisoformat(moment)
        except ValueError:
            return moment
        if read.tzinfo is None:
            return moment
        moment = read
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except OverflowError:  # the first or the last hours of the calendar, moved by an offset
        return moment.isoformat()


def neutral_address(text: str) -> str:
    """Spell an IP address by RFC 5952; what is none stays as it is."""
    try:
        return str(ip_address(text))
    except ValueError:
        return text


def neutral_url(text: str) -> str:
    """Spell a web address as a link does: scheme, host in A-labels, ASCII (RFC 9083 §4.2).

    Text that can't be an http or https link comes back clean and else as it is.

    >>> neutral_url("www.Bücher.example/ä")
    'http://www.xn--bcher-kva.example/%C3%A4'
    """
    text = neutral_text(text)
    return _link(text) or text


def is_link(text: str) -> bool:
    """Tell whether *text*, as :func:`neutral_url` gave it, can stand in a link."""
    return _link(text) == text


def _link(text: str) -> str | None:
    if not text:
        return None
    scheme, mark, rest = text.partition("://")
    scheme = scheme.lower()
    if not mark or not _is_scheme(scheme):
        scheme, rest = "http", text
    end = next((at for at, letter in enumerate(rest) if letter in "/?#"), len(rest))
    host = _host(rest[:end])
    if scheme not in {"http", "https"} or host is None:
        return None
    return f"{scheme}://{host}{_escaped(rest[end:])}"


def mailbox(text: str) -> str:
    """Give the value of an e-mail key: an address, or the URL of a form (contacts.md 7.5)."""
    text = neutral_text(text)
    is_url = text.startswith(("http://", "https://")) or ("@" not in text and "." in text)
    return neutral_url(text) if is_url else text


def _is_scheme(text: str) -> bool:
    return text[:1].isalpha() and text.isascii() and all(c.isalnum() or c in "+-." for c in text)


def _host(text: str) -> str | None:
    """Give host and port in one spelling, ``None`` where there is no host in *text*."""
    host, _, port = (text, "", "") if ":" not in text.rpartition("]")[2] else text.rpartition(":")
    sound = not port or (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65535)
    if "@" in text or not sound:
        return None
    name = _literal(host[1:-1]) if host.startswith("[") and host.endswith("]") else _name(host)
    return f"{name}:{port}" if name and port else name


def _literal(text: str) -> str | None:
    try:
        return f"[{parse_address(text)}]"
    except RegistryError:
        return None


def _name(text: str) -> str | None:
    try:
        return ascii_name(text)
    except RegistryError:
        return None


def _escaped(text: str) -> str:
    shown = quote(text.encode("utf-8", "surrogatepass"), safe=_URL_CHARACTERS)
    parts = shown.split("%")
    return parts[0] + "".join(
        f"%{part}" if len(part) > 1 and set(part[:2]) <= _HEX else f"%25{part}"
        for part in parts[1:]
    )
