"""Wrong links counted for each client, within a bounded memory (E-29, R-22)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages import guesses
from pages.guesses import AT_ONCE, SECONDS, Guesses
from rdds.serving.page_clients import PageClients
from tests.pages.approvals import FakeDesk
from tests.pages.running import FakeReader, running_pages
from tests.published_values import absent

ONE, OTHER = ip_address("192.0.2.1"), ip_address("192.0.2.2")


class Clock:
    """A clock that tests turn."""

    now = 1000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def test_client_waits_after_some_wrong_links_and_earns_one_after_the_other() -> None:
    """E-29: twenty at once, then one every six seconds; others are not held up."""
    clock = Clock()
    counted = Guesses(clock)
    for _ in range(AT_ONCE):
        assert counted.wait(ONE) == 0
        counted.count(ONE)
    assert counted.wait(ONE) == SECONDS
    assert counted.wait(OTHER) == 0
    clock.now += SECONDS
    assert counted.wait(ONE) == 0
    counted.count(ONE)
    assert counted.wait(ONE) == SECONDS
    clock.now += AT_ONCE * SECONDS
    for _ in range(AT_ONCE):
        assert counted.wait(ONE) == 0
        counted.count(ONE)


@given(st.lists(st.floats(0, 30), max_size=60))
def test_wait_is_as_long_as_it_says(pauses: list[float]) -> None:
    """After the seconds that were named a client may try; never more than the allowance."""
    clock = Clock()
    counted = Guesses(clock)
    for pause in pauses:
        clock.now += pause
        wait = counted.wait(ONE)
        assert 0 <= wait <= SECONDS
        clock.now += wait
        assert counted.wait(ONE) == 0
        counted.count(ONE)


def test_neighbours_in_one_ipv6_network_count_together() -> None:
    """A client has a whole /64: changing the last bits wins no new tries."""
    counted = Guesses(Clock())
    for number in range(AT_ONCE):
        counted.count(ip_address(f"2001:db8::{number:x}"))
    assert counted.wait(ip_address("2001:db8::ffff:1")) > 0
    assert counted.wait(ip_address("2001:db8:0:1::1")) == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses guess, so many are remembered; the oldest is forgotten."""
    monkeypatch.setattr(guesses, "MOST_CLIENTS", 3)
    counted = Guesses(Clock())
    for _ in range(AT_ONCE):
        counted.count(ONE)
    for last in range(2, 5):
        counted.count(ip_address(f"198.51.100.{last}"))
    assert len(counted._until) == 3
    assert counted.wait(ONE) == 0


def test_client_without_limits_never_waits() -> None:
    """Exempt networks are not counted at all."""
    counted = Guesses(Clock())
    for _ in range(3 * AT_ONCE):
        counted.count(None)
    assert counted.wait(None) == 0
    assert not counted._until


LOOPBACK = ip_network("127.0.0.0/8")


@pytest.mark.parametrize(
    ("clients", "fields", "limited"),
    [
        (PageClients(), {}, True),
        (PageClients(exempt=(LOOPBACK,)), {}, False),
        # The word of a proxy that is not trusted counts for nothing.
        (PageClients(exempt=(LOOPBACK,)), {"X_Forwarded_For": "192.0.2.1"}, False),
        (
            PageClients(exempt=(LOOPBACK,), trusted_proxies=(LOOPBACK,)),
            {"X_Forwarded_For": "192.0.2.1"},
            True,
        ),
        (
            PageClients(
                exempt=(ip_network("192.0.2.0/24"),),
                trusted_proxies=(LOOPBACK,),
                client_field="forwarded",
            ),
            {"Forwarded": "for=192.0.2.1", "X_Forwarded_For": "203.0.113.1"},
            False,
        ),
    ],
)
def test_limits_are_for_the_client_behind_trusted_proxies(
    clients: PageClients, fields: dict[str, str], limited: Any
) -> None:
    """The address is the client's own on trusted machines' word alone; exempt ones pass."""
    with running_pages(FakeReader(absent()), desk=FakeDesk({}), client=clients) as pages:
        found = [pages.ask(f"change/{n}", **fields).status for n in range(AT_ONCE + 2)]
    assert found[:AT_ONCE] == [404] * AT_ONCE
    assert found[AT_ONCE:] == [429 if limited else 404] * 2


def test_client_cannot_invent_addresses_behind_a_trusted_proxy() -> None:
    """What stands left of the proxy's own word changes nothing."""
    clients = PageClients(trusted_proxies=(LOOPBACK,))
    with running_pages(FakeReader(absent()), desk=FakeDesk({}), client=clients) as pages:
        found = [
            pages.ask("change/x", X_Forwarded_For=f"198.51.100.{n}, 192.0.2.1").status
            for n in range(AT_ONCE + 1)
        ]
    assert found[-1] == 429
