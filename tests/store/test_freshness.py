"""Any run of edits on a real store: what the cache gives after a check is what the store says."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import text

from store import answer_cache, changes
from store.answer_cache import AnswerCache
from store.changes import CardEdit, Change, DisclosureEdit, RegistrarEdit
from store.errors import RegistryError
from store.model import Element, PrivacyMode, Role
from store.names import parse_address
from store.queries import (
    Answer,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    ListHosts,
    LookUp,
)
from store.read_door import ReadDoor
from store.registrant_changes import Answer as Word
from store.sql.database import Database
from store.sql.freshness import SqliteFreshness
from store.sql.sources import SqliteSource
from store.statuses import Status
from tests.store.editing_values import ACTOR, POLICY, START, Registry, a_card, a_contact, links
from tests.store.registrant_changes.parties import NEW, PRIOR, a_holder, answer, token
from tests.stores import RowWriter, write_rows

T = TypeVar("T")

NAMES = ("shop.co.example", "two.example", "three.example", "free.example")
CONTACTS = ("CA1", "CA2", "CA3", "CA9")
HOSTS = ("ns1.shop.co.example", "ns.other.test", "ns9.other.test")
ADDRESSES = ("192.0.2.1", "2001:db8::1")

QUESTIONS: tuple[LookUp, ...] = (
    *(FindDomain(name=name) for name in NAMES),
    *(FindName(name=name, text=name) for name in (*NAMES, *HOSTS)),
    *(FindHost(name=name) for name in HOSTS),
    *(ListHosts(address=address) for each in ADDRESSES if (address := parse_address(each))),
    *(FindRegistrar(text=text) for text in ("REG-A", "registrar reg-b", "REG-C", "9995")),
    *(FindEntity(handle=handle) for handle in ("CA1", "ca2", "CA3", "CA9", "REG-C", "9995")),
    *(FindEntity(handle=f"C{number}-EXAMPLE") for number in range(1, 9)),
    FindHelp(),
)

names, contacts, hosts = map(st.sampled_from, (NAMES, CONTACTS, HOSTS))
words = st.sampled_from(("Aroha", "Bob & Co", "Çelik"))
held = st.sampled_from(tuple(Role))
people = st.tuples(contacts, contacts, contacts, st.none() | contacts).map(
    lambda four: links(*four)
)
modes = st.sampled_from(
    (
        changes.PrivacyEdit(mode=PrivacyMode.NONE),
        changes.PrivacyEdit(mode=PrivacyMode.WITHHOLD),
        changes.PrivacyEdit(mode=PrivacyMode.PROXY, service="PS1"),
    )
)
few_hosts = st.lists(hosts, unique=True, max_size=2).map(tuple)
few_addresses = st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=2).map(tuple)

EDITS: st.SearchStrategy[Change] = st.one_of(
    contacts.map(a_contact),
    st.builds(
        changes.UpdateContact,
        handle=contacts,
        card=st.builds(CardEdit, name=words, org=words, city=words),
    ),
    st.builds(changes.UpdateContact, handle=contacts, card=words.map(lambda sp: CardEdit(sp=sp))),
    st.builds(
        changes.UpdateContact,
        handle=contacts,
        disclosure=st.sampled_from(
            (
                DisclosureEdit(disclose=frozenset({Element.NAME, Element.EMAIL})),
                DisclosureEdit(hide=frozenset({Element.NAME})),
                DisclosureEdit(undisclose=frozenset({Element.NAME, Element.EMAIL})),
            )
        ),
    ),
    st.builds(
        changes.UpdateContact,
        handle=st.just("CA1"),
        card=words.map(lambda org: CardEdit(org=org)),
        only=names.map(lambda name: (name,)),
    ),
    st.builds(changes.DeleteContact, handle=contacts),
    st.builds(
        changes.CreateDomain, name=names, registrar=st.just("REG-A"), links=people, hosts=few_hosts
    ),
    st.builds(changes.UpdateDomain, name=names, links=people),
    st.builds(changes.UpdateDomain, name=names, privacy=modes),
    st.builds(changes.UpdateDomain, name=names, add_hosts=few_hosts),
    st.builds(changes.UpdateDomain, name=names, remove_hosts=few_hosts),
    st.builds(changes.UpdateDomain, name=names, disputed=st.booleans()),
    st.builds(
        changes.UpdateDomain, name=names, add_statuses=st.just(frozenset({Status.CLIENT_HOLD}))
    ),
    st.builds(changes.DeleteDomain, name=names),
    st.builds(changes.TransferDomain, name=names, to=st.sampled_from(("REG-A", "REG-B"))),
    st.builds(changes.LiftTransferLock, name=names, reason=st.just("a court's order")),
    st.builds(changes.CreateHost, name=hosts, addresses=few_addresses),
    st.builds(changes.UpdateHost, name=hosts, add_addresses=few_addresses),
    st.builds(changes.UpdateHost, name=hosts, remove_addresses=few_addresses),
    st.builds(changes.DeleteHost, name=hosts),
    st.builds(
        changes.CreateRegistrar,
        handle=st.just("REG-C"),
        card=words.map(lambda name: CardEdit(name=name)),
        registrar=st.just(RegistrarEdit(gurid=9995)),
    ),
    st.builds(
        changes.UpdateRegistrar,
        handle=st.sampled_from(("REG-A", "REG-C")),
        card=words.map(lambda name: CardEdit(name=name)),
    ),
    st.builds(changes.DeleteRegistrar, handle=st.just("REG-C")),
    st.builds(
        changes.UpdatePrivacyService,
        handle=st.just("PS1"),
        card=words.map(lambda name: CardEdit(name=name)),
    ),
    st.builds(changes.AddReservedName, name=names, blocked=st.booleans()),
    st.builds(changes.RemoveReservedName, name=names),
    st.builds(changes.EndOverdueChanges),
    st.builds(changes.DeleteDueContacts),
    st.builds(changes.WithdrawRegistrantChange, change=st.integers(1, 4)),
    st.builds(changes.PruneChangeLog),
    st.builds(changes.ScrubHistory),
    st.builds(changes.RecordConsent, contact=contacts, party=st.sampled_from((NEW, PRIOR))),
    st.builds(
        changes.CreatePrivacyService,
        handle=st.just("PS2"),
        card=words.map(lambda name: a_card(name=name, org="Other Ltd")),
        alias_domain=st.just("alias2.test"),
    ),
    st.builds(changes.DeletePrivacyService, handle=st.sampled_from(("PS1", "PS2"))),
)


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp())
    database = Database.open(f"sqlite:///{folder / 'filled.sqlite3'}", create=True)
    registry = a_holder(database, *NAMES[:2])
    registry.apply(
        changes.CreatePrivacyService(
            handle="PS1",
            card=a_card(name="The Service", org="Service Ltd"),
            alias_domain="alias.test",
        ),
        changes.CreateHost(name=HOSTS[0], addresses=ADDRESSES[:1]),
        changes.UpdateDomain(name=NAMES[0], add_hosts=HOSTS[:2]),
    )
    database.close()
    return folder / "filled.sqlite3"


class Freshness(RuleBasedStateMachine):
    """One store, one cache that lives through all edits."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "store.sqlite3"
        shutil.copy(_template(), self.path)
        self.registry = Registry(Database.open(f"sqlite:///{self.path}"))
        self.loop = asyncio.new_event_loop()
        # Room for half of the answers, and for few changes: all of it is gone through often.
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(answer_cache, "MOST_TOUCHED", 12)
        self.cache = AnswerCache(16_000, clock=self._now)
        self.source = SqliteSource(self.path)
        self.freshness = self._run(self._made_freshness())
        self.reader = ReadDoor(
            self.source,
            POLICY,
            clock=lambda: self.registry.now,
            epoch=lambda: self.cache.epoch,
        )

    def _now(self) -> float:
        return self.registry.now.timestamp()

    async def _made_freshness(self) -> SqliteFreshness:
        return SqliteFreshness(self.source, self.cache)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        """Close the store and forget it."""
        self.patched.undo()
        self._run(self.source.close())
        self.loop.close()
        self.registry.database.close()
        shutil.rmtree(self.folder)

    @rule(edits=st.lists(EDITS, min_size=8, max_size=16), asked_late=st.booleans())
    def edit(self, edits: list[Change], asked_late: bool) -> None:
        """An editor in another connection; many edits are refused. All ask after each, or none."""
        for edit in edits:
            try:
                self.registry.door.apply(edit, ACTOR)
            except RegistryError:
                continue
            if not asked_late:
                self.ask_everything()

    @rule(edits=st.lists(EDITS, min_size=4, max_size=8))
    def try_out(self, edits: list[Change]) -> None:
        """A dry run is undone."""
        for edit in edits:
            with suppress(RegistryError):
                self.registry.try_out(edit)

    @rule(party=st.sampled_from((NEW, PRIOR)), number=st.integers(1, 3))
    def approve(self, party: Any, number: int) -> None:
        """A party of a registrant change agrees, if it is asked."""
        with suppress(RegistryError, AssertionError, IndexError):
            link = token(self.registry, number, party)
            answer(self.registry, party, Word.APPROVE, token=link, data_correct=True)

    @rule(days=st.sampled_from((-8, -1, 1, 8, 61, 95)))
    def step_clock(self, days: int) -> None:
        """Time passes, or the clock is set back."""
        self.registry.now += timedelta(days=days)

    @rule()
    def ask_everything(self) -> None:
        """Each question: what is found is what is made anew; what isn't is kept."""
        for number, question in enumerate(QUESTIONS):
            key = b"%d" % number
            assert self._run(self._checked())
            made = self._run(self.reader.make(question))
            found = self.cache.find(key)
            if found is None:
                self.cache.keep(key, made.answer, size=1, made=made)
            else:
                assert _without_stamp(found) == _without_stamp(made.answer)
            assert self.freshness.stamp == made.answer.as_of

    async def _checked(self) -> bool:
        told = asyncio.get_running_loop().create_future()
        self.freshness.ask(told.set_result)
        return bool(await told)


