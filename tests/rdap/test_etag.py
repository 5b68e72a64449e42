"""Entity-tags and conditional requests (RFC 9110 §8.8.3, §13)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.validators import holds, weak_tag
from store.published import PublicRole
from store.queries import Answer, Query
from tests.published_values import AS_OF, a_domain, a_party, found
from tests.rdap.doors import Door, FakeReader, a_door, next_response

SHOP = "/rdap/domain/shop.example"
TAG = re.compile(r'W/"[0-9a-f]{32}"')


async def _tag(give: Any, target: str = SHOP) -> str:
    async with a_door(FakeReader(give=give)) as door:
        response = await door.ask(target)
    assert response.status == 200
    return response.headers["etag"]


def _at(moment: Any, **changes: Any) -> Any:
    def give(_query: Query) -> Answer:
        return found(a_domain(**changes), as_of=moment)

    return give


@pytest.mark.parametrize(
    "target",
    [SHOP, "/rdap/nameserver/ns1.shop.example", "/rdap/entity/9995", "/rdap/entity/C1-EXAMPLE"],
)
async def test_a_found_object_has_a_weak_tag(door: Door, target: str) -> None:
    """Every 200 carries one, the same one each time."""
    tags = {(await door.ask(target)).headers["etag"] for _ in range(2)}
    assert len(tags) == 1
    assert TAG.fullmatch(tags.pop())


async def test_help_has_a_weak_tag(door: Door) -> None:
    """Help is made of settings and zones, and changes with them."""
    assert TAG.fullmatch((await door.ask("/rdap/help")).headers["etag"])


@pytest.mark.parametrize("target", ["/rdap/domain/none.example", "/rdap/domain/a..b", "/else"])
async def test_an_error_has_no_tag(door: Door, target: str) -> None:
    """What is not there can't be held, whatever the client says."""
    response = await door.ask(target, fields=("If-None-Match: *",))
    assert response.status in {400, 404}
    assert "etag" not in response.headers


async def test_a_commit_elsewhere_leaves_the_tag() -> None:
    """The instant of the store's last change is no part of what the answer was made from."""
    later = AS_OF + timedelta(days=400, microseconds=123_456)
    assert await _tag(_at(AS_OF)) == await _tag(_at(later))


async def test_an_edit_of_the_object_changes_the_tag() -> None:
    """Any other value is part of it, a date that equals the stamp included."""
    tags = [
        await _tag(_at(AS_OF)),
        await _tag(_at(AS_OF, handle="D2-EXAMPLE")),
        await _tag(_at(AS_OF, updated=AS_OF)),
        await _tag(_at(AS_OF, updated=AS_OF + timedelta(seconds=1))),
    ]
    assert len(set(tags)) == len(tags)


async def test_a_value_that_looks_like_the_stamp_is_part_of_the_tag() -> None:
    """The stamp is cut by its place: a holder's name spelled like it is not."""

    def named(digit: int) -> Any:
        name = f'"eventAction":"last update of RDAP database","eventDate":"202{digit}-01-01"'
        party = replace(a_party(PublicRole.REGISTRANT), name=name)
        return _at(AS_OF, parties=(party,))

    assert await _tag(named(1)) != await _tag(named(2))


async def test_spellings_of_one_name_are_resources_of_their_own(door: Door) -> None:
    """The links repeat the URL as asked, so each URL's answer has its own tag."""
    spelled = await door.ask("/rdap/domain/SHOP.example")
    assert spelled.headers["etag"] != (await door.ask(SHOP)).headers["etag"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"a,b" ,{},', "*", " * "])
async def test_what_the_client_holds_is_not_sent_again(door: Door, method: str, form: str) -> None:
    """304 by weak comparison (RFC 9110 §13.1.2), with what 200 would say and no body."""
    plain = await door.ask(SHOP)
    opaque = plain.headers["etag"].removeprefix("W/")
    response = await door.ask(
        SHOP, method=method, fields=(f"If-None-Match: {form.format(opaque)}",)
    )
    assert response.status == 304
    assert response.body == b""
    kept = ("etag", "cache-control", "vary", "access-control-allow-origin", "server")
    assert {name: response.headers.get(name) for name in kept} == {
        name: plain.headers[name] for name in kept
    }
    assert not {"content-type", "content-encoding", "content-length"} & set(response.headers)


async def test_a_list_in_several_lines_is_one_list(door: Door) -> None:
    """RFC 9110 §5.3."""
    tag = (await door.ask(SHOP)).headers["etag"]
    fields = ('If-None-Match: "x"', f"If-None-Match: {tag}")
    assert (await door.ask(SHOP, fields=fields)).status == 304


@pytest.mark.parametrize(
    "field", ['"other"', "", "W/", "rubbish", '"*"', "\xff", 'W/"' + "0" * 31 + '"', "," * 4000]
)
async def test_another_tag_gets_the_whole_answer(door: Door, field: str) -> None:
    """A list without our tag, a malformed one too, is passed over."""
    response = await door.ask(SHOP, fields=(f"If-None-Match: {field}",))
    assert response.status == 200
    assert response.document["ldhName"] == "shop.example"


async def test_the_coding_does_not_change_the_tag(door: Door) -> None:
    """A weak tag is for both codings, so a client may revalidate in either."""
    plain = await door.ask(SHOP)
    packed = await door.ask(SHOP, fields=("Accept-Encoding: gzip",))
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"]
    held = ("Accept-Encoding: gzip", f"If-None-Match: {plain.headers['etag']}")
    assert (await door.ask(SHOP, fields=held)).status == 304


@pytest.mark.parametrize(("field", "status"), [("*", 200), ('"x"', 412), ('W/"x"', 412)])
async def test_if_match_finds_no_strong_tag(door: Door, field: str, status: int) -> None:
    """RFC 9110 §13.1.1 compares strongly: a weak tag, even ours, never matches."""
    response = await door.ask(SHOP, fields=(f"If-Match: {field}",))
    assert response.status == status
    if status == 412:
        assert response.document["errorCode"] == 412
        ours = (await door.ask(SHOP)).headers["etag"]
        assert (await door.ask(SHOP, fields=(f"If-Match: {ours}",))).status == 412
        both = (f"If-None-Match: {ours}", f"If-Match: {field}")  # §13.2.2: If-Match comes first
        assert (await door.ask(SHOP, fields=both)).status == 412
        assert (await door.ask("/rdap/domain/no.example", fields=("If-Match: *",))).status == 404


async def test_304_keeps_the_connection_and_the_order(door: Door) -> None:
    """Pipelined questions, some of them conditional, are answered in order on one connection."""
    tag = (await door.ask(SHOP)).headers["etag"]
    reader, writer = await door.connect()
    plain = f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    held = f"GET {SHOP} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n".encode()
    packed = f"GET {SHOP} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    head = f"HEAD {SHOP} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n".encode()
    writer.write(held + plain + held + packed + head + plain)
    statuses = []
    for bodiless in (True, False, True, False, True, False):
        if bodiless:
            raw = await reader.readuntil(b"\r\n\r\n")
            statuses.append(int(raw.split(b" ")[1]))
        else:
            statuses.append((await next_response(reader)).status)
    writer.close()
    assert statuses == [304, 200, 304, 200, 304, 200]


@given(st.text())
def test_no_field_is_held_that_names_another_tag(field: str) -> None:
    """Any text that isn't `*` and has not the tag in it is another tag."""
    tag = weak_tag(b"{}")
    assert holds(field, tag) == (field.strip() == "*" or tag[2:] in field)
    assert not holds(field.replace("*", ""), tag)
