"""Limits, counts and the log of questions at this door."""

from __future__ import annotations

import pytest

from store.published import PublishedRegistrar
from store.queries import Answer, FindRegistrar, Query
from store.watch import EXEMPT, Kind, Outcome
from tests.published_values import a_domain, a_proxied_party, a_registrar, absent, found
from tests.whois43.fakes import FakeWatch, serving
from whois43.render import BUSY, CROWDED, UNAVAILABLE, answer_bytes

SHOP = answer_bytes(found(a_domain()))
WAYS = [(b"shop.example\r\n",), (b"shop", b".example\r\n")]  # the short one and the ordinary one


@pytest.mark.parametrize("segments", WAYS)
async def test_who_asks_too_much_is_told_when_to_come_again(segments: tuple[bytes, ...]) -> None:
    """One line and the end, whatever is kept (6.1.10)."""
    watch = FakeWatch()
    async with serving(cached=True, watch=watch) as served:
        assert await served.ask(*segments) == SHOP
        watch.wait = 30
        expected = b"Too many questions. Please try again in 30 seconds.\r\n"
        assert await served.ask(*segments) == expected
        watch.wait = 0
        assert await served.ask(*segments) == SHOP
        assert [outcome for _, outcome, _ in watch.noted].count(Outcome.LIMITED) == 1


@pytest.mark.parametrize("segments", WAYS)
async def test_personal_data_has_a_budget_of_its_own(segments: tuple[bytes, ...]) -> None:
    """Each party with data of its own counts, from the store and from the cache alike (6.1.10)."""
    watch = FakeWatch()
    async with serving(cached=True, watch=watch) as served:
        assert await served.ask(*segments) == SHOP
        watch.wait_for_persons = 1
        expected = (
            b"You were shown the data of too many contacts. Please try again in 1 second.\r\n"
        )
        assert await served.ask(*segments) == expected
        assert watch.charged == [3, 3]


async def test_card_of_a_privacy_service_is_nobodys_data() -> None:
    """Asking for names under a proxy takes nothing from the budget of personal data."""
    watch = FakeWatch()
    async with serving(watch=watch) as served:
        served.reader.answers = lambda _: found(a_domain(parties=(a_proxied_party(),)))
        await served.ask(b"shop.example\r\n")
        assert watch.charged == []


@pytest.mark.parametrize("segments", WAYS)
async def test_client_with_too_many_connections_is_turned_away(
    segments: tuple[bytes, ...],
) -> None:
    """The limit is that of one client; the others are let in."""
    watch = FakeWatch()
    watch.full = True
    async with serving(watch=watch) as served:
        assert await served.ask(*segments) == CROWDED
        watch.full = False
        assert await served.ask(*segments) == SHOP


@pytest.mark.parametrize("segments", WAYS)
async def test_nobody_is_asked_about_the_budget_of_an_exempt_client(
    segments: tuple[bytes, ...],
) -> None:
    """A monitor is counted and not limited (6.1.10)."""
    watch = FakeWatch()
    watch.number, watch.wait, watch.wait_for_persons = EXEMPT, 9, 9
    async with serving(watch=watch) as served:
        assert await served.ask(*segments) == SHOP
        assert watch.visitors == ["127.0.0.1"]


def known(query: Query) -> Answer:
    """Know a domain and a registrar."""
    if getattr(query, "name", None) == "shop.example":
        return found(a_domain())
    if isinstance(query, FindRegistrar) and query.text == "one":
        return found(a_registrar())
    return absent(asked=PublishedRegistrar, name=None)


@pytest.mark.parametrize(
    ("line", "kind", "outcome", "question"),
    [
        (b"shop.example", Kind.NAME, Outcome.FOUND, "shop.example"),
        (b"domain SHOP.example", Kind.DOMAIN, Outcome.FOUND, "shop.example"),
        (b"free.example", Kind.NAME, Outcome.NOT_FOUND, "free.example"),
        (b"nameserver ns1.free.example", Kind.NAMESERVER, Outcome.NOT_FOUND, "ns1.free.example"),
        (b"nameserver 192.0.2.1", Kind.NAMESERVER, Outcome.NOT_FOUND, None),
        (b"registrar one", Kind.REGISTRAR, Outcome.FOUND, "one"),
        (b"registrar Aroha Ngata", Kind.REGISTRAR, Outcome.NOT_FOUND, None),
        (b"Aroha Ngata", Kind.NAME, Outcome.NOT_FOUND, None),
        (b"aroha@shop.example", Kind.OTHER, Outcome.REFUSED, None),
        (b"x" * 600, Kind.OTHER, Outcome.REFUSED, None),
    ],
)
@pytest.mark.parametrize("cached", [False, True])
async def test_answers_are_counted_and_logged_without_what_may_be_a_person(
    line: bytes, kind: Kind, outcome: Outcome, question: str | None, *, cached: bool
) -> None:
    """The log has names, and texts that named a registrar; a text nobody has may be anything."""
    watch = FakeWatch()
    async with serving(cached=cached, watch=watch) as served:
        served.reader.answers = known
        await served.ask(line + b"\r\n")
        await served.ask(line + b"\r\n")
        counted = {(each, how) for each, how, _ in watch.noted}
        assert counted == {(kind, outcome)}
        assert set(watch.written) == {(kind, outcome, "127.0.0.1", question)}
        assert len(watch.written) == len(watch.noted) == 2
        assert [kept for _, _, kept in watch.noted] == [False, cached and len(served.cache) == 1]


async def test_failures_and_a_full_house_are_counted_as_what_they_are() -> None:
    """Operators tell a fault of ours from a store that is away and from too many clients."""
    watch = FakeWatch()
    async with serving(watch=watch, most_connections=1) as served:

        def broken(_: Query) -> Answer:
            raise ValueError

        served.reader.answers = broken
        assert await served.ask(b"shop.example\r\n") == UNAVAILABLE
        _, writer = await served.idle()
        assert await served.ask(b"shop.example\r\n") == BUSY
        writer.close()
        assert [(kind, outcome) for kind, outcome, _ in watch.noted] == [
            (Kind.OTHER, Outcome.FAILED),
            (Kind.OTHER, Outcome.LIMITED),
        ]