def _without_stamp(answer: Answer) -> Answer:
    return replace(answer, as_of=datetime.min.replace(tzinfo=UTC))


TestFreshness = Freshness.TestCase
TestFreshness.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


@dataclass
class Asked:
    """A store on disk, and one answer from it that is kept."""

    registry: Registry
    source: SqliteSource
    cache: AnswerCache
    freshness: SqliteFreshness
    reader: ReadDoor

    async def keep(self, question: LookUp) -> None:
        assert self.freshness.look()
        made = await self.reader.make(question)
        self.cache.keep(b"k", made.answer, size=1, made=made)
        assert self.cache.find(b"k") == made.answer

    def is_kept(self) -> bool:
        assert self.freshness.look()
        return self.cache.find(b"k") is not None


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Asked]:
    """Give the holder's store of these tests with a reader, a cache and its freshness."""
    path = tmp_path / "store.sqlite3"
    shutil.copy(_template(), path)
    registry = Registry(Database.open(f"sqlite:///{path}"))
    source = SqliteSource(path)

    def now() -> float:
        return registry.now.timestamp()

    cache = AnswerCache(1 << 20, clock=now)
    reader = ReadDoor(source, POLICY, clock=lambda: registry.now, epoch=lambda: cache.epoch)
    yield Asked(registry, source, cache, SqliteFreshness(source, cache), reader)
    await source.close()
    registry.database.close()


