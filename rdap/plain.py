"""Plain requests: which ones the front answers, and what their header fields say.

A block of header fields says the same whoever sends it and however often, so what one says
is remembered by its bytes. Whatever is unusual isn't plain: HTTP has more cases than the
front wants to know, and the ordinary path knows them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdap.negotiation import WORTH_GZIP, accepted_extensions, smallest_gzip

__all__ = [
    "END",
    "LONGEST",
    "VERSION",
    "Block",
    "Blocks",
    "parse_line",
    "read_block",
    "unfinished_line",
]

END = b"\r\n\r\n"
VERSION = b" HTTP/1.1"
LONGEST = 4096  # bytes of a plain request
MOST_FIELDS = 64

_REMEMBERED = 512  # blocks; what clients send differs less than the clients
_LONGEST_REMEMBERED = 1024  # bytes; browsers send some 600

# Letters that a URL may hold anyway; no address of another host, no fragment.
# All possessive: nobody can make a pattern try again what it has read.
_TARGET = rb"/(?!/)[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*+"
_LINE = re.compile(rb"(GET|HEAD) (" + _TARGET + rb") HTTP/1\.1")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]++):([ -~\t]*+)")
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]++")
_TEXT = bytes([9, *range(32, 127)])

# Lists that may come in several lines; of all other fields there is one (RFC 9110 §5.3).
_LISTS = frozenset({"accept", "accept-encoding", "forwarded", "via", "x-forwarded-for"})
_UNUSUAL = frozenset({"expect", "http2-settings", "te", "trailer", "transfer-encoding", "upgrade"})
_UNUSUAL_BEGINNINGS = ("content-", "if-", "sec-websocket")


@dataclass(frozen=True, slots=True)
class Block:
    """What the header fields of a plain request say.

    ``letter`` tells apart the forms of one answer. ``forwarded`` are the lines of the field
    that names the client. ``last``: the client wants the connection closed.
    """

    letter: bytes
    extensions: frozenset[str]
    gzip: bool
    forwarded: tuple[str, ...]
    last: bool


class Blocks:
    """Header blocks that were read before, in bounded memory: the newest ones."""

    __slots__ = ("_client_field", "_known")

    def __init__(self, client_field: str) -> None:
        self._client_field = client_field
        self._known: dict[bytes, Block] = {}

    def __len__(self) -> int:
        return len(self._known)

    def known(self, fields: bytes) -> Block | None:
        """Give what *fields*, ended by an empty line, are remembered to say."""
        return self._known.get(fields)

    def read(self, fields: bytes) -> Block | None:
        """Give what *fields*, ended by an empty line, say; ``None``: not plain."""
        block = self._known.get(fields)
        if block is None:
            block = read_block(fields, self._client_field)
            if block is not None and len(fields) <= _LONGEST_REMEMBERED:
                if len(self._known) >= _REMEMBERED:
                    del self._known[next(iter(self._known))]
                self._known[fields] = block
        return block


def read_block(fields: bytes, client_field: str) -> Block | None:
    """Read header *fields*, ended by an empty line; ``None`` if anything in them is unusual."""
    found: dict[str, list[str]] = {}
    lines = fields[: -len(END)].split(b"\r\n")
    if len(lines) > MOST_FIELDS:
        return None
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None:
            return None
        value = match[2].decode("ascii").strip(" \t")
        found.setdefault(match[1].decode("ascii").lower(), []).append(value)
    if not _is_usual(found):
        return None
    connection = "".join(found.get("connection", ())).lower()
    smallest = smallest_gzip(", ".join(found.get("accept-encoding", ())))
    if connection not in {"", "keep-alive", "close"} or smallest == 0:
        return None
    gzip = smallest == WORTH_GZIP
    extensions = accepted_extensions(", ".join(found.get("accept", ())))
    letter = (b"RP", b"RZ")[gzip] + (b"j" if "jscontact" in extensions else b"")
    forwarded = tuple(found.get(client_field, ()))
    return Block(letter, extensions, gzip, forwarded, connection == "close")


def _is_usual(found: dict[str, list[str]]) -> bool:
    host = found.get("host", ())
    return (
        len(host) == 1
        and _HOST.fullmatch(host[0]) is not None
        and not any(
            (len(lines) > 1 and name not in _LISTS)
            or name in _UNUSUAL
            or name.startswith(_UNUSUAL_BEGINNINGS)
            for name, lines in found.items()
        )
    )


def parse_line(line: bytes) -> tuple[bool, bytes] | None:
    """Give whether a request *line* asks for the head alone, and its target; ``None``: not plain.

    >>> parse_line(b"GET /help HTTP/1.1")
    (False, b'/help')
    """
    match = _LINE.fullmatch(line)
    return None if match is None else (match[1] == b"HEAD", match[2])


def unfinished_line(beginning: bytes, at: int = 0) -> int | None:
    r"""Give where the last line of the *beginning* of a plain request begins.

    The lines before *at*, which is what this gave of a shorter beginning, are not looked at
    again: else a client that sends its request in many pieces has it read as many times.
    ``None``: no plain request begins like this, which is seen long before it is whole.

    >>> unfinished_line(b"GE"), unfinished_line(b"GET / HTTP/1.1\r\nHo")
    (0, 16)
    >>> unfinished_line(b"POST"), unfinished_line(b"GET / HTTP/1.1\nA")
    (None, None)
    """
    if len(beginning) > LONGEST or beginning.count(b"\r\n") > 1 + MOST_FIELDS:
        return None
    *lines, rest = beginning[at:].split(b"\r\n")
    if rest.removesuffix(b"\r").translate(None, _TEXT):
        return None
    if at == 0:
        if not lines:
            begins = b"GET /".startswith(rest[:5]) or b"HEAD /".startswith(rest[:6])
            return 0 if begins else None
        if parse_line(lines.pop(0)) is None:
            return None
    return len(beginning) - len(rest) if all(map(_FIELD.fullmatch, lines)) else None
