"""The approval pages over a real store: both parties answer, and what each may see."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from rdds.serving.approval_desk import StoreApprovalDesk
from store.approval_records import MOST_ON_A_PAGE, Approvals
from store.approvals import MOST_LISTED
from store.changes import (
    CardEdit,
    Change,
    UpdateContact,
    UpdateDomain,
    WithdrawRegistrantChange,
)
from store.model import Role
from store.registrant_changes import ChangeParty, ChangeState, Channel, RegistrantChange
from store.sql.database import Database
from store.sql.records.approval_tokens import new_token
from store.sql.records.registrant_changes import find_change
from tests.pages.running import FakeReader, Response, RunningPages, running_pages
from tests.published_values import absent
from tests.store.editing_values import (
    POLICY,
    Registry,
    a_contact,
    a_registry,
    links,
    with_zone,
)
from tests.stores import RowWriter, write_rows

NEW, PRIOR = ChangeParty.NEW, ChangeParty.PRIOR
APPROVE = {"decision": "approve", "data_correct": "yes"}
NEW_EMAIL = "maria@rossi.example"
MATERIAL = CardEdit(name="Maria Rossi", email=NEW_EMAIL)


@dataclass
class Case:
    """A registry under pages, and links to its registrant changes."""

    registry: Registry
    pages: RunningPages

    def link(self, change: int, party: ChangeParty) -> str:
        """Make a link to *change* for *party*, as a message would hold it."""

        def work(connection: Connection) -> str:
            return new_token(
                connection, change, party, channel=Channel.EMAIL, now=self.registry.now
            )

        return f"change/{self.registry.database.write(work)}"

    def opened(self, change: Change) -> int:
        """Ask for *change*; give the number of the registrant change that it opened."""
        outcome = self.registry.apply(change)
        assert outcome.held is not None
        return outcome.held.registrant_change

    def state(self, number: int) -> ChangeState:
        """Give where a change stands now."""
        return self.change(number).state_at(self.registry.now)

    def change(self, number: int) -> RegistrantChange:
        """Read a change back."""
        found = self.registry.database.read(lambda connection: find_change(connection, number))
        assert found is not None
        return found

    def answer(self, link: str, form: dict[str, str]) -> Response:
        """Post *form*; follow to the page of the result, as a browser does."""
        posted = self.pages.post(link, form)
        if posted.status != 303:
            return posted
        return self.pages.ask(posted.headers["location"].removeprefix("/"))


@contextmanager
def a_case(database: Database, *contacts: str) -> Iterator[Case]:
    """Serve approval pages over a registry in which CA1 holds shop.example."""
    registry = a_registry(database, "CA1", *contacts)
    registry.register()
    desk = StoreApprovalDesk(database, POLICY, clock=lambda: registry.now)
    try:
        with running_pages(FakeReader(absent()), desk=desk) as pages:
            yield Case(registry, pages)
    finally:
        desk.close()


def _edit(**values: Any) -> UpdateContact:
    return UpdateContact(handle="CA1", card=CardEdit(**values) if values else MATERIAL)


def _history(case: Case, kind: str, subject: str) -> list[tuple[str, str]]:
    return [(e.actor, e.door) for e in case.registry.inquiries.list_history(kind, subject)]


def test_both_parties_approve_and_the_registrant_changes(database: Database) -> None:
    """A-09 to A-12, R-17: first the new one, then the current one, each on a page of its own."""
    with a_case(database) as case:
        number = case.opened(_edit())
        new = case.link(number, NEW)
        assert case.pages.ask(new).title == "Please confirm the new registrant’s data"
        first = case.answer(new, APPROVE)
        assert (first.status, first.title) == (200, "You have approved")
        assert case.registry.contact("CA1").card.name == "Aroha Ngata"
        prior = case.link(number, PRIOR)
        assert "Maria Rossi" in case.pages.ask(prior).text
        last = case.answer(prior, {"decision": "approve"})
        assert (last.status, last.title) == (200, "The registrant was changed")
        assert "30 April 2026, 12:00:00 UTC" in last.text  # sixty days
        card = case.registry.contact("CA1").card
        assert (card.name, card.email, card.city) == ("Maria Rossi", NEW_EMAIL, "Wellington")
        who = _history(case, "contact", "CA1")
        assert ("new registrant", "pages") in who
        assert ("current registrant", "pages") in who
        assert {case.pages.ask(each).status for each in (new, prior)} == {410}


def test_waiver_on_the_page_means_no_lock(database: Database) -> None:
    """A-11, R-16: the current registrant alone waives, and the result says so."""
    with a_case(database) as case:
        number = case.opened(_edit())
        case.answer(case.link(number, NEW), {**APPROVE, "waive_lock": "yes"})
        prior = case.link(number, PRIOR)
        last = case.answer(prior, {"decision": "approve", "waive_lock": "yes"})
        assert "The transfer lock was waived" in last.text
        assert case.change(number).lock_until is None


@pytest.mark.parametrize(
    ("party", "word", "state", "title"),
    [
        (NEW, "decline", ChangeState.DECLINED_NEW, "The new registrant declined"),
        (PRIOR, "refuse", ChangeState.REFUSED_PRIOR, "The current registrant refused"),
    ],
)
def test_no_of_either_party_ends_the_change(
    database: Database, party: ChangeParty, word: str, state: ChangeState, title: str
) -> None:
    """A-13, R-28: all links are dead, the registrant is who it was."""
    with a_case(database) as case:
        number = case.opened(_edit())
        all_links = [case.link(number, NEW)]
        if party is PRIOR:
            case.answer(all_links[0], APPROVE)
            all_links.append(case.link(number, PRIOR))
        result = case.answer(all_links[-1], {"decision": word})
        assert (result.status, result.title) == (200, title)
        assert case.state(number) is state
        assert case.registry.contact("CA1").card.name == "Aroha Ngata"
        for link in all_links:
            assert case.pages.ask(link).status == 410
            assert case.pages.post(link, APPROVE).status == 410


def test_approval_without_the_tick_changes_no_row(database: Database) -> None:
    """R-14: refused with the form; not a row of the store is written."""
    with a_case(database) as case:
        new = case.link(case.opened(_edit()), NEW)
        before = case.registry.rows()
        assert case.pages.post(new, {"decision": "approve"}).status == 422
        assert case.registry.rows() == before


def test_reading_writes_no_row(database: Database) -> None:
    """R-13, E-28: a scanner may open every page of every link, before and after the deadline."""
    with a_case(database) as case:
        new = case.link(case.opened(_edit()), NEW)
        for _ in range(2):
            before = case.registry.rows()
            for method in ("GET", "HEAD"):
                for below in ("", "/names", "/done", "?decision=approve&data_correct=yes"):
                    case.pages.ask(new + below, method)
            assert case.registry.rows() == before
            case.registry.wait(days=8)


def test_deadline_closes_the_page_by_the_clock_alone(database: Database) -> None:
    """R-19, E-11, E-12: open a second before, gone at the deadline, with no job in between."""
    with a_case(database) as case:
        number = case.opened(_edit())
        case.registry.wait(days=6, hours=23)
        approved = case.answer(case.link(number, NEW), APPROVE)
        assert "about 1 hour left" in approved.text
        prior = case.link(number, PRIOR)
        assert "About 1 hour left." in case.pages.ask(prior).text
        case.registry.wait(minutes=59, seconds=59)
        assert case.pages.ask(prior).status == 200
        case.registry.wait(seconds=1)
        gone = case.pages.ask(prior)
        assert (gone.status, gone.title) == (410, "The time for answers is over")
        assert "8 March 2026, 12:00:00 UTC" in gone.text
        late = case.pages.post(prior, {"decision": "approve"})
        assert (late.status, late.title) == (410, "The time for answers is over")
        assert case.registry.contact("CA1").card.name == "Aroha Ngata"


@pytest.mark.parametrize(
    ("end", "title"),
    [
        (lambda number: WithdrawRegistrantChange(change=number), "The request was withdrawn"),
        (lambda _: _edit(name="Someone Else"), "Another request has taken this one’s place"),
        (lambda _: UpdateDomain(name="shop.example", disputed=True), "The request no longer holds"),
    ],
    ids=["withdrawn", "superseded", "voided"],
)
def test_change_that_ended_elsewhere_closes_its_page(
    database: Database, end: Any, title: str
) -> None:
    """R-08, R-28, E-07, E-21: the page tells the outcome; an open page's form comes too late."""
    with a_case(database) as case:
        number = case.opened(_edit())
        new = case.link(number, NEW)
        assert case.pages.ask(new).status == 200
        case.registry.apply(end(number))
        for response in (case.pages.post(new, APPROVE), case.pages.ask(new)):
            assert (response.status, response.title) == (410, title)
            assert "Maria Rossi" not in response.body.decode()


