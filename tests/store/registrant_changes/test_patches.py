"""Patches and rulings, pure: what differs, what matters, what a later word leaves of a patch."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.languages import language_of
from store.model import Card, Contact, Disclosure, Element
from store.policy import PROFILES, RegistryPolicy
from store.published import Kind
from store.registrant_changes import (
    OPEN_STATES,
    ChangeKind,
    ChangeState,
    Patch,
    RegistrantChange,
)
from store.rules.patches import overtaken, patch_of, patched, standing
from store.rules.registrant_changes import ChangeEvent, material_patch, moved, rule_on
from store.statuses import Status

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_TEXT = st.none() | st.text("abcÄ ", min_size=1, max_size=4)
_CARDS = st.builds(
    Card,
    name=st.text("abcÄ ", min_size=1, max_size=4),
    org=_TEXT,
    street=st.lists(st.text("ab", min_size=1), max_size=3).map(tuple),
    city=_TEXT,
    cc=st.sampled_from((None, "NZ", "IT")),
    voice=st.sampled_from((None, "+64.48312999")),
    voice_ext=st.sampled_from((None, "1")),
    email=st.sampled_from((None, "a@example.net", "A@example.net")),
)
_WORDS = st.lists(st.sampled_from(Element), unique=True).map(
    lambda elements: tuple(
        Disclosure(element=each, show=at % 2 == 0, at=NOW if at % 2 == 0 else None)
        for at, each in enumerate(each for each in Element if each in elements)
    )
)
CONTACTS = st.builds(
    Contact,
    handle=st.just("C1"),
    roid=st.just("C1-X"),
    registrar=st.just("REG-A"),
    kind=st.none() | st.sampled_from(Kind),
    card=_CARDS,
    statuses=st.frozensets(st.sampled_from((Status.CLIENT_DELETE_PROHIBITED, Status.OK))),
    disclosures=_WORDS,
    auth_hash=st.none() | st.just("hash"),
)


def _kept(patch: Patch) -> Patch:
    """Give *patch* as it comes back from the store."""
    spelled = json.dumps({field: list(pair) for field, pair in patch.items()})
    return {field: (pair[0], pair[1]) for field, pair in json.loads(spelled).items()}


@given(CONTACTS, CONTACTS)
def test_patch_laid_over_its_base_is_the_edit_r06(before: Contact, after: Contact) -> None:
    """R-06: nothing is lost on the way through the store, nothing is added."""
    patch = _kept(patch_of(before, after))
    assert patched(before, patch) == after
    assert standing(before, patch)
    assert (patch == {}) == (before == after)


@given(CONTACTS, CONTACTS, CONTACTS)
def test_later_word_survives_the_patch_e05_e06(
    before: Contact, asked: Contact, meanwhile: Contact
) -> None:
    """E-05, E-06: what was edited meanwhile stays, and the rest of the patch still stands."""
    left = _kept(overtaken(patch_of(before, asked), before, meanwhile))
    assert standing(meanwhile, left)
    after = patched(meanwhile, left)
    for field, (_, new) in patch_of(before, meanwhile).items():
        assert patch_of(before, after).get(field, (None, new))[1] == new


@given(CONTACTS, CONTACTS)
def test_material_fields_are_a_part_of_the_patch_r02(before: Contact, after: Contact) -> None:
    """R-02, R-03: name, organisation and e-mail; the address where asked for; never a number."""
    plain = material_patch(before, after, address=False)
    strict = material_patch(before, after, address=True)
    assert plain.keys() <= {"name", "org", "email"}
    assert plain.items() <= strict.items()
    assert strict.keys() <= {"name", "org", "email", "street", "city", "sp", "pc", "cc"}


@pytest.mark.parametrize(
    ("old", "new", "material"),
    [
        ("a@example.net", "a@EXAMPLE.net", False),  # the domain part has no case
        ("a@example.net", "A@example.net", True),
        (None, "a@example.net", True),
    ],
)
def test_email_is_compared_with_its_domain_folded_r02(
    old: str | None, new: str, material: bool
) -> None:
    """R-02: "e-mail compared with lower-cased domain part"."""
    before = Contact(handle="C1", roid="", registrar="R", card=Card(name="A", email=old))
    after = replace(before, card=replace(before.card, email=new))
    assert bool(material_patch(before, after, address=False)) is material


def test_zones_rule_together_r11() -> None:
    """R-11: held if one zone asks; an address only concerns the zones that count it."""
    before = Contact(handle="C1", roid="", registrar="R", card=Card(name="A", city="B"))
    policy = RegistryPolicy(
        zones={
            "seed": PROFILES["gtld"],
            "strict": replace(PROFILES["gtld"], material_address=True),
            "nz": replace(PROFILES["irs"], registrant_change="irs_nz"),
        }
    )
    renamed = replace(before, card=replace(before.card, name="C"))
    moved_house = replace(before, card=replace(before.card, city="C"))
    ruled = [
        (ruling.approved, sorted(ruling.zones))
        for ruling in (
            rule_on(before, renamed, zones=("seed", "nz"), policy=policy),
            rule_on(before, renamed, zones=("nz",), policy=policy),
            rule_on(before, moved_house, zones=("seed", "nz"), policy=policy),
            rule_on(before, moved_house, zones=("strict", "nz"), policy=policy),
        )
    ]
    assert ruled == [
        (True, ["nz", "seed"]),
        (False, ["nz"]),
        (False, []),
        (True, ["strict"]),
    ]


@pytest.mark.parametrize("state", ChangeState)
@pytest.mark.parametrize("event", ChangeEvent)
def test_table_of_states_is_total(state: ChangeState, event: ChangeEvent) -> None:
    """5.2: from a waiting state on, every event leads on; from a terminal one, none."""
    change = RegistrantChange(
        kind=ChangeKind.EDIT,
        state=state,
        registrar="R",
        contact="C1",
        contact_id=1,
        prior_email=None,
        new_email=None,
        created=NOW,
        created_by="x",
        deadline=NOW + timedelta(days=7),
    )
    now = change.deadline if event is ChangeEvent.EXPIRED else NOW
    if state not in OPEN_STATES:
        with pytest.raises(RegistryError) as refusal:
            moved(change, event, now=now)
        assert refusal.value.code is Code.CLOSED
        return
    after = moved(change, event, now=now)
    assert after.state is not state
    assert (after.closed is None) == (after.state in OPEN_STATES)
    if event is not ChangeEvent.EXPIRED:
        with pytest.raises(RegistryError):
            moved(change, event, now=change.deadline)
    else:
        with pytest.raises(RegistryError):
            moved(change, event, now=change.deadline - timedelta(seconds=1))


def test_language_follows_the_country() -> None:
    """Italian where it is spoken; the settings decide elsewhere."""
    assert [language_of(cc) for cc in ("IT", "SM", "VA", "CH", None)] == ["it"] * 3 + [None] * 2
