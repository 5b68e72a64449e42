"""Finished responses: head and body, ready to be written.

Two things in them change while the answer doesn't: the instant of the store's last change,
and the date. Both stand near the beginning, which is put together anew after each second or
commit; the bytes behind stay. A third is the URL in the links, which is that of the
usual spelling; for who asked in another one it is put in on the way out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import datetime
from email.utils import formatdate
from time import time

from rdap.accounts import Account
from rdap.negotiation import WORTH_GZIP
from rdap.replies import ASKED, Drawn, Reply
from rdap.responses import head_fields, in_gzip, pack
from rdap.text import instant
from rdap.validators import stamp_span, weak_tag_around

__all__ = ["Edition", "Editions", "Finished", "Packed", "closing", "whole"]

_OBJECTS = 560  # bytes that the parts of a finished response take beside its texts


class Edition:
    """The store's last change and the present second, as responses have them."""

    __slots__ = ("date", "second", "stamp", "stamp_text")

    def __init__(self, stamp: datetime | None, second: int, date: bytes) -> None:
        self.stamp = stamp
        self.second = second
        self.date = date
        self.stamp_text = b"" if stamp is None else instant(stamp).encode("ascii")


class Editions:
    """Gives the edition of now: the same object until the second or the stamp is another."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last = Edition(None, 0, b"")

    def now(self, stamp: datetime | None) -> Edition:
        """Give the present edition, *stamp* being the instant of the store's last change."""
        last, second = self._last, int(time())
        if last.second == second and (last.stamp is stamp or last.stamp == stamp):
            return last
        date = last.date
        if last.second != second:
            date = formatdate(second, usegmt=True).encode("ascii")
        self._last = Edition(stamp, second, date)
        return self._last


class Finished:
    """The response to a look-up in its usual spelling, for GET.

    ``parts`` are its bytes in ``edition``: those up to the end of the stamp, and those behind
    it, which an edit leaves as they are; or all in one, once it was asked for in a later second
    with the same stamp, or has none. ``head`` bytes of the first are its head.
    """

    __slots__ = (
        *("_before", "_behind", "_fields", "_gaps_before", "_gaps_behind", "_stamp", "_url"),
        *("account", "edition", "head", "parts", "status"),
    )

    edition: Edition
    head: int
    parts: tuple[bytes, ...]

    def __init__(self, drawn: Drawn, url: bytes, edition: Edition) -> None:
        """Finish *drawn* in *edition*; *url* is that of the usual spelling."""
        raw = drawn.raw
        start, end = stamp_span(raw) or (0, 0)
        before, behind = raw[:start].split(ASKED), raw[end:].split(ASKED)
        # Between and beside the places of *url*.
        self._gaps_before, self._gaps_behind = _lengths(before), _lengths(behind)
        self._before, rest = url.join(before), url.join(behind)
        self._behind = len(rest)
        self._stamp = (edition.stamp_text or raw[start:end]) if end else b""
        self._url = len(url)
        self.account = drawn.account
        self.status = drawn.status
        found = drawn.status == 200
        tag = weak_tag_around(self._before, rest) if found else None
        self._fields = head_fields(drawn.status, tag=tag)
        self._put(rest, edition)

    @property
    def size(self) -> int:
        """Give the bytes that this takes in memory."""
        text = len(self._before) + len(self._fields) + sum(map(len, self.parts))
        return text + 4 * (len(self._gaps_before) + len(self._gaps_behind)) + _OBJECTS

    @property
    def body(self) -> bytes:
        """Give the body alone."""
        return b"".join(self.parts)[self.head :]

    @property
    def fields(self) -> bytes:
        """Give the beginning of the head, up to the length of the body."""
        return self._fields

    @property
    def is_worth_gzip(self) -> bool:
        """Tell whether the body is long enough to be packed."""
        return len(self._before) + len(self._stamp) + self._behind >= WORTH_GZIP

    def at(self, edition: Edition) -> tuple[bytes, ...]:
        """Give the parts in *edition*, another than they are of; from now on they are of it.

        With edits running each time may be another one: from the second in a row on, the
        bytes behind the stamp aren't touched.
        """
        rest = self._rest
        if edition.stamp_text and self._stamp != edition.stamp_text and self._stamp:
            self._stamp = edition.stamp_text
            self._put(rest, edition)
        else:  # one part takes less to send than two
            self._put(rest, edition)
            self.parts = (b"".join(self.parts),)
        return self.parts

    @property
    def _rest(self) -> bytes:
        """What stands behind the stamp."""
        last = self.parts[-1]
        return last if len(last) == self._behind else last[len(last) - self._behind :]

    def _put(self, rest: bytes, edition: Edition) -> None:
        before, stamp = self._before, self._stamp
        length = len(before) + len(stamp) + len(rest)
        front = b"%b%d\r\nDate: %b\r\n\r\n%b%b" % (
            *(self._fields, length, edition.date, before, stamp),
        )
        self.head = len(front) - len(before) - len(stamp)
        self.parts = (front, rest)
        self.edition = edition

    def spelled(self, url: bytes, edition: Edition) -> Reply:
        """Give the reply to who asked at *url*."""
        if self.edition is not edition:
            self.at(edition)
        before = url.join(_cut(self._before, self._gaps_before, self._url))
        behind = url.join(_cut(self._rest, self._gaps_behind, self._url))
        tag = weak_tag_around(before, behind) if self.status == 200 else None
        body = b"%b%b%b" % (before, self._stamp, behind)
        return Reply(self.status, body, tag, account=self.account)


