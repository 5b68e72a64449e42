"""Completion: everything in one transaction, what is based on the past is looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update

from store.changes import (
    CreatePrivacyService,
    DisclosureEdit,
    PrivacyEdit,
    RecordConsent,
    UpdateContact,
    UpdateDomain,
)
from store.errors import Code
from store.model import Element, PrivacyMode
from store.published import Kind
from store.registrant_changes import ChangeState, EndReason
from store.sql.database import Database
from store.sql.schema import contact, domain
from store.statuses import Status
from tests.store.editing_values import START, Registry, a_card, a_contact, links, refused, with_zone
from tests.store.registrant_changes.doors import doors_say
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    approve,
    edit,
    latest,
    repoint,
    sent,
    state,
)

SIXTY = timedelta(days=60)


def test_completion_tells_both_and_the_registrar_a12_r30(database: Database) -> None:
    """A-12, R-26, R-30: the old address, the new one and the registrar, in the transaction."""
    registry = a_holder(database)
    registry.apply(edit())
    outcome = approve(registry)
    assert (outcome.action, outcome.changes["state"]) == ("ended", ("awaiting_prior", "completed"))
    told = [(message.kind, message.to, message.address) for message in sent(registry, since=2)]
    assert told == [
        ("N3", "prior", "old@example.net"),
        ("N3", "new", "new@example.net"),
        ("N3", "registrar", None),
    ]
    assert registry.contact("CA1").card.email == "new@example.net"
    assert registry.contact("CA1").updated_by == "tester"  # whoever asked for it


def test_next_answer_of_both_doors_shows_the_new_registrant_a07(database: Database) -> None:
    """A-07, E-38: one transaction: before it both show the old one, after it both the new one."""
    registry = a_holder(database, "shop.co.example", "two.co.example")
    registry.apply(edit(name="New Holder"))
    approve(registry, NEW)
    for whois, rdap in doors_say(registry, "shop.co.example", "two.co.example").values():
        assert (b"New Holder" in whois, b"New Holder" in rdap) == (False, False)
    approve(registry, PRIOR)
    for whois, rdap in doors_say(registry, "shop.co.example", "two.co.example").values():
        assert (b"New Holder" in whois, b"New Holder" in rdap) == (True, True)
        assert (b"Aroha" in whois, b"Aroha" in rdap) == (False, False)


def test_address_edited_meanwhile_stays_and_the_change_goes_on_e05(database: Database) -> None:
    """E-05, R-04: applied at once; completion leaves it alone."""
    registry = a_holder(database)
    registry.apply(edit(), edit(city="Nelson"))
    assert registry.contact("CA1").card.city == "Nelson"
    approve(registry)
    card = registry.contact("CA1").card
    assert (card.email, card.city) == ("new@example.net", "Nelson")


def test_phone_corrected_meanwhile_survives_completion_e06_r06(database: Database) -> None:
    """E-06, R-06, A-17, A-18: a patch, not a snapshot; also where the request had a phone."""
    registry = a_holder(database)
    registry.apply(edit(email="new@example.net", voice="+64.48312000", voice_ext="1"))
    registry.apply(edit(voice="+64.48312999"))
    assert registry.contact("CA1").card.voice == "+64.48312999"
    assert state(registry) is ChangeState.AWAITING_NEW
    assert set(latest(registry).patch) == {"email"}
    approve(registry)
    card = registry.contact("CA1").card
    assert (card.email, card.voice, card.voice_ext) == ("new@example.net", "+64.48312999", None)


def test_moved_base_voids_instead_of_completing_e08_r27(database: Database) -> None:
    """E-08, R-27: a patched field that has another value now: voided, both told, nothing done."""
    registry = a_holder(database)
    registry.apply(edit())
    approve(registry, NEW)
    by_hand = update(contact).where(contact.c.handle == "CA1").values(email="third@example.net")
    registry.database.write(lambda connection: connection.execute(by_hand))
    outcome = approve(registry, PRIOR)
    assert (outcome.action, outcome.changes["state"]) == ("ended", ("awaiting_prior", "voided"))
    assert latest(registry).reason is EndReason.MOVED
    assert registry.contact("CA1").card.email == "third@example.net"
    assert registry.count("transfer_lock") == 0
    told = [(message.kind, message.to, message.address) for message in sent(registry, since=2)]
    assert told == [
        ("N4", "new", "new@example.net"),
        ("N4", "prior", "third@example.net"),
        ("N4", "registrar", None),
    ]


def test_new_registrant_edited_meanwhile_voids_r27(database: Database) -> None:
    """R-27: the current registrant must not hand a name to somebody it was not shown."""
    registry = a_holder(database)
    registry.apply(repoint())
    approve(registry, NEW)
    registry.apply(edit("CA3", name="Somebody Else"))
    approve(registry, PRIOR)
    assert (state(registry), latest(registry).reason) == (ChangeState.VOIDED, EndReason.MOVED)
    assert registry.domain("shop.example").links[0].contact == "CA1"


@pytest.mark.parametrize("made_by", [edit(), repoint(), replace(edit(), only=("shop.example",))])
def test_name_barred_meanwhile_voids_r26(
    database: Database, made_by: UpdateContact | UpdateDomain
) -> None:
    """R-26: the guards of R-07 are looked at again."""
    registry = a_holder(database)
    registry.apply(made_by)
    approve(registry, NEW)
    gone = update(domain).values(statuses=Status.REDEMPTION_PERIOD.value)  # E-23
    registry.database.write(lambda connection: connection.execute(gone))
    approve(registry, PRIOR)
    assert (state(registry), latest(registry).reason) == (ChangeState.VOIDED, EndReason.BARRED)
    assert registry.domain("shop.example").links[0].contact == "CA1"


def test_withholding_is_asked_for_again_at_completion_p20(database: Database) -> None:
    """P-20, R-26: an organisation can't take over a name that withholds by then."""
    registry = a_holder(database, "aroha.co.example")
    registry.apply(a_contact("ORG", name="Kauri Ltd", kind=Kind.ORGANISATION))
    registry.apply(repoint("aroha.co.example", "ORG"))
    approve(registry, NEW)
    withhold = PrivacyEdit(mode=PrivacyMode.WITHHOLD)
    registry.apply(UpdateDomain(name="aroha.co.example", privacy=withhold))
    approve(registry, PRIOR)
    assert (state(registry), latest(registry).reason) == (ChangeState.VOIDED, EndReason.REFUSED)
    assert registry.domain("aroha.co.example").links[0].contact == "CA1"


