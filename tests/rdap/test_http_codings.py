"""Content negotiation: gzip where it pays, and no `Accept` that fails (RFC 9110 §12.5)."""

from __future__ import annotations

import gzip
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.negotiation import WORTH_GZIP, accepted_extensions, smallest_gzip
from tests.rdap.doors import Door

SHOP = "/rdap/domain/shop.example"
NONE = "/rdap/domain/none.example"


@pytest.mark.parametrize(
    ("field", "smallest"),
    [
        ("gzip", WORTH_GZIP),
        ("x-gzip", WORTH_GZIP),
        ("GZip ; Q=0.5, br", WORTH_GZIP),
        ("gzip, deflate, br, zstd", WORTH_GZIP),
        ("*", WORTH_GZIP),
        ("identity, gzip", WORTH_GZIP),
        ("identity;q=0.5, *;q=0.6", WORTH_GZIP),
        ("identity;q=0, gzip", 0),
        ("*;q=0, gzip;q=0.001", 0),
        ("identity;q=0.6, gzip;q=0.5", None),
        ("gzip;q=0", None),
        ("gzip;q=0.000, *", None),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("br", None),
        ("", None),
        (",,;q=1,", None),
        ("gzip;q=2", None),
        ("gzip;q=x", None),
        ("gzip;level=1", None),
        ("not-gzip", None),
    ],
)
def test_accept_encoding_is_weighed(field: str, smallest: int | None) -> None:
    """RFC 9110 §12.5.3; a member that can't be read is passed over."""
    assert smallest_gzip(field) == smallest


async def test_a_long_answer_goes_out_in_gzip(door: Door) -> None:
    """Same document, a shorter body, and a length that is the body's."""
    plain = await door.ask(SHOP)
    packed = await door.ask(SHOP, fields=("Accept-Encoding: gzip",))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(packed.body))
    assert len(packed.body) < len(plain.body) / 2
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept, Accept-Encoding"


async def test_a_short_answer_stays_as_it_is(door: Door) -> None:
    """An error fits one packet."""
    response = await door.ask(NONE, fields=("Accept-Encoding: gzip",))
    assert "content-encoding" not in response.headers
    assert response.document["errorCode"] == 404


async def test_a_client_that_refuses_the_plain_form_gets_gzip(door: Door) -> None:
    """`identity;q=0` leaves no other way, however short the answer."""
    response = await door.ask(NONE, fields=("Accept-Encoding: gzip, identity;q=0",))
    assert response.headers["content-encoding"] == "gzip"
    assert b'"errorCode":404' in gzip.decompress(response.body)


async def test_a_client_that_takes_nothing_still_gets_an_answer(door: Door) -> None:
    """Never 406: RFC 9110 §12.5.3 lets the plain form go out anyway."""
    response = await door.ask(SHOP, fields=("Accept-Encoding: *;q=0",))
    assert (response.status, "content-encoding" in response.headers) == (200, False)


@pytest.mark.parametrize("target", [SHOP, NONE])
@pytest.mark.parametrize("coding", ["gzip", "gzip, identity;q=0", "br"])
async def test_head_has_the_headers_of_get_in_any_coding(
    door: Door, target: str, coding: str
) -> None:
    """conformance.md 1.1.3: length and coding included."""
    fields = (f"Accept-Encoding: {coding}",)
    get = await door.ask(target, fields=fields)
    head = await door.ask(target, method="HEAD", fields=fields)
    assert head.body == b""
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


@pytest.mark.parametrize(
    ("accept", "extensions"),
    [
        ("application/rdap+json", set()),
        ('application/rdap+json;exts_list="rdap_level_0 jscontact"', {"rdap_level_0", "jscontact"}),
        ("Application/RDAP+JSON ; Exts_List = one", {"one"}),
        ('text/html, application/rdap+json;exts_list="a,b c";q=0.5, */*', {"a,b", "c"}),
        ('application/rdap+json;exts_list="a";q=0', set()),
        ('application/json;exts_list="a"', set()),
        ('application/rdap+json;exts_list="a\\"b"', {'a"b'}),
        ('application/rdap+json;exts_list="open', {"open"}),
        ('application/rdap+json;exts_list="a", application/rdap+json;exts_list="b"', {"a", "b"}),
        ("application/rdap+json;exts_list", set()),
        ('"', set()),
        ("", set()),
    ],
)
async def test_extensions_are_read_from_accept(
    door: Door, accept: str, extensions: set[str]
) -> None:
    """conformance.md 5.9: the media type counts whatever its parameters; nothing fails."""
    assert accepted_extensions(accept) == extensions
    response = await door.ask("/rdap/help", fields=(f"Accept: {accept}",))
    assert response.status == 200
    assert response.headers["content-type"].startswith("application/rdap+json")


@given(st.text(alphabet=' ",;=\\q01.*gzip/ax', max_size=60) | st.text())
def test_no_field_breaks_the_parsers(field: str) -> None:
    """Any text is read; a weight of gzip decides, never an exception."""
    assert smallest_gzip(field) in (None, 0, WORTH_GZIP)
    assert all(each and " " not in each for each in accepted_extensions(field))


def test_a_long_field_is_not_kept() -> None:
    """A client sends hundreds of kilobytes in many lines; what is remembered stays small."""
    field = "gzip, " * 1000
    held = sys.getrefcount(field)
    assert smallest_gzip(field) == WORTH_GZIP
    assert accepted_extensions(field) == frozenset()
    assert sys.getrefcount(field) == held


@pytest.mark.parametrize("piece", ['"', '\\"', "a", ";", "=", '"\\', ";q=", ' "', ',"a'])
def test_long_fields_are_read_once(piece: str) -> None:
    """8 KB of any repeated piece ends: no pattern goes back over what it has read."""
    field = 'application/rdap+json;exts_list="' + piece * (8000 // len(piece))
    assert isinstance(accepted_extensions(field), frozenset)
    assert smallest_gzip(field) is None
