"""Text that goes into a page: stored values cleaned, addresses as links."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

__all__ = ["clean", "instant", "mail_url", "phone_url"]

# Controls and line separators; the directions that could reorder what stands around a value.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # can't be written as UTF-8
_PHONE = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}", re.ASCII)  # RFC 5733 §2.5


def clean(text: str) -> str:
    r"""Give *text* as it may stand on a page: no control characters, no blanks around it.

    >>> clean("two\r\nlines ")
    'two  lines'
    """
    if text.isprintable():
        return text.strip()
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).strip()


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
