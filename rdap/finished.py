"""Finished responses: head and body as one run of bytes, ready to be written.

Two things in them change while the answer doesn't: the instant of the store's last change,
and the date. Their places are known, so new ones are put in where they stand, and the bytes
kept until the next second or commit. A third is the URL in the links, which is that of the
usual spelling; for who asked in another one it is put in on the way out.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime
from email.utils import formatdate
from time import time

from rdap.accounts import Account
from rdap.negotiation import WORTH_GZIP
from rdap.replies import ASKED, Drawn, Reply
from rdap.responses import head_fields, in_gzip, pack
from rdap.text import instant
from rdap.validators import stamp_span, weak_tag

__all__ = ["Edition", "Editions", "Finished", "Packed", "closing", "whole"]

_OBJECTS = 400  # bytes that the parts of a finished response take beside its texts
_DATE = 29  # octets of a date (RFC 9110 §5.6.7), the last field of a head
_END = 4  # octets of the line end and the empty line behind it


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
    """The response to a look-up in its usual spelling, for GET; ``head`` bytes are its head.

    ``ready`` belongs to ``edition``.
    """

    __slots__ = (
        *("_fixed", "_gaps", "_stamp", "_stamp_end", "_url", "account", "edition"),
        *("_tried", "head", "ready", "status"),
    )

    edition: Edition
    head: int
    ready: bytes

    def __init__(self, drawn: Drawn, url: bytes, edition: Edition) -> None:
        """Finish *drawn*; *url* is that of the usual spelling."""
        pieces = drawn.raw.split(ASKED)
        body = url.join(pieces)
        self._gaps = array("I", map(len, pieces))  # before, between and behind the places of *url*
        self._url = len(url)
        self.account = drawn.account
        self.status = drawn.status
        self._tried = edition
        tag = weak_tag(body) if drawn.status == 200 else None
        fields = head_fields(drawn.status, tag=tag)
        self._fixed = len(fields)
        self._stamp, self._stamp_end = stamp_span(body) or (-1, -1)
        self._put(fields, body, edition)

    @property
    def size(self) -> int:
        """Give the bytes that this takes in memory."""
        return len(self.ready) + 4 * len(self._gaps) + _OBJECTS

    @property
    def body(self) -> bytes:
        """Give the body alone."""
        return self.ready[self.head :]

    @property
    def fields(self) -> bytes:
        """Give the beginning of the head, up to the length of the body."""
        return self.ready[: self._fixed]

    @property
    def is_worth_gzip(self) -> bool:
        """Tell whether the body is long enough to be packed."""
        return len(self.ready) - self.head >= WORTH_GZIP

    def at(self, edition: Edition) -> bytes:
        """Give the whole response, of *edition* from now on."""
        if self.edition is not edition:
            text, start, end = edition.stamp_text, self._stamp, self._stamp_end
            if start < 0 or not text:
                self._put(self.fields, self.body, edition)
            elif len(text) == end - start:
                # With edits running, each is another edition: in place, a fifth of the time.
                self.ready = b"".join(self._renewed(edition))
                self.edition = edition
            else:
                body = b"%b%b%b" % (self.body[:start], text, self.body[end:])
                self._move_stamp(start + len(text))
                self._put(self.fields, body, edition)
        return self.ready

    def parts(self, edition: Edition) -> Sequence[bytes | memoryview]:
        """Give the whole response, of *edition*, in parts.

        With edits running each time may be another edition, and most of the bytes needn't be
        copied for it. What is asked for twice in one is made ready.
        """
        text, start, end = edition.stamp_text, self._stamp, self._stamp_end
        if self._tried is edition or not text or len(text) != end - start:
            return (self.at(edition),)
        self._tried = edition
        return self._renewed(edition)

    def spelled(self, url: bytes, edition: Edition) -> Reply:
        """Give the reply to who asked at *url*."""
        self.at(edition)
        body, at = self.body, 0
        pieces = []
        for gap in self._gaps:
            pieces.append(body[at : at + gap])
            at += gap + self._url
        body = url.join(pieces)
        tag = weak_tag(body) if self.status == 200 else None
        return Reply(self.status, body, tag, account=self.account)

    def _renewed(self, edition: Edition) -> tuple[bytes, memoryview]:
        """Give the response of *edition*, up to its stamp's end, which stays there, and behind."""
        was, head = memoryview(self.ready), self.head
        before, behind = was[: head - _END - _DATE], was[head - _END : head + self._stamp]
        renewed = b"".join((before, edition.date, behind, edition.stamp_text))
        return renewed, was[head + self._stamp_end :]

    def _put(self, fields: bytes, body: bytes, edition: Edition) -> None:
        self.ready, self.head = _composed(fields, body, edition)
        self.edition = edition

    def _move_stamp(self, end: int) -> None:
        moved = end - self._stamp_end
        if moved:
            at = 0
            for place, gap in enumerate(self._gaps):
                if self._stamp < at + gap:
                    self._gaps[place] += moved
                    break
                at += gap + self._url
            self._stamp_end = end


class Packed:
    """A finished response whose body goes out in gzip; ``ready`` belongs to ``edition``."""

    __slots__ = ("_body", "_plain", "_stamp", "edition", "head", "ready")

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
        return self._plain.size + len(self._body) + len(self.ready) + _OBJECTS

    def at(self, edition: Edition) -> bytes:
        """Give the whole response, of *edition* from now on."""
        if self.edition is not edition:
            if edition.stamp is None or edition.stamp_text == self._stamp:
                self._put(edition)
            else:
                self._pack(edition)
        return self.ready

    def parts(self, edition: Edition) -> Sequence[bytes]:
        """Give the whole response, of *edition*: packed, it has one part."""
        return (self.at(edition),)

    def spelled(self, url: bytes, edition: Edition) -> Reply:
        """Give the reply to who asked at *url*, not packed yet."""
        return self._plain.spelled(url, edition)

    def _pack(self, edition: Edition) -> None:
        self._plain.at(edition)
        self._body = pack(self._plain.body)
        self._stamp = edition.stamp_text
        self._put(edition)

    def _put(self, edition: Edition) -> None:
        fields = in_gzip(self._plain.fields)
        self.ready, self.head = _composed(fields, self._body, edition)
        self.edition = edition


def whole(reply: Reply, edition: Edition, *, gzip: bool) -> tuple[bytes, int]:
    """Give the response for *reply* and the length of its head; *gzip*: the client takes it."""
    fields = head_fields(reply.status, tag=reply.tag, retry_after=reply.retry_after)
    body = reply.body
    if gzip and len(body) >= WORTH_GZIP:
        fields, body = in_gzip(fields), pack(body)
    return _composed(fields, body, edition)


def closing(response: bytes, head: int) -> bytes:
    """Have *response*, whose head is *head* bytes long, say that the connection ends."""
    return b"%bConnection: close\r\n\r\n%b" % (response[: head - 2], response[head:])


def _composed(fields: bytes, body: bytes, edition: Edition) -> tuple[bytes, int]:
    head = b"%b%d\r\nDate: %b\r\n\r\n" % (fields, len(body), edition.date)
    return head + body, len(head)
