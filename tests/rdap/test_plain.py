"""Which requests are plain, and what their header fields are read to say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap import plain
from rdap.plain import (
    LONGEST,
    MOST_FIELDS,
    Blocks,
    parse_line,
    read_block,
    unfinished_line,
)

HOST = b"Host: rdap.nic.example\r\n"
PLAIN = (
    b"GET /rdap/domain/shop.example?_=1 HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n"
    b"Accept: */*\r\nUser-Agent:\tx (y; z)\r\nCookie: \r\nConnection: Keep-Alive\r\n\r\n"
)


@pytest.mark.parametrize(
    "fields",
    [
        HOST,
        b"host:x\r\n",
        HOST + b"Accept: a/b\r\nAccept: c/d\r\nVia: 1.1 x\r\nVia: 1.1 y\r\n",
        HOST + b"Connection: close\r\n",
        HOST + b"A: b\r\n" + b"".join(b"X-%d: y\r\n" % each for each in range(62)),
    ],
)
def test_usual_fields_are_plain(fields: bytes) -> None:
    """Names in any letter case, lists in several lines, values with blanks around them."""
    assert read_block(fields + b"\r\n", "x-forwarded-for") is not None


@pytest.mark.parametrize(
    "fields",
    [
        b"Accept: */*\r\n",
        HOST + HOST,
        b"Host:\r\n",
        b"Host: a b\r\n",
        HOST + b"Content-Length: 0\r\n",
        HOST + b"Transfer-Encoding: chunked\r\n",
        HOST + b"Expect: 100-continue\r\n",
        HOST + b"Upgrade: h2c\r\n",
        HOST + b"Connection: upgrade\r\n",
        HOST + b"Connection: close, x\r\n",
        HOST + b"If-None-Match: *\r\n",
        HOST + b"if-match: *\r\n",
        HOST + b"If-Modified-Since: x\r\n",
        HOST + b"User-Agent: a\r\nUser-Agent: b\r\n",
        HOST + b"Accept-Encoding: identity;q=0, gzip\r\n",
        HOST + b" folded\r\n",
        HOST + b"A : b\r\n",
        HOST + b": b\r\n",
        HOST + b"A: b\nC: d\r\n",
        HOST + b"A: b\rc\r\n",
        HOST + b"A: \x00\r\n",
        HOST + "A: ü\r\n".encode(),
        HOST + b"".join(b"X-%d: y\r\n" % each for each in range(64)),
    ],
)
def test_anything_unusual_is_not_plain(fields: bytes) -> None:
    """Bodies, conditions, upgrades, malformed fields: the ordinary path knows them."""
    assert read_block(fields + b"\r\n", "x-forwarded-for") is None


@pytest.mark.parametrize(
    "line",
    [
        *(b"POST /help HTTP/1.1", b"get /help HTTP/1.1", b"GET /help HTTP/1.0", b"GET /help"),
        *(b"GET  /help HTTP/1.1", b"GET /help HTTP/1.1 ", b"GET help HTTP/1.1", b"GET * HTTP/1.1"),
        *(b"GET //x/help HTTP/1.1", b"GET http://x/help HTTP/1.1", b"GET /a#b HTTP/1.1"),
        *(b"GET /<b> HTTP/1.1", b"GET /\xc3\xbc HTTP/1.1", b"GET /a\tb HTTP/1.1", b""),
    ],
)
def test_other_request_lines_are_not_plain(line: bytes) -> None:
    """One method or the other, one form of target, one version."""
    assert parse_line(line) is None


def test_forms_of_an_answer_have_letters_of_their_own() -> None:
    """What changes the bytes of an answer is part of its key, and nothing else is."""
    said = {
        b"",
        b"Accept-Encoding: gzip\r\n",
        b'Accept: application/rdap+json;exts_list="jscontact"\r\n',
        b'Accept: application/rdap+json;exts_list="jscontact"\r\nAccept-Encoding: gzip\r\n',
    }
    blocks = [read_block(HOST + each + b"\r\n", "x") for each in said]
    assert len({block.letter for block in blocks if block}) == len(said)
    other = read_block(HOST + b"Accept: text/html\r\nUser-Agent: x\r\n\r\n", "x")
    plain = read_block(HOST + b"\r\n", "x")
    assert other is not None
    assert plain is not None
    assert other.letter == plain.letter


def test_remembered_blocks_are_bounded() -> None:
    """Clients may send as many different ones as they like, and long ones."""
    blocks = Blocks("x-forwarded-for")
    for number in range(2000):
        assert blocks.read(HOST + b"A: %d\r\n\r\n" % number) is not None
    assert len(blocks) <= 512
    assert blocks.known(HOST + b"A: 1999\r\n\r\n") is not None
    assert blocks.known(HOST + b"A: 0\r\n\r\n") is None
    long = HOST + b"A: " + b"a" * 3000 + b"\r\n\r\n"
    assert blocks.read(long) is not None
    assert blocks.known(long) is None


def test_no_pattern_reads_a_byte_twice() -> None:
    """One short request can't hold a worker: whatever repeats without end gives nothing back."""
    patterns = [each.pattern for each in vars(plain).values() if isinstance(each, re.Pattern)]
    assert len(patterns) >= 3
    for pattern in patterns:
        text = pattern if isinstance(pattern, str) else pattern.decode("ascii")
        without_classes = re.sub(r"\[(?:\\.|[^\]\\])*\]", "x", text)
        assert re.findall(r"x[*+](?!\+)", without_classes) == []