def test_older_links_work_until_one_is_used(database: Database) -> None:
    """R-21: each message has a link of its own; the first use kills all of that party."""
    with a_case(database) as case:
        number = case.opened(_edit())
        first, second = case.link(number, NEW), case.link(number, NEW)
        assert case.pages.ask(first).status == case.pages.ask(second).status == 200
        case.answer(first, APPROVE)
        for link in (first, second):
            assert case.pages.post(link, {"decision": "decline"}).status == 410
        assert case.state(number) is ChangeState.AWAITING_PRIOR


def test_prior_registrants_link_leads_nowhere_before_its_turn(database: Database) -> None:
    """A-10: the current registrant learns of the request when the new one has approved."""
    with a_case(database) as case:
        number = case.opened(_edit())
        prior = case.link(number, PRIOR)
        assert case.pages.ask(prior).status == 404
        assert case.pages.post(prior, {"decision": "approve"}).status == 404
        case.answer(case.link(number, NEW), APPROVE)
        assert case.pages.ask(prior).status == 200


def test_new_registrants_link_gives_no_second_approval(database: Database) -> None:
    """One party can't speak for the other: its token opens its own step alone."""
    with a_case(database) as case:
        number = case.opened(_edit())
        new = case.link(number, NEW)
        case.answer(new, APPROVE)
        response = case.pages.post(new, {"decision": "approve", "waive_lock": "yes"})
        assert response.status == 410
        assert case.state(number) is ChangeState.AWAITING_PRIOR