SHOP, TWO, FREE = (FindDomain(name=name) for name in (NAMES[0], NAMES[1], "free.example"))


@pytest.mark.parametrize(
    ("question", "edit"),
    [
        (SHOP, changes.UpdateContact(handle="CA2", card=CardEdit(city="Napier"))),
        (SHOP, changes.UpdateHost(name=HOSTS[0], add_addresses=ADDRESSES[1:])),
        (SHOP, changes.UpdateRegistrar(handle="REG-A", card=CardEdit(name="Other"))),
        (SHOP, changes.UpdateDomain(name=NAMES[0], add_hosts=HOSTS[2:])),
        (FREE, changes.CreateDomain(name="free.example", registrar="REG-A",
                                    links=links("CA1", "CA2", "CA2"))),
        (FREE, changes.AddReservedName(name="free.example")),
        (FindHost(name=HOSTS[0]), changes.UpdateDomain(name=NAMES[0], remove_hosts=HOSTS[:1])),
        (FindHost(name=HOSTS[2]), changes.CreateHost(name=HOSTS[2])),
        (ListHosts(address=ip_address(ADDRESSES[1])),
         changes.UpdateHost(name=HOSTS[0], add_addresses=ADDRESSES[1:])),
        (FindRegistrar(text="REG-C"),
         changes.CreateRegistrar(handle="REG-C", card=CardEdit(name="New"))),
        (FindEntity(handle="CA3"), changes.UpdateDomain(name=NAMES[0], links=links(admin="CA3"))),
        (FindEntity(handle="ca2"), changes.UpdateContact(handle="CA2", card=CardEdit(city="Lyon"))),
        (FindEntity(handle="C9999-EXAMPLE"), a_contact("CA9")),
        (FindName(name="ns9.other.test", text="ns9.other.test"), changes.CreateHost(name=HOSTS[2])),
    ],
)  # fmt: skip
async def test_an_edit_drops_what_was_made_from_what_it_touches(
    asked: Asked, question: LookUp, edit: Change
) -> None:
    """DESIGN, Freshness: also what was made from something that was absent."""
    await asked.keep(question)
    asked.registry.apply(edit)
    assert not asked.is_kept()


