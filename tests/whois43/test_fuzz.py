"""Any bytes in any pieces, through real sockets: one reply, and an end."""

from __future__ import annotations

import asyncio
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from store.queries import Answer, FindHelp, FindRegistrar, ListHosts, Query
from tests.published_values import a_domain, a_help, a_host, a_registrar, absent, found
from tests.whois43.fakes import FakeReader, serving
from whois43.answering import Answering
from whois43.connection import MOST_OCTETS
from whois43.render import TOO_LONG

CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")

WORDS = st.sampled_from(
    [
        *(b"shop.example", b"domain ", b"nameserver ", b"registrar ", b"help", b"?", b"192.0.2.1"),
        *(b"-C latin1 ", b"-C US-ASCII ", b"--charset=utf-8 ", b"-T dn,ace ", b'"', b" ", b"\t"),
        *(b"b\xfccher.example", "bücher.example".encode(), b"\xef\xbb\xbf", b"x" * MOST_OCTETS),
        *(b"\r", b"\n", b"\r\n", b"\x00", b"\xff\xf4"),
    ]
)
SEGMENTS = st.lists(
    st.one_of(WORDS, st.binary(min_size=1, max_size=20), st.just(b"\r\n")), max_size=6
)


def answer(query: Query) -> Answer:
    """Answer each kind of question with a record of its kind."""
    if getattr(query, "name", None) == "shop.example":
        return found(a_domain())
    match query:
        case FindHelp():
            return found(a_help())
        case ListHosts():
            return found((a_host(), a_host("ns2.shop.example")))
        case FindRegistrar():
            return found(a_registrar())
        case _:
            return absent(name=getattr(query, "name", None))


def a_reader() -> FakeReader:
    """Give a reader that knows every record."""
    reader = FakeReader()
    reader.answers = answer
    return reader


async def owed(sent: bytes) -> bytes:
    """Say what a client that sent just this and ended its stream is to get."""
    line = re.split(b"[\r\n]", sent, maxsplit=1)[0]
    if len(line) > MOST_OCTETS:
        return TOO_LONG
    # A stream that ended without an octet is a port probe.
    return (await Answering(a_reader()).reply(line)).finished.text if sent else b""


async def exchange(segments: list[bytes]) -> tuple[bytes, bytes]:
    """Send *segments* one by one; give what came until the end, and what was owed."""
    async with serving() as served:
        served.reader.answers = answer
        reply = await served.ask(*segments, half_close=True)
    return reply, await owed(b"".join(segments))


@settings(deadline=None, max_examples=120)
@given(SEGMENTS)
def test_any_bytes_in_any_pieces_get_one_reply_and_an_end(segments: list[bytes]) -> None:
    """The first line alone is answered, however it was cut, and the stream ends after it."""
    reply, expected = asyncio.run(exchange(segments))
    assert reply == expected
    if reply:
        assert reply.endswith(b"\r\n")
        assert reply.count(b"\r") == reply.count(b"\n") == reply.count(b"\r\n")
        # Latin-1 reads any bytes; UTF-8 has its own octets in the range of C1.
        text = reply.decode("utf-8", "replace")
        assert not CONTROL.search(text)