def test_consents_fall_and_what_is_hidden_stays_d11_p19(database: Database) -> None:
    """D-11, P-19: shown is what the new holder agrees to; nothing hidden comes to light."""
    registry = a_holder(database)
    said = DisclosureEdit(
        disclose=frozenset({Element.NAME, Element.EMAIL}), hide=frozenset({Element.ADDR})
    )
    registry.apply(UpdateContact(handle="CA1", disclosure=said), edit())
    approve(registry)
    left = registry.contact("CA1").disclosures
    assert [(word.element, word.show) for word in left] == [(Element.ADDR, False)]


def test_agents_of_the_prior_registrant_are_not_the_new_ones_r18(database: Database) -> None:
    """R-18: consent is each registrant's own; after the change the new one is asked."""
    registry = a_holder(database)
    registry.apply(*(RecordConsent(contact="CA1", party=party) for party in (NEW, PRIOR)))
    assert registry.apply(edit()).action == "updated"
    assert registry.count("agent_consent") == 0
    assert registry.apply(edit(name="Mallory")).action == "held"
    assert state(registry) is ChangeState.AWAITING_NEW


def test_proxy_stays_on_and_every_alias_turns_d11_d12(database: Database) -> None:
    """D-11, D-12, E-13: one row turns the aliases of all names; also one that goes to a copy."""
    registry = a_holder(database, "one.example", "two.example")
    registry.apply(
        CreatePrivacyService(
            handle="PRIV", card=a_card(name="For the holder", org="Privacy"),
            alias_domain="a.example.net",
        ),
        *(
            UpdateDomain(name=name, privacy=PrivacyEdit(mode=PrivacyMode.PROXY))
            for name in ("one.example", "two.example")
        ),
    )  # fmt: skip

    def aliases() -> list[str]:
        listed = registry.inquiries.list_aliases("PRIV")
        return [alias.alias for alias in listed if alias.role.value == "registrant"]

    first = aliases()
    registry.apply(edit())
    assert aliases() == first
    approve(registry)
    second = aliases()
    assert len({*first, *second}) == 4
    assert registry.domain("one.example").privacy is PrivacyMode.PROXY
    # A copy has its original's generation until it holds a name in its stead.
    registry.apply(replace(edit("CA1", city="Nelson"), only=("two.example",)))
    copy = registry.domain("two.example").links[0].contact
    registry.apply(repoint("two.example", "CA3"))
    approve(registry)
    registry.apply(edit(copy, name="Twin"))
    registry.apply(repoint("one.example", copy))
    approve(registry)
    assert len({*first, *second, *aliases()}) == 6


def test_lock_is_one_row_for_all_names_r31_d36(database: Database) -> None:
    """R-31, D-36: sixty days in seconds from the completion, told on the change."""
    registry = a_holder(database, *(f"name{number}.example" for number in range(5)))
    registry.apply(edit())
    registry.wait(days=2)
    approve(registry)
    assert latest(registry).lock_until == registry.now + timedelta(seconds=60 * 86_400)
    assert registry.count("transfer_lock") == 1


