"""Lines of an answer: clean text, one key and one value on each."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from store.published import Field, Withheld

__all__ = ["CONTROL", "clean", "put", "put_field", "timestamp"]

# conformance.md 6.1.9: C0, DEL, C1 with U+0085, and the two Unicode line ends.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # can't be written as UTF-8


def clean(text: str) -> str:
    """Give *text* as it may stand on a line: no control character, no blanks around it.

    A control character becomes a blank, a lone surrogate U+FFFD.
    """
    if text.isprintable():  # nearly always; the two passes below cost ten times as much
        return text.strip()
    return _SURROGATE.sub("\ufffd", CONTROL.sub(" ", text)).strip()


def put(lines: list[str], key: str, value: str | None) -> None:
    """Add the line of *key* to *lines*, unless there is no value to show.

    A client would read the next line as the value of an empty key, so such a
    key is left out (D-24, conformance.md 11.2.1).
    """
    if value and (shown := clean(value)):
        lines.append(f"{key}: {shown}")


def put_field(lines: list[str], key: str, field: Field, redaction: str) -> None:
    """Add the line of *key*, with the wording *redaction* for a withheld value (7.5, D-22)."""
    put(lines, key, redaction if isinstance(field, Withheld) else field)


def timestamp(moment: datetime) -> str:
    """Spell the aware *moment* in UTC, with a fraction only where there is one.

    >>> timestamp(datetime(2009, 4, 3, 22, 0, 0, 123000, UTC))
    '2009-04-03T22:00:00.123Z'
    """
    # conformance.md 6.3.6
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if moment.microsecond else text}Z"
