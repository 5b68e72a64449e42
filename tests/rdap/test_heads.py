"""Requests told apart in a stream of bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.heads import LONGEST_START, Heads

FIRST = b"GET /domain/shop.example HTTP/1.1\r\nHost: x\r\n\r\n"
SECOND = "HEAD /domain/bücher.example HTTP/1.1\r\nHost: ü\r\n\r\n".encode()
ENCODED = "HEAD /domain/b%C3%BCcher.example HTTP/1.1\r\nHost: ü\r\n\r\n".encode()


def requests(heads: Heads, *segments: bytes) -> list[tuple[bytes, bytes]]:
    """Give each request's start and all its bytes, however *segments* cut them."""
    found: list[tuple[bytes, bytes]] = []
    going_on = False
    for segment in segments:
        at = 0
        while at < len(segment):
            piece, at = heads.take(segment, at)
            if not piece:
                continue
            before = found.pop()[1] if going_on else b""
            found.append((heads.start, before + piece))
            going_on = heads.inside
    return found


@given(st.lists(st.integers(0, 110), max_size=6).map(sorted))
def test_requests_are_told_apart_however_they_are_cut(cuts: list[int]) -> None:
    """RFC 9112 §2.2, §9.3.2: two requests with empty lines around, in any segments."""
    stream = b"\r\n" + FIRST + b"\r\n\r\n" + SECOND + b"GET"
    ends = [*cuts, len(stream)]
    segments = [stream[a:b] for a, b in zip([0, *cuts], ends, strict=True)]
    expected = [(FIRST, FIRST), (ENCODED, ENCODED), (b"GET", b"GET")]
    assert requests(Heads(), *segments) == expected


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_ascii_goes_through_as_it_came(segments: list[bytes]) -> None:
    """Nothing but empty lines is left out, and nothing is held back."""
    plain = [bytes(byte & 0x7F for byte in segment) for segment in segments]
    through = b"".join(piece for _, piece in requests(Heads(), *plain))
    assert through.replace(b"\r", b"").replace(b"\n", b"") == b"".join(plain).replace(
        b"\r", b""
    ).replace(b"\n", b"")


@pytest.mark.parametrize("line", [b"G\xc3\xa9T / HTTP/1.1\r\n", b"\xff\xfe\r\n", b"\x80" * 600])
def test_a_method_is_never_rewritten(line: bytes) -> None:
    """What is no request is refused as it came."""
    assert Heads().take(line, 0) == (line, len(line))


def test_what_is_kept_of_a_start_is_bounded() -> None:
    """However long a request is and however it comes."""
    heads = Heads()
    for _ in range(1000):
        heads.take(b"a", 0)
    assert heads.start == b"a" * LONGEST_START


def test_bodies_go_through_as_they_came() -> None:
    """After a request with a body the stream isn't followed any more."""
    heads = Heads()
    heads.take(FIRST, 0)
    heads.pass_over()
    assert heads.take(b"\r\n" + SECOND + FIRST, 0) == (
        b"\r\n" + SECOND + FIRST,
        len(SECOND + FIRST) + 2,
    )
    assert not heads.inside