def test_blanks_around_a_value_are_not_of_it() -> None:
    """RFC 9110 §5.5, and a value of nothing but blanks is empty."""
    block = read_block(HOST + b"Via: \t a \t b\t \r\nVia: \t \r\n\r\n", "via")
    assert block is not None
    assert block.forwarded == ("a \t b", "")


@given(st.integers(0, len(PLAIN) - 4))
def test_the_beginning_of_a_plain_request_may_be_plain(at: int) -> None:
    """However it is cut, the front waits for the rest."""
    *_, last = PLAIN[:at].split(b"\r\n")
    assert unfinished_line(PLAIN[:at]) == at - len(last)


BEGINNINGS = st.binary(max_size=60).map(lambda tail: b"GET /h HTTP/1.1\r\nHost: x\r\n" + tail)


@given(BEGINNINGS)
def test_what_can_not_become_plain_is_seen_at_once(beginning: bytes) -> None:
    """A control or a byte beyond ASCII makes every longer beginning unplain as well."""
    if unfinished_line(beginning) is not None:
        assert not set(beginning) & set(b"\x00\x7f\x80\xff")
        assert unfinished_line(beginning + b"\x00") is None
    assert unfinished_line(beginning + b"a" * LONGEST) is None


@given(BEGINNINGS, st.integers(1, 9))
def test_a_beginning_in_pieces_is_read_as_in_one(beginning: bytes, cut: int) -> None:
    """What was seen to be in order stays so, and what wasn't is never whole."""
    at = 0
    for end in range(cut, len(beginning) + cut, cut):
        line = unfinished_line(beginning[:end], at)
        if line is None:
            break
        at = line
    assert line == unfinished_line(beginning)


def test_lines_that_were_looked_at_are_not_looked_at_again() -> None:
    """A piece costs what is in it, not what came before."""
    looked_at = b"\x00" * 100
    assert unfinished_line(looked_at + b"Host: x\r\nAcc", len(looked_at)) == 109


def test_a_beginning_of_too_many_fields_is_not_plain() -> None:
    """The bound of a whole request holds for one that isn't whole yet."""
    most = b"GET /h HTTP/1.1\r\n" + b"a:\r\n" * MOST_FIELDS
    assert unfinished_line(most) == len(most)
    assert unfinished_line(most + b"a:\r\n") is None