def test_waived_lock_is_none_r16(database: Database) -> None:
    """A-11, R-16: waived is waived, for an edit, a re-point and a split."""
    registry = a_holder(database, "shop.example", "two.example")
    for step in (edit(), repoint(), replace(edit(name="X"), only=("two.example",))):
        registry.apply(step)
        approve(registry, waive_lock=True)
        assert state(registry) is ChangeState.COMPLETED
        assert (latest(registry).lock_waived, latest(registry).lock_until) == (True, None)
    assert registry.count("transfer_lock") == 0


def _locked_until(registry: Registry, name: str) -> datetime | None:
    lock = registry.inquiries.find_lock(name).lock
    return None if lock is None else lock.until


def test_second_change_never_shortens_the_first_lock_e27_r32(database: Database) -> None:
    """E-27, R-32, R-33: a waiver on the second leaves the first one's end; without, the later."""
    registry = a_holder(database)
    registry.apply(edit())
    approve(registry)
    registry.wait(days=10)
    registry.apply(edit(name="Second"))  # a lock bars no further change of holder
    approve(registry, waive_lock=True)
    assert _locked_until(registry, "shop.example") == START + SIXTY
    registry.apply(edit(name="Third"))
    approve(registry)
    assert _locked_until(registry, "shop.example") == START + SIXTY + timedelta(days=10)


def test_lock_goes_with_a_name_that_is_handed_on_r32_d36(database: Database) -> None:
    """D-36, R-32: waived for the second holder, the first lock still holds for the name."""
    registry = a_holder(database, "shop.example", "two.example")
    registry.apply(edit())
    approve(registry)
    registry.wait(days=1)
    registry.apply(repoint())
    approve(registry, waive_lock=True)
    assert _locked_until(registry, "shop.example") == START + SIXTY
    # So does a plain link to the same values, and a split that asks for nobody's word.
    registry.apply(a_contact("TWIN", email="new@example.net"))
    registry.apply(repoint("two.example", "TWIN"))
    assert _locked_until(registry, "two.example") == START + SIXTY
    registry.apply(replace(edit("TWIN", city="Nelson"), only=("two.example",)))
    assert _locked_until(registry, "two.example") == START + SIXTY


def test_zone_without_locks_gets_none(database: Database) -> None:
    """Section 4: a profile says whether a change locks; a copy made at once locks nothing."""
    registry = a_holder(database)
    registry.use(with_zone("example", registrant_change="cord"))
    assert registry.apply(edit()).action == "updated"
    assert registry.count("transfer_lock") == 0


@contextmanager
def _counting() -> Iterator[list[str]]:
    """List the statements that write, on any engine, while the block runs."""
    said: list[str] = []

    def note(
        _connection: object, _cursor: object, statement: str, rows: object, *_: object
    ) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            said.extend(
                [statement.split(maxsplit=1)[0]] * (len(rows) if isinstance(rows, list) else 1)
            )

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _rows_of(registry: Registry) -> dict[str, set[str]]:
    return {table: set(map(repr, rows)) for table, rows in registry.rows().items()}


@pytest.mark.parametrize("engine", ["sqlite_url", "postgresql_url"])
def test_no_step_writes_more_for_more_names_e02_d36(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """E-02, E-01, R-26, D-36: opening, answering, completing: the same for 1 and 200 names."""
    database = Database.open(request.getfixturevalue(engine))
    registry = a_holder(database, "first.example")
    registry.apply(edit())
    approve(registry)  # a lock stands already, for either number of names
    written: list[list[tuple[int, dict[str, int]]]] = []
    for names in (1, 200):
        registry.wait(days=1)
        for number in range(names - 1):
            registry.register(f"name{number}.example", links=links("CA1", "CA2", "CA2"))
        steps = []
        for step in ("open", "new", "prior"):
            before = _rows_of(registry)
            with _counting() as said:
                if step == "open":
                    registry.apply(edit(name=f"Holder of {names}"))
                else:
                    approve(registry, NEW if step == "new" else PRIOR)
            after = _rows_of(registry)
            changed = {table: len(after[table] ^ before[table]) for table in after}
            steps.append((len(said), changed))
        written.append(steps)
    database.close()
    assert written[0] == written[1]
    assert all(0 < count < 30 for count, _ in written[0])


def test_refused_step_leaves_no_trace(database: Database) -> None:
    """Section 13: a refusal is a rollback."""
    registry = a_holder(database)
    registry.apply(edit())
    approve(registry)
    registry.refuses([(edit("NONE"), Code.NOT_FOUND, "id")])
    with refused(Code.CLOSED):
        approve(registry, PRIOR)