def test_two_browsers_at_once_one_answers_and_the_other_is_told(database: Database) -> None:
    """Of two simultaneous answers one counts; the other browser is told the outcome."""
    with a_case(database) as case:
        for turn in range(5):
            case.registry.apply(a_contact(f"CX{turn}"))
            case.registry.register(f"shop{turn}.example", f"CX{turn}")
            number = case.opened(UpdateContact(handle=f"CX{turn}", card=MATERIAL))
            found = _raced(case, number)
            assert sorted(each.status for each in found) == [303, 410]
            (told,) = (each for each in found if each.status == 410)
            declined = case.state(number) is ChangeState.DECLINED_NEW
            title = "The new registrant declined" if declined else "You have approved"
            assert told.title == title


def _raced(case: Case, number: int) -> list[Response]:
    barrier = threading.Barrier(2)
    found: list[Response] = []

    def answer(link: str, form: dict[str, str]) -> None:
        barrier.wait(10)
        found.append(case.pages.post(link, form))

    threads = [
        threading.Thread(target=answer, args=(case.link(number, NEW), form))
        for form in (APPROVE, {"decision": "decline"})
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_repoint_shows_the_new_one_its_own_card_and_the_prior_the_difference(
    database: Database,
) -> None:
    """Section 5.3: a re-point shows the new registrant its whole card, the other both sides."""
    with a_case(database) as case:
        card = {"name": "Maria Rossi", "email": NEW_EMAIL, "city": "Roma", "cc": "IT"}
        case.registry.apply(a_contact("CB2", street=("Via Roma 1",), pc="00184", **card))
        number = case.opened(UpdateDomain(name="shop.example", links=links("CB2")))
        new = case.link(number, NEW)
        page = case.pages.ask(new)
        for value in ("Maria Rossi", NEW_EMAIL, "Roma", "Via Roma 1", "00184", "IT"):
            assert value in page.text
        assert "Aroha" not in page.body.decode()
        case.answer(new, APPROVE)
        prior = case.pages.ask(case.link(number, PRIOR))
        assert "Aroha Ngata" in prior.text
        assert "Maria Rossi" in prior.text
        assert "Via Roma 1" not in prior.text  # not what the change is about
        assert case.answer(case.link(number, PRIOR), {"decision": "approve"}).status == 200
        holder = case.registry.domain("shop.example").link(Role.REGISTRANT)
        assert holder is not None
        assert holder.contact == "CB2"


def test_split_is_about_its_names_alone(database: Database) -> None:
    """R-10, E-15: the page of a split lists the names that would go, and no other."""
    with a_case(database) as case:
        for name in ("a.example", "b.example"):
            case.registry.register(name)
        number = case.opened(replace(_edit(), only=("a.example",)))
        page = case.pages.ask(case.link(number, NEW))
        assert "a.example" in page.text
        assert "b.example" not in page.text
        assert "shop.example" not in page.text


def test_zone_that_does_not_lock_offers_no_waiver(sqlite_url: str) -> None:
    """Without days of lock the current registrant's page speaks of none."""
    database = Database.open(sqlite_url)
    with a_case(database) as case:
        number = case.opened(_edit())
        case.answer(case.link(number, NEW), APPROVE)
        token = case.link(number, PRIOR).removeprefix("change/")

        def lock(policy: Any) -> timedelta:
            found = Approvals(database, policy, clock=lambda: case.registry.now).find(token)
            assert found is not None
            return found.lock

        free = replace(POLICY.change_terms, transfer_lock=timedelta(0))
        assert lock(POLICY) == timedelta(days=60)
        assert lock(replace(POLICY, change_terms=free)) == timedelta(0)
        assert lock(with_zone("example", registrant_change="cord")) == timedelta(0)
    database.close()


def test_many_names_are_counted_and_paged(database: Database) -> None:
    """The first fifty, the count, and pages with all of them, once each and in order."""
    with a_case(database) as case:
        names = sorted(f"n{number:04}.example" for number in range(MOST_ON_A_PAGE + 20))
        holder = case.registry.contact("CA1")

        def fill(rows: RowWriter) -> None:
            rows._links = 10
            for number, name in enumerate(names):
                rows.domain(1000 + number, name, {Role.REGISTRANT: holder.id})

        write_rows(database, fill)
        number = case.opened(_edit())
        new = case.link(number, NEW)
        front = case.pages.ask(new)
        assert len(front.page.xpath("//ul[@class='names']/li")) == MOST_LISTED
        assert f"of {len(names) + 1} names" in front.text
        seen: list[str] = []
        place = f"{new}/names"
        while place:
            page = case.pages.ask(place).page
            seen += [li.text_content().strip() for li in page.xpath("//ul[@class='names']/li")]
            following = page.xpath("//a[.='Further names']/@href")
            place = following[0].removeprefix("/") if following else ""
        assert seen == [*names, "shop.example"]


_WORDS = st.text(st.sampled_from("abcdefghij"), min_size=6, max_size=9)
_TURNS = count(1)
_PARTS = ("name", "org", "city", "sp", "pc", "street", "email", "voice", "fax", "voice_ext")


def _card(mark: str, word: str, parts: frozenset[str], digits: int) -> dict[str, Any]:
    """Give values that hold *mark* in every text and *digits* in every number."""
    values: dict[str, Any] = {
        "name": f"{mark}n{word}",
        "org": f"{mark}o{word}",
        "city": f"{mark}c{word}",
        "sp": f"{mark}s{word}",
        "pc": f"{mark}p"[:16],
        "street": (f"{mark}t{word}", f"{mark}u{word}"),
        "email": f"{mark}e{word}@{mark}.example",
        "voice": f"+64.{digits}1",
        "fax": f"+64.{digits}2",
        "voice_ext": str(digits)[:6],
    }
    return {part: values[part] for part in parts}


@pytest.fixture(scope="module")
def many_parties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Give one store for all random parties."""
    url = f"sqlite:///{tmp_path_factory.mktemp('many') / 's.sqlite3'}"
    database = Database.open(url, create=True)
    with a_case(database) as case:
        yield case
    database.close()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_new_partys_page_never_holds_a_value_of_the_prior_holder(
    data: st.DataObject, many_parties: Case
) -> None:
    """Section 5.3: whatever is edited, re-pointed or split, nothing of the prior holder shows.

    Every value of the prior holder is marked; no page of the new one holds a mark.
    """
    case, turn = many_parties, next(_TURNS)
    old = _card("zzold", data.draw(_WORDS), frozenset(_PARTS), 7_777_777)
    parts = data.draw(st.sets(st.sampled_from(_PARTS)))
    parts.add(data.draw(st.sampled_from(["name", "email"])))
    new = _card("yynew", data.draw(_WORDS), frozenset(parts), 5_555_555)
    if "voice_ext" in new:
        new["voice"] = "+64.55555551"
    cleared = data.draw(st.sets(st.sampled_from(["org", "sp", "pc", "fax"]))) - parts
    new |= dict.fromkeys(cleared, "")
    case.registry.apply(a_contact(f"CZZ{turn}", **old))
    names = [f"{which}{turn}.example" for which in ("one", "two")]
    for name in names:
        case.registry.register(name, f"CZZ{turn}")
    match data.draw(st.sampled_from(["edit", "split", "repoint"])):
        case "repoint":
            case.registry.apply(a_contact(f"CYY{turn}", **new))
            change: Change = UpdateDomain(name=names[0], links=links(f"CYY{turn}"))
        case kind:
            only = (names[0],) if kind == "split" else ()
            change = UpdateContact(handle=f"CZZ{turn}", card=CardEdit(**new), only=only)
    link = case.link(case.opened(change), NEW)
    approvals = Approvals(case.registry.database, POLICY, clock=lambda: case.registry.now)
    handed = repr(approvals.find(link.removeprefix("change/")))  # all that the pages get
    seen = [case.pages.ask(link + below) for below in ("", "/names", "?lang=it")]
    seen.append(case.pages.post(link, {"decision": "approve"}))
    seen.append(
        case.pages.post(link, data.draw(st.sampled_from([APPROVE, {"decision": "decline"}])))
    )
    seen += [case.pages.ask(f"{link}/done"), case.pages.ask(link)]
    assert [each.status for each in seen] == [200, 200, 200, 422, 303, 200, 410]
    told = b"".join(each.body for each in seen).decode()
    assert "yynew" in told
    for mark in ("zzold", "777777", "CZZ"):
        assert mark not in told
        assert mark not in handed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_other_token_opens_a_page(data: st.DataObject, tmp_path_factory: Any) -> None:
    """E-29: cut, prolonged, recased or changed in one place, a token leads nowhere."""
    case, token = _one_link(tmp_path_factory)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_"))
    wrong = data.draw(
        st.sampled_from(
            [
                token[:at],
                token[at + 1 :],
                token[:at] + other + token[at + 1 :],
                token + other,
                token.swapcase(),
                token[::-1],
            ]
        )
    )
    found = case.find(wrong)
    assert (found is not None) is (wrong == token)


_LINKS: list[tuple[Approvals, str]] = []


def _one_link(tmp_path_factory: pytest.TempPathFactory) -> tuple[Approvals, str]:
    if not _LINKS:
        url = f"sqlite:///{tmp_path_factory.mktemp('one') / 's.sqlite3'}"
        database = Database.open(url, create=True)
        with a_case(database) as case:
            token = case.link(case.opened(_edit()), NEW).removeprefix("change/")
            _LINKS.append((Approvals(database, POLICY, clock=lambda: case.registry.now), token))
    return _LINKS[0]
