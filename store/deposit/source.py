"""The bytes of a deposit: a plain or gzip-compressed stream, in bounded pieces."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from store.deposit.defects import Defect, DepositDefect

__all__ = ["pieces"]

PIECE = 64 * 1024
_GZIP = b"\x1f\x8b"  # RFC 1952 §2.3.1
_WRAPPED = 31  # zlib's number for a gzip wrapper with the largest window

# Deposits compress some 10 to 60 times. DEFLATE can reach 1032 to 1: what inflates far
# beyond a deposit's ratio is a bomb, and costs time even where it costs no memory.
MOST_RATIO = 200
FREE_OUTPUT = 16 * 1024 * 1024


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Give the deposit in *stream* piece by piece, unpacked if it is gzip by its first bytes.

    Raises:
        DepositDefect: ``not-well-formed`` if the compressed form is broken or cut off,
            ``too-large`` if it inflates beyond all measure.
    """
    first = _read(stream)
    while first and len(first) < len(_GZIP) and (more := _read(stream)):
        first += more
    compressed = _plain(first, stream)
    yield from _inflated(compressed) if first.startswith(_GZIP) else compressed


def _read(stream: BinaryIO) -> bytes:
    return stream.read(PIECE) or b""


def _plain(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    while first:
        yield first
        first = _read(stream)


def _inflated(compressed: Iterator[bytes]) -> Iterator[bytes]:
    taken = given = 0
    member = zlib.decompressobj(_WRAPPED)
    for piece in compressed:
        taken += len(piece)
        rest = piece
        while rest:
            if member.eof:  # RFC 1952 §2.2: members follow one another
                rest = rest.lstrip(b"\0")  # padding of tapes and blocks
                if not rest:
                    break
                member = zlib.decompressobj(_WRAPPED)
            unpacked = _step(member, rest)
            given += len(unpacked)
            if given > FREE_OUTPUT and given > MOST_RATIO * taken:
                raise DepositDefect(
                    Defect.TOO_LARGE,
                    f"the gzip file inflates more than {MOST_RATIO} times; unpack it by hand"
                    " if it is good",
                )
            if unpacked:
                yield unpacked
            rest = member.unconsumed_tail if not member.eof else member.unused_data
            if not rest and not member.eof:
                # The window may still hold output that did not fit.
                while unpacked := _step(member, b""):
                    given += len(unpacked)
                    yield unpacked
    if not member.eof:
        raise DepositDefect(Defect.NOT_WELL_FORMED, "the gzip file is cut off")


def _step(member: zlib._Decompress, compressed: bytes) -> bytes:
    try:
        return member.decompress(compressed, PIECE)
    except zlib.error as error:
        raise DepositDefect(Defect.NOT_WELL_FORMED, "the gzip file is broken") from error