@pytest.mark.parametrize(
    "edit",
    [
        changes.UpdateDomain(name=NAMES[0], add_hosts=HOSTS[2:]),
        changes.AddReservedName(name="free.example"),
        changes.UpdateRegistrar(handle="REG-B", card=CardEdit(name="Other")),
        a_contact("CA9"),
    ],
)
async def test_an_edit_of_something_else_drops_nothing(asked: Asked, edit: Change) -> None:
    """DESIGN, Freshness: exactly the answers made from the objects touched."""
    await asked.keep(TWO)
    asked.registry.apply(edit)
    assert asked.is_kept()


async def test_a_proxied_name_is_made_from_its_service_and_from_its_holder(asked: Asked) -> None:
    """It shows nothing of the holder; a new generation turns its aliases all the same (D-12)."""
    veil = changes.PrivacyEdit(mode=PrivacyMode.PROXY, service="PS1")
    asked.registry.apply(changes.UpdateDomain(name=NAMES[1], privacy=veil))
    for edit in (
        changes.UpdatePrivacyService(handle="PS1", card=CardEdit(name="Another Name")),
        changes.UpdateContact(handle="CA2", card=CardEdit(city="Napier")),
    ):
        await asked.keep(TWO)
        asked.registry.apply(edit)
        assert not asked.is_kept()


async def test_a_lock_drops_the_answer_when_it_lapses(asked: Asked) -> None:
    """Time changes answers: one carries the instant until which it is true."""
    write_rows(asked.registry.database, _lock_of_sixty_days)
    asked.freshness = SqliteFreshness(asked.source, asked.cache)
    await asked.keep(SHOP)
    asked.registry.wait(days=59)
    assert asked.is_kept()
    asked.registry.wait(days=2)
    assert not asked.is_kept()
    await asked.keep(SHOP)
    asked.registry.wait(days=-2)  # a clock that is set back
    assert not asked.is_kept()


