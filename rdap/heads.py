"""Where one request ends and the next begins, in the bytes of a client."""

from __future__ import annotations

import re

__all__ = ["LONGEST_START", "Heads"]

LONGEST_START = 256  # bytes kept of a request's beginning

_EMPTY_LINES = re.compile(rb"[\r\n]*")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_END = b"\r\n\r\n"


class Heads:
    """Follows a client's stream from head to head, whatever segments it comes in.

    ``start`` is how the current request begins. A piece holds bytes of one request
    alone, so what the parser says of it is said of this request. Raw bytes of a
    request's target are percent-encoded on the way: many clients send UTF-8 as it
    is, and the parser refuses it. Nothing is held back, so nothing has to be bounded.
    """

    __slots__ = ("_in_line", "_inside", "_tail", "_verbatim", "start")

    def __init__(self) -> None:
        self.start = b""
        self._inside = False  # a head has begun and has not ended
        self._in_line = False  # the request line has not ended
        self._tail = b""  # the last bytes of the current head
        self._verbatim = False

    @property
    def inside(self) -> bool:
        """Tell whether a head has begun and has not ended."""
        return self._inside

    @property
    def has_preface(self) -> bool:
        """Tell whether the last head has ended and is how HTTP/2 begins (RFC 9113 §3.4)."""
        return not self._inside and self.start.startswith(b"PRI ")

    def pass_over(self) -> None:
        """Give all that follows as it comes: a body's end is the parser's to find."""
        self._verbatim = True
        self._inside = False

    def take(self, segment: bytes, at: int) -> tuple[bytes, int]:
        r"""Give what *segment* holds of one request from *at* on, and where to go on.

        Empty lines before a request are left out (RFC 9112 §2.2).

        >>> Heads().take(b"GET /\xc3\xbc HTTP/1.1\r\n\r\nGET", 0)
        (b'GET /%C3%BC HTTP/1.1\r\n\r\n', 20)
        """
        if self._verbatim:
            self.start = segment[at : at + LONGEST_START]
            return segment[at:], len(segment)
        if not self._inside:
            match = _EMPTY_LINES.match(segment, at)
            at = at if match is None else match.end()
            if at == len(segment):
                return b"", at
            self._inside = self._in_line = True
            self.start = self._tail = b""
        end = self._end(segment, at)
        piece = segment[at:end]
        self._tail = (self._tail + piece[-3:])[-3:]
        if self._in_line:
            piece = self._escaped(piece)
        if len(self.start) < LONGEST_START:
            self.start = (self.start + piece[:LONGEST_START])[:LONGEST_START]
        return piece, end

    def _end(self, segment: bytes, at: int) -> int:
        """Find the end of the current head, which may lie across segments, or of *segment*."""
        across = (self._tail + segment[at : at + 3]).find(_END)
        if across >= 0:
            self._inside = False
            return at + across + len(_END) - len(self._tail)
        found = segment.find(_END, at)
        if found < 0:
            return len(segment)
        self._inside = False
        return found + len(_END)

    def _escaped(self, piece: bytes) -> bytes:
        """Percent-encode what is not ASCII after the method, up to the end of the line."""
        line_end = piece.find(b"\n") + 1
        self._in_line = line_end == 0
        if piece.isascii():
            return piece
        stop = line_end or len(piece)
        blank = 0 if b" " in self.start else piece.find(b" ", 0, stop)
        if blank < 0:
            return piece
        target = _NOT_ASCII.sub(lambda match: b"%%%02X" % match[0][0], piece[blank:stop])
        return piece[:blank] + target + piece[stop:]
