"""Lines of an answer: clean text, one key and one value on each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar, cast

__all__ = ["CONTROL", "clean", "cleaned", "encoded", "encoded_if_clean", "put", "timestamp"]

T = TypeVar("T")

# conformance.md 6.1.9: C0, DEL, C1 with U+0085, and the two Unicode line ends.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ASCII_CONTROLS = bytes((*range(0x20), 0x7F))
_SURROGATE = re.compile("[\ud800-\udfff]")  # can't be written as UTF-8


def clean(text: str) -> str:
    """Give *text* as it may stand on a line: no control character, no blanks around it.

    A control character becomes a blank, a lone surrogate U+FFFD.
    """
    if text.isprintable():  # nearly always; the two passes below cost ten times as much
        return text.strip()
    return _SURROGATE.sub("\ufffd", CONTROL.sub(" ", text)).strip()


def cleaned(value: T) -> T:
    """Give a published *value* with every text in it as :func:`clean` gives it."""
    if isinstance(value, str):
        return cast("T", clean(value))
    if isinstance(value, tuple):
        return cast("T", tuple(cleaned(each) for each in value))
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: cleaned(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **changes)
    return value


def encoded(lines: Iterable[str]) -> bytes:
    """Give *lines*, which are clean, as they go out."""
    # conformance.md 6.1.3: CR LF everywhere; 6.1.8: no byte order mark.
    return "".join(f"{line}\r\n" for line in lines).encode()


def encoded_if_clean(lines: Sequence[str]) -> bytes | None:
    """Give *lines*, each a key and a value as it came, as :func:`encoded` does.

    ``None`` where one of the values needs :func:`clean`; a value with two blanks after a
    colon is taken for such a one too. The whole text is looked through at once: 3 µs, where
    forty values take 10 one by one.
    """
    text = "\r\n".join(lines) + "\r\n"
    # Of what is printable only the blank goes from the ends of a value.
    if ":  " in text or " \r" in text:
        return None
    if not text.isascii() and not "".join([x for x in lines if not x.isascii()]).isprintable():
        return None  # before it is encoded: a surrogate can't be
    raw = text.encode()
    controls = len(raw) - len(raw.translate(None, _ASCII_CONTROLS))
    return raw if controls == 2 * len(lines) else None


def put(lines: list[str], key: str, value: str | None) -> None:
    """Add the line of *key* to *lines*, unless there is no value to show.

    A client would read the next line as the value of an empty key, so such a
    key is left out (D-24, conformance.md 11.2.1).
    """
    if value and (shown := clean(value)):
        lines.append(f"{key}: {shown}")


def timestamp(moment: datetime) -> str:
    """Spell the aware *moment* in UTC, with a fraction only where there is one.

    >>> timestamp(datetime(2009, 4, 3, 22, 0, 0, 123000, UTC))
    '2009-04-03T22:00:00.123Z'
    """
    # conformance.md 6.3.6
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    text = moment.isoformat().removesuffix("+00:00")
    return f"{text.rstrip('0') if moment.microsecond else text}Z"
