"""The registry's pure rules: statuses, clocks, links, names kept short."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.changes import Actor, CreateContact, LinkEdit
from store.errors import Code
from store.model import Card, Contact, PostalForm, PostalType, PrivacyMode, Registrar, Role
from store.policy import Lifecycle, RegistryPolicy
from store.published import Dnssec, DsData, KeyData, Kind
from store.refusals import quoted
from store.rules.contacts import create_contact
from store.rules.decision import name_some
from store.rules.delegations import edited_ds, edited_hosts
from store.rules.lifecycle import ContactState, contact_state, next_states, with_clock_kept
from store.rules.links import check_one_of_each
from store.rules.prohibitions import check_allowed, check_updatable, edited_statuses
from store.rules.uses import Use, check_link, check_uses, uses_matter
from store.statuses import Status, clashes, settable
from tests.store.editing_values import POLICY, a_card, refused

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIFE = Lifecycle()
NONE: frozenset[Status] = frozenset()
STATUSES = st.frozensets(st.sampled_from(Status), max_size=4)


def _contact(**values: object) -> Contact:
    defaults: dict[str, object] = {
        "handle": "CA1",
        "roid": "C1-EXAMPLE",
        "registrar": "REG-A",
        "card": Card(name="Aroha", city="Wellington", cc="NZ", email="a@example.net"),
        "unlinked_at": NOW,
    }
    return Contact(**(defaults | values))  # type: ignore[arg-type]


@given(age=st.timedeltas(timedelta(0), timedelta(days=200)))
def test_state_depends_on_age_alone(age: timedelta) -> None:
    """I-23, I-24: sixty days, then thirty more; a boundary belongs to the later state."""
    state = contact_state(_contact(), now=NOW + age, lifecycle=LIFE)
    expected = (
        ContactState.ORPHANED
        if age < timedelta(days=60)
        else ContactState.PENDING_DELETE
        if age < timedelta(days=90)
        else ContactState.DUE
    )
    assert state is expected
    comes = next_states(_contact(), now=NOW + age, lifecycle=LIFE)
    assert comes[-1] == ("deleted", NOW + timedelta(days=90))
    assert (len(comes) == 2) is (expected is ContactState.ORPHANED)


def test_linked_contact_has_no_clock() -> None:
    """L-09: not even an old one."""
    linked = _contact(unlinked_at=None, created=NOW - timedelta(days=999))
    assert contact_state(linked, now=NOW, lifecycle=LIFE) is ContactState.LINKED
    assert next_states(linked, now=NOW, lifecycle=LIFE) == ()


@pytest.mark.parametrize(("age", "left"), [(10, 80), (60, 30), (500, 30)])
def test_lifted_delete_bar_leaves_thirty_days_at_least(age: int, left: int) -> None:
    """L-04: the clock moves forward, never back."""
    before = _contact(statuses=frozenset({Status.SERVER_DELETE_PROHIBITED}))
    now = NOW + timedelta(days=age)
    after = with_clock_kept(before, replace(before, statuses=NONE), now=now, lifecycle=LIFE)
    assert next_states(after, now=now, lifecycle=LIFE)[-1] == (
        "deleted",
        now + timedelta(days=left),
    )


@given(stored=STATUSES, add=STATUSES, remove=STATUSES, kind=st.sampled_from(["contact", "domain"]))
def test_edited_statuses_are_the_asked_ones_or_a_refusal(
    stored: frozenset[Status], add: frozenset[Status], remove: frozenset[Status], kind: str
) -> None:
    """9.2.3, 9.2.4: adds what is free, removes what is set, and brings in no clash."""
    legal = (
        (add | remove) <= settable(kind)
        and not add & stored
        and not add & remove
        and remove <= stored
        and not (add and clashes((stored - remove) | add))
    )
    try:
        after = edited_statuses(kind, stored, add=add, remove=remove)  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - whichever it is, it must be deserved
        assert not legal
    else:
        assert legal
        assert after == (stored - remove) | add


def test_pending_operation_and_its_prohibition_exclude_each_other() -> None:
    """9.2.3: pendingDelete takes no DeleteProhibited beside it."""
    stored = frozenset({Status.PENDING_DELETE})
    with refused(Code.POLICY, "add_status"):
        edited_statuses(
            "domain", stored, add=frozenset({Status.CLIENT_DELETE_PROHIBITED}), remove=NONE
        )


def test_each_operation_has_its_own_bars() -> None:
    """A status bars what it names; a pending operation bars a transfer."""
    for side in ("client", "server"):
        for operation in ("delete", "renew", "transfer"):
            bar = frozenset({Status(f"{side}{operation.title()}Prohibited")})
            with refused(Code.STATUS_PROHIBITS):
                check_allowed(bar, operation)
            for other in {"delete", "renew", "transfer"} - {operation}:
                check_allowed(bar, other)  # type: ignore[arg-type]
    with refused(Code.STATUS_PROHIBITS):
        check_allowed(frozenset({Status.PENDING_UPDATE}), "transfer")
    check_allowed(frozenset({Status.PENDING_DELETE}), "delete")


def test_what_lifts_a_bar_does_nothing_else() -> None:
    """9.2.5: not even where no bar is left; other statuses may go with the last one."""
    client = frozenset({Status.CLIENT_UPDATE_PROHIBITED})
    both = client | {Status.SERVER_UPDATE_PROHIBITED}
    check_updatable(both, removed=client, nothing_else=True)
    check_updatable(both, removed=both | {Status.CLIENT_DELETE_PROHIBITED}, nothing_else=True)
    with refused(Code.STATUS_PROHIBITS):
        check_updatable(both, removed=both, nothing_else=False)
    with refused(Code.STATUS_PROHIBITS):
        check_updatable(both, removed=client | {Status.CLIENT_DELETE_PROHIBITED}, nothing_else=True)
    with refused(Code.STATUS_PROHIBITS):
        check_updatable(both, removed=client, nothing_else=False)
    with refused(Code.STATUS_PROHIBITS):
        check_updatable(both, removed=NONE, nothing_else=True)


def test_uses_matter_only_where_something_is_taken_away() -> None:
    """E-01: an edit that no zone can object to never looks at the names."""
    contact = _contact(card=replace(_contact().card, voice="+64.211234567"))
    silent = replace(contact, card=replace(contact.card, voice=None))
    assert uses_matter(contact, silent)
    assert not uses_matter(silent, contact)
    assert uses_matter(contact, replace(contact, kind=Kind.ORGANISATION))
    assert not uses_matter(contact, replace(contact, kind=Kind.INDIVIDUAL))
    assert not uses_matter(contact, replace(contact, card=replace(contact.card, name="B")))


def test_what_a_zone_asks_of_a_contact_names_role_or_field() -> None:
    """D-20, D-27: at linking the role is to blame, at an edit the field."""
    silent = _contact()
    tech = Use(zone="example", role=Role.TECH)
    with refused(Code.MISSING_VALUE, "tech"):
        check_link(silent, tech, POLICY)
    check_link(silent, replace(tech, role=Role.ADMIN), POLICY)
    check_link(silent, replace(tech, zone="co.example"), POLICY)
    both_forms = _contact(second=PostalForm(name="Aroha"))
    with refused(Code.POLICY, "admin"):
        check_link(both_forms, Use(zone="co.example", role=Role.ADMIN), POLICY)
    spoken = replace(silent, card=replace(silent.card, voice="+64.211234567"))
    with refused(Code.MISSING_VALUE, "voice"):
        check_uses(spoken, silent, [tech], POLICY)
    check_uses(silent, replace(silent, kind=Kind.INDIVIDUAL), [tech], POLICY)
    withheld = Use(zone="co.example", role=Role.REGISTRANT, privacy=PrivacyMode.WITHHOLD)
    with refused(Code.POLICY, "kind"):
        check_uses(silent, replace(silent, kind=Kind.ORGANISATION), [withheld], POLICY)
    check_uses(
        silent, replace(silent, kind=Kind.ORGANISATION), [replace(withheld, role=Role.TECH)], POLICY
    )


def test_terminated_registrar_gets_nothing_new() -> None:
    """Its old contacts stay; new ones are refused."""
    registrar = Registrar(handle="REG-A", status="terminated", card=Card(name="A"))
    change = CreateContact(handle="CA1", registrar="REG-A", card=a_card(), auth_info="fuBAR-1")
    with refused(Code.POLICY, "registrar"):
        create_contact(
            change,
            registrar=registrar,
            zones=["example"],
            policy=POLICY,
            actor=Actor(name="t"),
            now=NOW,
        )


def test_ascii_form_is_taken_where_one_zone_takes_it() -> None:
    """D-20: gtld zones take `int`; irs zones alone would not."""
    change = CreateContact(
        handle="CA1",
        registrar="REG-A",
        card=a_card(),
        auth_info="fuBAR-1",
        postal_type=PostalType.INT,
    )
    registrar = Registrar(handle="REG-A", card=Card(name="A"))

    def create(zones: list[str], policy: RegistryPolicy = POLICY) -> Contact:
        return create_contact(
            change, registrar=registrar, zones=zones, policy=policy, actor=Actor(name="t"), now=NOW
        ).record

    assert create(["co.example", "example"]).postal_type is PostalType.INT
    with refused(Code.POLICY, "postal_type"):
        create(["co.example"])


def test_one_role_is_given_once() -> None:
    """I-03: a second contact of a type is refused, never silently replaced."""
    edits = [LinkEdit(role=role, contact="CA1") for role in Role]
    check_one_of_each(edits)
    with refused(Code.POLICY, "admin"):
        check_one_of_each([*edits, LinkEdit(role=Role.ADMIN, contact="CA2")])


def test_keys_and_ds_exclude_each_other() -> None:
    """9.4.11: a name that holds keys takes no DS; what it holds can always go."""
    ds = DsData(key_tag=1, algorithm=13, digest_type=2, digest="AB" * 32)
    key = KeyData(flags=257, protocol=3, algorithm=13, public_key="AQID")
    with refused(Code.POLICY, "add_ds"):
        edited_ds(
            Dnssec(max_sig_life=None, ds=(), keys=(key,)), add=(ds,), remove=(), field="add_ds"
        )
    odd = replace(ds, algorithm=0)
    held = Dnssec(max_sig_life=7, ds=(odd, ds), keys=())
    typed = replace(odd, digest="ab" * 32)
    assert edited_ds(held, add=(), remove=(typed,), field="add_ds") == replace(held, ds=(ds,))
    many = tuple(replace(ds, key_tag=tag) for tag in range(17))
    with refused(Code.POLICY, "ds"):
        edited_ds(replace(held, ds=()), add=many, remove=(), field="ds")


def test_thirteen_name_servers_are_the_limit_of_an_edit_not_of_what_stands() -> None:
    """An imported name with more may still lose some."""
    names = tuple(f"n{number:02}.x.net" for number in range(15))
    with refused(Code.POLICY, "add_ns"):
        edited_hosts(names[:13], add=names[13:14], remove=(), field="add_ns")
    assert edited_hosts(names, add=(), remove=names[:1], field="add_ns") == names[1:]


def test_long_lists_of_names_are_cut_and_odd_text_is_escaped() -> None:
    """Refusals stay one short line, whatever was typed."""
    assert name_some(tuple(f"n{n}" for n in range(22))).endswith("n19 and 2 more")
    assert quoted("x\x1b[31m\n" * 99).isprintable()
    assert len(quoted("\U0001f600" * 9999)) < 1000