def _lengths(pieces: list[bytes]) -> array[int]:
    return array("I", map(len, pieces))


def _cut(text: bytes, gaps: array[int], between: int) -> Iterator[bytes]:
    """Give the pieces of *text*: those *gaps* long, with so many bytes *between* them."""
    at = 0
    for gap in gaps:
        yield text[at : at + gap]
        at += gap + between


class Packed:
    """A finished response whose body goes out in gzip; ``parts`` are its bytes in ``edition``."""

    __slots__ = ("_body", "_plain", "_stamp", "edition", "head", "parts")

    edition: Edition
    head: int
    parts: tuple[bytes, ...]

    def __init__(self, plain: Finished) -> None:
        self._plain = plain
        self._pack(plain.edition)

    @property
    def account(self) -> Account:
        """Tell what it counts as."""
        return self._plain.account

    @property
    def size(self) -> int:
        """Give the bytes that this takes in memory."""
        return self._plain.size + sum(map(len, self.parts)) + _OBJECTS

    def at(self, edition: Edition) -> tuple[bytes, ...]:
        """Give the parts in *edition*, another than they are of; from now on they are of it."""
        if edition.stamp is None or edition.stamp_text == self._stamp:
            self._put(edition)
        else:
            self._pack(edition)
        return self.parts

    def spelled(self, url: bytes, edition: Edition) -> Reply:
        """Give the reply to who asked at *url*, not packed yet."""
        return self._plain.spelled(url, edition)

    def _pack(self, edition: Edition) -> None:
        plain = self._plain
        if plain.edition is not edition:
            plain.at(edition)
        self._body = pack(plain.body)
        self._stamp = edition.stamp_text
        self._put(edition)

    def _put(self, edition: Edition) -> None:
        head = _head(in_gzip(self._plain.fields), self._body, edition)
        self.parts, self.head = (head, self._body), len(head)
        self.edition = edition


def whole(reply: Reply, edition: Edition, *, gzip: bool) -> tuple[tuple[bytes, ...], int]:
    """Give the response for *reply* and the length of its head; *gzip*: the client takes it.

    It has one part, or more with all of the head in the first.
    """
    fields = head_fields(reply.status, tag=reply.tag, retry_after=reply.retry_after)
    body = reply.body
    if gzip and len(body) >= WORTH_GZIP:
        fields, body = in_gzip(fields), pack(body)
    head = _head(fields, body, edition)
    return (head, body), len(head)


def closing(response: bytes, head: int) -> bytes:
    """Have *response*, whose head is *head* bytes long, say that the connection ends."""
    return b"%bConnection: close\r\n\r\n%b" % (response[: head - 2], response[head:])


def _head(fields: bytes, body: bytes, edition: Edition) -> bytes:
    return b"%b%d\r\nDate: %b\r\n\r\n" % (fields, len(body), edition.date)
