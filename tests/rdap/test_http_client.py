"""Whose question it is: the client's address, with and without proxies (RFC 7239)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.forwarding import FORWARDED, X_FORWARDED_FOR, client_behind, hops
from rdap.request import Request
from store.names import Address
from tests.rdap.doors import a_door
from tests.rdap.watching import FakeWatch

PEER = ip_address("10.0.0.1")
TRUSTED = (ip_network("10.0.0.0/8"), ip_network("2001:db8:10::/48"))


def _client(field: str, *lines: str) -> str:
    return str(client_behind(PEER, hops(field, lines), TRUSTED))


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (("192.0.2.1",), "192.0.2.1"),
        (("203.0.113.9, 192.0.2.1",), "192.0.2.1"),
        (("203.0.113.9, 192.0.2.1, 10.2.0.1",), "192.0.2.1"),
        (("192.0.2.1", "10.2.0.1, 10.3.0.1"), "192.0.2.1"),
        (("10.2.0.1",), "10.2.0.1"),
        (("192.0.2.1:4711",), "192.0.2.1"),
        (("2001:DB8::7",), "2001:db8::7"),
        (("[2001:db8::7]:4711",), "2001:db8::7"),
        (("::ffff:192.0.2.1",), "192.0.2.1"),
        (("192.0.2.1, ::ffff:10.2.0.1",), "192.0.2.1"),
        (("2001:db8::7, 2001:db8:10::1",), "2001:db8::7"),
        (('"open, 192.0.2.1',), "192.0.2.1"),
        (("192.0.2.1, unknown",), "10.0.0.1"),
        (("192.0.2.1, ",), "10.0.0.1"),
        (("192.0.2.1, 10.2.0.1, rubbish, 10.3.0.1",), "10.3.0.1"),
        (("fe80::1%eth0",), "10.0.0.1"),
        (("010.1.1.1",), "10.0.0.1"),
        ((), "10.0.0.1"),
    ],
)
def test_x_forwarded_for_is_walked_from_the_right(lines: tuple[str, ...], client: str) -> None:
    """Past the trusted machines, up to the first other one, and never past what is unreadable."""
    assert _client(X_FORWARDED_FOR, *lines) == client


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (("for=192.0.2.1",), "192.0.2.1"),
        (("For=203.0.113.9, for=192.0.2.1;proto=https;by=10.0.0.1",), "192.0.2.1"),
        (('proto=http ; FOR="192.0.2.1:80"',), "192.0.2.1"),
        (('for="[2001:db8:cafe::17]:4711"', "for=10.9.9.9"), "2001:db8:cafe::17"),
        (('for="[2001:db8:cafe::17]"',), "2001:db8:cafe::17"),
        (('for="[::ffff:192.0.2.1]:4711"',), "192.0.2.1"),
        (('for="open, for=192.0.2.1',), "192.0.2.1"),
        (("for=192.0.2.1, for=unknown",), "10.0.0.1"),
        (("for=192.0.2.1, for=_hidden",), "10.0.0.1"),
        (("by=192.0.2.1",), "10.0.0.1"),
        (("xfor=192.0.2.1",), "10.0.0.1"),
        (("192.0.2.1",), "10.0.0.1"),
    ],
)
def test_forwarded_is_walked_from_the_right(lines: tuple[str, ...], client: str) -> None:
    """RFC 7239 §4, §6: quoted or not, with a port or without."""
    assert _client(FORWARDED, *lines) == client


def test_a_peer_that_is_not_trusted_is_the_client() -> None:
    """Whatever it says of others."""
    peer = ip_address("192.0.2.77")
    assert client_behind(peer, hops(X_FORWARDED_FOR, ["203.0.113.9"]), TRUSTED) == peer


def test_the_walk_has_an_end() -> None:
    """Hops past the thirty-second are not looked at."""
    many = ", ".join(f"10.0.1.{hop}" for hop in range(200))
    assert len(list(hops(X_FORWARDED_FOR, [many]))) == 33
    assert _client(X_FORWARDED_FOR, many) == "10.0.1.168"


@given(st.lists(st.text(alphabet='0123456789.:[]"=;, forabc', max_size=60), max_size=4))
def test_what_a_client_invents_stays_behind_its_own_address(lines: list[str]) -> None:
    """The address that the nearest proxy appends wins over anything sent before it."""
    assert _client(X_FORWARDED_FOR, *lines, "192.0.2.1") == "192.0.2.1"
    assert _client(FORWARDED, *lines, "for=192.0.2.1") == "192.0.2.1"


CLIENTS = pytest.mark.parametrize(
    ("trusted", "field", "client"),
    [
        ((), X_FORWARDED_FOR, "127.0.0.1"),
        (("192.0.2.0/24",), X_FORWARDED_FOR, "127.0.0.1"),
        (("127.0.0.0/8",), X_FORWARDED_FOR, "198.51.100.7"),
        (("127.0.0.0/8",), FORWARDED, "203.0.113.7"),
    ],
)


@CLIENTS
async def test_a_request_of_the_ordinary_path_knows_its_client(
    trusted: tuple[str, ...], field: str, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a trusted peer is believed, and only in the field that is set."""
    seen: list[Address | None] = []
    networks = tuple(map(ip_network, trusted))
    async with a_door(trusted_proxies=networks, client_field=field) as door:
        answer = door.server._answer

        async def look(request: Request) -> object:
            seen.append(request.client)
            return await answer(request)

        monkeypatch.setattr(door.server._http, "request_handler", look)
        unusual = "If-Modified-Since: long ago"
        fields = ("X-Forwarded-For: 198.51.100.7", "Forwarded: for=203.0.113.7", unusual)
        assert (await door.ask("/rdap/help", fields=fields)).status == 200
    assert seen == [ip_address(client)]


@CLIENTS
async def test_the_client_of_a_plain_request_is_the_same(
    trusted: tuple[str, ...], field: str, client: str
) -> None:
    """The front reads the same field for whom it counts and writes down."""
    watch = FakeWatch()
    watch.log = watch.write
    networks = tuple(map(ip_network, trusted))
    async with a_door(watch=watch, trusted_proxies=networks, client_field=field) as door:
        fields = ("X-Forwarded-For: 198.51.100.7", "Forwarded: for=203.0.113.7")
        assert (await door.ask("/rdap/help", fields=fields)).status == 200
    assert watch.admitted == [int(ip_address(client))]
    assert [line["client"] for line in watch.lines] == [ip_address(client)]
