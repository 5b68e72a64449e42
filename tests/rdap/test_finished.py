"""Finished responses: what is put in anew, what they cost, and what they share."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.accounts import Account
from rdap.desk import Desk
from rdap.door import RdapDoor
from rdap.finished import Edition, Editions, Finished, Packed, closing
from rdap.plain import read_block
from rdap.replies import ASKED, Asked, Drawn, answer_question, read_question
from store.answer_cache import AnswerCache
from store.queries import Answer, LookUp, Made, Query
from store.watch import Unwatched
from tests.published_values import AS_OF, a_domain, found
from tests.rdap.doors import PUBLIC_URL, FakeFreshness, FakeReader

DOOR = RdapDoor(public_url=PUBLIC_URL)
USUAL = f"{PUBLIC_URL}domain/shop.example".encode()
DATE = b"Sun, 22 Nov 2026 06:51:34 GMT"


async def _finished(as_of: datetime = AS_OF, edition: Edition | None = None) -> Finished:
    def give(_query: Query) -> Answer:
        return found(a_domain(), as_of=as_of)

    asked = read_question("/rdap/domain/shop.example", door=DOOR, extensions=frozenset())
    assert isinstance(asked, Asked)
    drawn = await answer_question(asked, reader=FakeReader(give), door=DOOR)
    assert not hasattr(drawn, "body")
    return Finished(drawn, USUAL, edition or Edition(as_of, 1, DATE))  # type: ignore[arg-type]


MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))


@given(st.lists(st.tuples(MOMENTS, st.booleans()), min_size=1, max_size=4))
async def test_a_new_stamp_gives_what_would_be_made_anew(
    moments: list[tuple[datetime, bool]],
) -> None:
    """In any order of shorter and longer ones, in every spelling, packed and not."""
    kept = await _finished()
    packed = Packed(await _finished())
    url = b"https://rdap.nic.example/rdap/domain/SHOP.example?_=1"
    second = 1
    for moment, is_later in moments:
        second += is_later
        edition = Edition(moment, second, DATE.replace(b"34", b"%02d" % second))
        anew = await _finished(moment)
        anew.at(Edition(moment, second, edition.date))
        kept.at(edition)
        assert b"".join(kept.parts) == b"".join(anew.parts)
        assert kept.head == anew.head
        assert b"".join(kept.parts)[kept.head :] == kept.body
        assert b"".join(packed.at(edition)) == b"".join(Packed(anew).parts)
        assert kept.spelled(url, edition) == anew.spelled(url, edition)


async def test_an_edit_touches_little_of_a_response() -> None:
    """What stands behind the stamp is the same object, not a copy."""
    kept = await _finished()
    behind = kept.parts[1]
    front, rest = kept.at(Edition(AS_OF + timedelta(seconds=1), 1, DATE))
    assert rest is behind
    assert len(front) < len(rest)


async def test_a_second_without_an_edit_leaves_one_part() -> None:
    """An edit after it finds what stands behind the stamp again; the next one leaves it alone."""
    kept, anew = await _finished(), await _finished(AS_OF + timedelta(seconds=1))
    (whole,) = kept.at(Edition(AS_OF, 2, DATE))
    assert whole == b"".join((await _finished()).parts)
    assert closing(whole, kept.head).count(b"\r\nConnection: close\r\n\r\n{") == 1
    _, behind = kept.at(Edition(AS_OF + timedelta(seconds=1), 2, DATE))
    assert kept.parts == anew.parts
    assert kept.at(Edition(AS_OF + timedelta(seconds=2), 2, DATE))[1] is behind


async def test_an_answer_is_finished_with_the_stamp_of_its_edition() -> None:
    """Even where it was drawn with another."""
    later = AS_OF + timedelta(seconds=1)
    edition = Edition(later, 1, DATE)
    assert (await _finished(edition=edition)).parts == (await _finished(later)).parts


@pytest.mark.parametrize("text", [b"{}", b'{"%b":1}' % ASKED], ids=["plain", "with its URL"])
async def test_an_answer_without_a_stamp_stays_whole(text: bytes) -> None:
    """In each edition, in every spelling."""
    kept = Finished(Drawn(404, text, Account(), AS_OF, None), USUAL, Edition(AS_OF, 1, DATE))
    for number in range(2, 5):
        (whole,) = kept.at(Edition(AS_OF + timedelta(seconds=number // 2), number, DATE))
        assert whole[kept.head :] == text.replace(ASKED, USUAL)
        assert kept.spelled(b"https://x", kept.edition).body == text.replace(ASKED, b"https://x")


async def test_the_end_of_a_connection_is_told_in_the_head() -> None:
    """The one field more, as the last."""
    kept = await _finished()
    response = b"".join(kept.parts)
    assert closing(response, kept.head) == response.replace(
        b"\r\n\r\n{", b"\r\nConnection: close\r\n\r\n{", 1
    )


def test_an_edition_lasts_as_long_as_the_second_and_the_stamp() -> None:
    """The same object, so that bytes need no look to be known as present."""
    editions = Editions()
    one = editions.now(AS_OF)
    while one.second != editions.now(AS_OF).second:
        one = editions.now(AS_OF)
    other = editions.now(AS_OF + timedelta(seconds=1))
    assert other is not one
    assert editions.now(AS_OF + timedelta(seconds=1)).stamp == AS_OF + timedelta(seconds=1)


@pytest.mark.parametrize("packed", [False, True])
async def test_what_a_response_takes_is_known(*, packed: bool) -> None:
    """Its size is what memory says, to a tenth: the cache's budget is kept by it."""
    await _finished()  # what all share is made by now
    tracemalloc.start()
    try:
        made = [await _finished() for _ in range(200)]
        kept = [Packed(each) if packed else each for each in made]
        made.clear()
        gc.collect()  # what making them left in cycles
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    counted = sum(each.size for each in kept)
    assert 0.9 * taken <= counted <= 1.1 * taken


class _Waiting(FakeReader):
    """A reader that suspends first of all, as one must that waits."""

    async def make(self, query: LookUp) -> Made:
        await asyncio.sleep(0)
        return await super().make(query)


async def test_questions_that_came_before_the_store_was_asked_share_its_answer() -> None:
    """One for all of them; who comes after has one of its own."""
    reader = _Waiting()
    cache = AnswerCache(1_000_000)
    desk = Desk(reader, DOOR, cache=cache, freshness=FakeFreshness(), watch=Unwatched())
    block = read_block(b"Host: x\r\n\r\n", "x")
    asked = read_question("/rdap/domain/shop.example", door=DOOR, extensions=frozenset())
    assert block is not None
    assert isinstance(asked, Asked)
    key = desk.usual_key(asked, block)
    first, second = desk.answer(asked, key, block), desk.answer(asked, key, block)
    assert first is second
    await first  # type: ignore[misc]
    third = desk.answer(asked, key, block)
    assert third is not first
    await third  # type: ignore[misc]
    assert len(reader.asked) == 2