def _lock_of_sixty_days(rows: RowWriter) -> None:
    since = int(START.timestamp() * 1e6)
    rows.row("transfer_lock", domain_id=1, since=since, until=since + 60 * 86_400 * 10**6)


async def test_a_restored_store_drops_everything(asked: Asked, tmp_path: Path) -> None:
    """The log may have as many rows as before: another last row is another history."""
    await asked.keep(SHOP)
    asked.registry.apply(changes.AddReservedName(name="kept.example"))
    assert asked.is_kept()
    asked.registry.wait(seconds=1)
    backup = Database.open(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    backup.write(lambda connection: connection.execute(text("UPDATE change_log SET at = at + 1")))
    backup.close()
    assert not asked.is_kept()


async def test_a_log_pruned_past_what_was_taken_in_drops_everything(asked: Asked) -> None:
    """Nobody can say any more what was touched."""
    await asked.keep(SHOP)
    asked.registry.apply(changes.AddReservedName(name="kept.example"))
    asked.registry.apply(changes.AddReservedName(name="kept.co.example"))
    newest = "DELETE FROM change_log WHERE seq < (SELECT max(seq) FROM change_log)"
    asked.registry.database.write(lambda connection: connection.execute(text(newest)))
    assert not asked.is_kept()


async def test_a_store_that_is_gone_vouches_for_nothing(asked: Asked, tmp_path: Path) -> None:
    """Never an answer that can't be vouched for; the store is found again by itself."""
    await asked.keep(SHOP)
    path = tmp_path / "store.sqlite3"
    path.rename(tmp_path / "away")
    assert not asked.freshness.look()
    (tmp_path / "away").rename(path)
    assert not asked.is_kept()
    assert asked.freshness.failures == 1


async def test_questions_of_one_turn_share_a_look(asked: Asked) -> None:
    """The look comes after all of them, and none is told before it has asked."""
    told: list[bool] = []
    before = asked.freshness.looks
    for _ in range(3):
        asked.freshness.ask(told.append)
    assert told == []
    await asyncio.sleep(0)
    assert told == [True, True, True]
    assert asked.freshness.looks == before + 1


async def test_an_answer_made_over_an_instant_is_not_given_again(asked: Asked) -> None:
    """Nobody knows on which side of it the answer stands, should the clock be set back."""
    write_rows(asked.registry.database, _lock_of_sixty_days)
    times = iter(START + timedelta(days=60, seconds=second) for second in (-1, 1, 1))
    reader = ReadDoor(asked.source, POLICY, clock=lambda: next(times))
    made = await reader.make(SHOP)
    asked.cache.keep(b"k", made.answer, size=1, made=made)
    for days in (0, 59, 61):
        asked.registry.now = START + timedelta(days=days)
        assert asked.cache.find(b"k") is None
        asked.cache.keep(b"k", made.answer, size=1, made=made)


def _fail(_good: bool) -> None:
    raise ValueError


async def test_one_question_that_fails_keeps_no_other_waiting(asked: Asked) -> None:
    """Whoever asked in the same turn is told, and so is who asks next."""
    told: list[bool] = []
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, said: faults.append(said))
    for then in (_fail, told.append):
        asked.freshness.ask(then)
    await asyncio.sleep(0)
    asked.freshness.ask(told.append)
    await asyncio.sleep(0)
    assert told == [True, True]
    assert len(faults) == 1


async def test_one_question_that_fails_at_the_end_keeps_no_other_waiting(asked: Asked) -> None:
    """Who waits when nothing is vouched for any more is told so, each by itself."""
    told: list[bool] = []
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, said: faults.append(said))
    for then in (_fail, told.append):
        asked.freshness.ask(then)
    await asked.freshness.close()
    assert told == [False]
    assert len(faults) == 1


async def test_a_look_that_fails_unforeseen_vouches_for_nothing(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told to who waits, and the next look is tried all the same."""

    def fail() -> tuple[int, int]:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(asked.source, "version", fail)
        assert not asked.freshness.look()
    assert asked.freshness.look()
