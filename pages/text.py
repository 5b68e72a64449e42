"""Text that goes into a page: stored values cleaned, URLs that may be followed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

__all__ = ["clean", "instant", "mail_url", "phone_url", "web_url"]

# Controls and line separators; the directions that could reorder what stands around a value.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # can't be written as UTF-8
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PHONE = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}", re.ASCII)  # RFC 5733 §2.5


def clean(text: str) -> str:
    r"""Give *text* as it may stand on a page: no control characters, no blanks around it.

    >>> clean("two\r\nlines ")
    'two  lines'
    """
    if text.isprintable():
        return text.strip()
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).strip()


def web_url(text: str | None) -> str | None:
    """Give *text* as an http(s) URL that a link may lead to, or ``None``.

    A web site without a scheme is taken for http. Anything else that a browser would
    run or open (``javascript:``, ``data:``) is none.

    >>> web_url("www.registrar.example")
    'http://www.registrar.example'
    """
    url = clean(text or "")
    if url and not _SCHEME.match(url):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        sound = parts.port != 0 and parts.username is None
    except ValueError:
        return None
    if not sound or parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return url if not set(url) & set(" \"<>\\^`{|}'") else None


def mail_url(address: str) -> str | None:
    """Give the ``mailto:`` URL of *address* (RFC 6068), or ``None`` where it is no address."""
    local, at, host = address.rpartition("@")
    if not at or not local or not host:
        return None
    return f"mailto:{quote(local.encode('utf-8', 'replace'))}@{quote(host)}"


def phone_url(number: str) -> str | None:
    """Give the ``tel:`` URL (RFC 3966) of a *number* in EPP's form, or ``None``.

    >>> phone_url("+64.211234567")
    'tel:+64211234567'
    """
    return f"tel:{number.replace('.', '')}" if _PHONE.fullmatch(number) else None


def instant(moment: datetime) -> str:
    """Write the aware *moment* in UTC by RFC 3339, a fraction only where there is one.

    >>> instant(datetime(2009, 4, 3, 22, 0, 0, 120_000, tzinfo=UTC))
    '2009-04-03T22:00:00.12Z'
    """
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if moment.microsecond else text}Z"
