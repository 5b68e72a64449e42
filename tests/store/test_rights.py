"""Who may do what (contacts.md 9): the whole matrix, tried through the write door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from store import changes
from store.changes import (
    ActingHolder,
    ActingRegistrar,
    Actor,
    CardEdit,
    Change,
    DisclosureEdit,
    LiftTransferLock,
    PrivacyEdit,
    UpdateContact,
    UpdateDomain,
    UpdateHost,
)
from store.errors import Code, RegistryError
from store.model import Element, PrivacyMode, Role
from store.published import DsData
from store.registrant_changes import Answer, ChangeParty, Channel
from store.rules.rights import RIGHTS, Operation, Right, roles_on, viewable_contacts
from store.sql.database import Database
from store.statuses import Status
from tests.store.editing_values import (
    AUTH,
    START,
    Registry,
    a_card,
    a_contact,
    a_registry,
    links,
    with_zone,
)

SHOP = "shop.example"
HOLDERS = {Role.REGISTRANT: "CA1", Role.ADMIN: "CA2", Role.TECH: "CA3", Role.BILLING: "CA4"}
O = Operation  # noqa: E741 - the table below is read by its columns

# contacts.md 9 once more, apart from the code: y, n, own contact only, party to a change.
MATRIX = {
    O.VIEW_PUBLIC: "y y y y",
    O.VIEW_PRIVATE: "y y own own",
    O.NAME_SERVERS: "y y y n",
    O.DNSSEC: "y y y n",
    O.DNS_RECORDS: "y y y n",
    O.EDIT_CONTACT: "own own own own",
    O.REPLACE_TECH: "y y n n",
    O.REPLACE_OTHERS: "y y n n",
    O.CHANGE_REGISTRANT: "y y n n",
    O.APPROVE: "party n n n",
    O.PRIVACY: "y y n n",
    O.TRANSFER_CODE: "y y n n",
    O.PAYMENT: "y y n y",
    O.SPONSOR: "n n n n",
    O.ORDER: "n n n n",
}
MAY_ON_ONES_NAME = {
    (operation, role): word in {"y", "own"}
    for operation, row in MATRIX.items()
    for role, word in zip(HOLDERS, row.split(), strict=True)
}

CLIENT, SERVER = Status.CLIENT_TRANSFER_PROHIBITED, Status.SERVER_TRANSFER_PROHIBITED
KEY = DsData(key_tag=1, algorithm=13, digest_type=2, digest="AB" * 32)
HIDE = DisclosureEdit(hide=frozenset({Element.VOICE}))
OWN = "OWN"  # stands for the handle of whoever acts


def an_edit(**values: object) -> UpdateDomain:
    """Give an edit of the name."""
    return UpdateDomain(name=SHOP, **values)  # type: ignore[arg-type]


def an_own(**values: object) -> UpdateContact:
    """Give an edit of the contact that acts."""
    return UpdateContact(handle=OWN, **values)  # type: ignore[arg-type]


SAMPLES: dict[Operation, tuple[Change, ...]] = {
    O.NAME_SERVERS: (
        an_edit(add_hosts=("ns1.elsewhere.net",)),
        an_edit(remove_hosts=("ns9.elsewhere.net",)),
        changes.CreateHost(name=f"ns2.{SHOP}", addresses=("192.0.2.2",)),
        UpdateHost(name=f"ns1.{SHOP}", add_addresses=("192.0.2.3",)),
        changes.DeleteHost(name=f"ns1.{SHOP}"),
    ),
    O.DNSSEC: (an_edit(add_ds=(KEY,)), an_edit(remove_ds=(KEY,))),
    O.EDIT_CONTACT: (
        an_own(card=CardEdit(city="Porirua")),
        an_own(card=CardEdit(name="Somebody Else")),
        an_own(auth_info=f"{AUTH}-2"),
    ),
    O.REPLACE_TECH: (an_edit(links=links(tech="CA5")),),
    O.REPLACE_OTHERS: (an_edit(links=links(admin="CA5")), an_edit(links=links(billing=""))),
    O.CHANGE_REGISTRANT: (an_edit(links=links(registrant="CA5")),),
    O.APPROVE: (changes.AnswerRegistrantChange(token="x" * 32, answer=Answer.APPROVE),),
    O.PRIVACY: (
        an_edit(privacy=PrivacyEdit(mode=PrivacyMode.WITHHOLD)),
        an_own(disclosure=HIDE),
    ),
    O.TRANSFER_CODE: (
        an_edit(remove_statuses=frozenset({CLIENT})),
        changes.DeleteDomain(name=SHOP),
    ),
    O.PAYMENT: (an_edit(expires=START + timedelta(days=800)),),
    O.SPONSOR: (
        a_contact("CA9"),
        changes.DeleteContact(handle="CA5"),
        changes.CreateDomain(name="new.example", registrar="REG-A", links=links("CA1", "CA1")),
        an_edit(add_statuses=frozenset({Status.CLIENT_HOLD})),
        an_own(add_statuses=frozenset({Status.CLIENT_DELETE_PROHIBITED})),
        UpdateHost(name=f"ns1.{SHOP}", add_statuses=frozenset({Status.CLIENT_DELETE_PROHIBITED})),
    ),
    O.ORDER: (
        an_edit(disputed=True),
        an_edit(expires=START + timedelta(days=30)),
        an_edit(add_statuses=frozenset({SERVER})),
        an_own(add_statuses=frozenset({Status.SERVER_UPDATE_PROHIBITED})),
        UpdateHost(name=f"ns1.{SHOP}", add_statuses=frozenset({Status.SERVER_UPDATE_PROHIBITED})),
        changes.TransferDomain(name=SHOP, to="REG-B"),
        LiftTransferLock(name=SHOP, reason="because"),
        changes.CreateRegistrar(handle="REG-C", card=CardEdit(name="C")),
        changes.UpdateRegistrar(handle="REG-A", card=CardEdit(name="A")),
        changes.DeleteRegistrar(handle="REG-B"),
        changes.CreatePrivacyService(handle="PRIV", card=a_card(), alias_domain="a.example"),
        changes.UpdatePrivacyService(handle="PRIV", card=CardEdit(name="A")),
        changes.DeletePrivacyService(handle="PRIV"),
        changes.AddReservedName(name="kept.example"),
        changes.RemoveReservedName(name="kept.example"),
        changes.EndOverdueChanges(),
        changes.DeleteDueContacts(),
        changes.ScrubHistory(),
        changes.PruneChangeLog(),
    ),
}
# About a registrant change or a consent: whose it is, is tried apart.
ELSEWHERE = {
    changes.ResendRegistrantChange,
    changes.WithdrawRegistrantChange,
    changes.RecordConsent,
}
CASES = [(operation, change) for operation, some in SAMPLES.items() for change in some]


def _filled(database: Database) -> Registry:
    registry = a_registry(database, "CA1", "CA2", "CA3", "CA4")
    registry.apply(a_contact("CA5", name="Somebody Else", email="else@example.net"))
    registry.use(with_zone("example", privacy_modes=frozenset(PrivacyMode)))
    registry.register(SHOP, links=links("CA1", "CA2", "CA3", "CA4"))
    for role, handle in HOLDERS.items():
        # Whatever its role here, each is everything elsewhere.
        registry.register(f"{role}.example", links=links(handle, handle, handle, handle))
    registry.apply(
        changes.CreateHost(name=f"ns1.{SHOP}", addresses=("192.0.2.1",)),
        an_edit(add_hosts=("ns9.elsewhere.net",), add_ds=(replace(KEY, key_tag=2),)),
        an_edit(add_statuses=frozenset({CLIENT})),
    )
    return registry


@pytest.fixture
def registry(sqlite_url: str) -> Registry:
    """Give a registry with a name whose four roles four contacts have."""
    return _filled(Database.open(sqlite_url))


def may(registry: Registry, change: Change, acting: ActingHolder | ActingRegistrar) -> bool:
    """Tell whether *acting* gets past the question of rights, without a commit."""
    if isinstance(change, UpdateContact) and isinstance(acting, ActingHolder):
        change = replace(change, handle=acting.contact)
    elif isinstance(change, UpdateContact):
        change = replace(change, handle="CA1")
    try:
        registry.door.apply(change, Actor(name="somebody", acting=acting), dry_run=True)
    except RegistryError as refusal:
        return refusal.code not in {Code.NOT_ALLOWED, Code.NOT_SPONSOR}
    return True


def test_matrix_is_section_nine() -> None:
    """Section 9, D-16: the table of the code is the table of the rules, row by row."""
    words = {Right.YES: "y", Right.NO: "n", Right.OWN: "own", Right.PARTY: "party"}
    spelled = {
        operation: " ".join(words[row[role]] for role in HOLDERS)
        for operation, row in RIGHTS.items()
    }
    assert spelled == MATRIX
    assert set(RIGHTS) == set(Operation)


def test_every_change_is_tried() -> None:
    """No change of the write door is left out of the trials below."""
    tried = {type(change) for _, change in CASES} | ELSEWHERE
    assert tried == set(get_args(Change))


@pytest.mark.parametrize("role", Role)
def test_role_may_do_what_section_nine_says_t04_t08_i04_d16(registry: Registry, role: Role) -> None:
    """Section 9, T-04, T-12, I-04, D-16: each operation is open to a role or refused to it."""
    acting = ActingHolder(name=SHOP, contact=HOLDERS[role])
    wrong = [
        (operation, change)
        for operation, change in CASES
        if may(registry, change, acting) is not MAY_ON_ONES_NAME[operation, role]
    ]
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_roles_never_reach_across_names_t07(registry: Registry, role: Role) -> None:
    """Section 9, "Edge", T-07: being everything on one name is nothing on another."""
    acting = ActingHolder(name=f"{role}.example", contact=HOLDERS[role])
    own = {O.EDIT_CONTACT, O.PRIVACY}  # its own contact is its own from either name
    for operation, change in CASES:
        if operation in own and isinstance(change, UpdateContact):
            assert may(registry, change, acting)
        else:
            assert not may(registry, change, acting), change


def test_roles_on_one_name_add_up(registry: Registry) -> None:
    """Section 9, "Edge": who is tech and billing of a name may do what either may."""
    registry.apply(an_edit(links=links(billing="CA3")))
    acting = ActingHolder(name=SHOP, contact="CA3")
    for operation, change in CASES:
        either = (MAY_ON_ONES_NAME[operation, role] for role in (Role.TECH, Role.BILLING))
        assert may(registry, change, acting) is any(either), change


def test_stranger_may_nothing(registry: Registry) -> None:
    """A contact without a role on the name, and a name that isn't there, open nothing."""
    for acting in (
        ActingHolder(name=SHOP, contact="CA5"),
        ActingHolder(name="gone.example", contact="CA1"),
    ):
        assert not any(may(registry, change, acting) for _, change in CASES)


def test_role_holder_edits_no_other_contact(registry: Registry) -> None:
    """Section 9: a registrant edits its own contact, not the one of its tech."""
    actor = Actor(name="aroha", acting=ActingHolder(name=SHOP, contact="CA1"))
    edit = UpdateContact(handle="CA3", card=CardEdit(city="Porirua"))
    with pytest.raises(RegistryError) as refusal:
        registry.door.apply(edit, actor)
    assert refusal.value.code is Code.NOT_ALLOWED


@pytest.mark.parametrize(("role", "allowed"), [(Role.ADMIN, True), (Role.TECH, False)])
def test_split_replaces_links_d16(registry: Registry, role: Role, allowed: bool) -> None:
    """D-16: tech may not replace links, not even its own by a copy of itself."""
    split = an_own(card=CardEdit(city="Porirua"), only=(SHOP,))
    assert may(registry, split, ActingHolder(name=SHOP, contact=HOLDERS[role])) is allowed
    across = replace(split, only=(SHOP, f"{role}.example"))
    assert not may(registry, across, ActingHolder(name=SHOP, contact=HOLDERS[role]))


def test_hosts_below_other_names_are_no_glue_of_ones_own(registry: Registry) -> None:
    """Section 9: glue is what stands below the name, not below another or outside."""
    acting = ActingHolder(name=SHOP, contact="CA3")
    for name in ("ns1.tech.example", "ns1.elsewhere.net"):
        assert not may(registry, changes.CreateHost(name=name, addresses=("192.0.2.2",)), acting)


def test_refused_change_writes_nothing(database: Database) -> None:
    """A refusal for want of rights comes before anything is written, on both engines."""
    registry = _filled(database)
    before = registry.rows()
    for acting, change, code in (
        (ActingHolder(name=SHOP, contact="CA4"), an_edit(add_ds=(KEY,)), Code.NOT_ALLOWED),
        (ActingRegistrar(handle="REG-B"), an_edit(add_ds=(KEY,)), Code.NOT_SPONSOR),
        (ActingRegistrar(handle="REG-A"), an_edit(disputed=True), Code.NOT_ALLOWED),
    ):
        with pytest.raises(RegistryError) as refusal:
            registry.door.apply(change, Actor(name="somebody", acting=acting))
        assert refusal.value.code is code
        assert refusal.value.message.isprintable()
    assert registry.rows() == before


def test_registrar_may_do_all_but_orders_to_its_own_c04_r31(registry: Registry) -> None:
    """C-04, R-31: nothing but approvals, disputes, locks and what is the registry's is refused."""
    for operation, change in CASES:
        allowed = operation not in {O.APPROVE, O.ORDER}
        assert may(registry, change, ActingRegistrar(handle="REG-A")) is allowed, change


def test_registrar_may_nothing_to_anothers_e39(registry: Registry) -> None:
    """E-39, C-04, D-17: another registrar's objects are refused with 2201's code."""
    actor = Actor(name="somebody", acting=ActingRegistrar(handle="REG-B"))
    for operation, change in CASES:
        if operation in {O.APPROVE, O.ORDER}:
            continue
        sample = replace(change, handle="CA1") if isinstance(change, UpdateContact) else change
        with pytest.raises(RegistryError) as refusal:
            registry.door.apply(sample, actor, dry_run=True)
        assert refusal.value.code is Code.NOT_SPONSOR, change


def test_registrar_sponsors_hosts_it_makes(registry: Registry) -> None:
    """A host outside our zones belongs to the registrar that made it."""
    actor = Actor(name="somebody", acting=ActingRegistrar(handle="reg-b"))
    registry.door.apply(changes.CreateHost(name="ns1.elsewhere.net"), actor)
    assert registry.host("ns1.elsewhere.net").registrar == "REG-B"
    registry.door.apply(changes.DeleteHost(name="ns1.elsewhere.net"), actor)


def test_registrant_change_is_its_registrars_and_its_parties_r08(registry: Registry) -> None:
    """R-08: a change is withdrawn and resent by its registrar, or by its name's registrant."""
    held = registry.apply(an_edit(links=links(registrant="CA5"))).held
    assert held is not None
    resend = changes.ResendRegistrantChange(
        change=held.registrant_change, party=ChangeParty.NEW, channel=Channel.EMAIL
    )
    registry.wait(minutes=10)
    for change in (
        resend,
        replace(resend, release=True),
        changes.WithdrawRegistrantChange(change=held.registrant_change),
    ):
        assert may(registry, change, ActingRegistrar(handle="REG-A"))
        assert not may(registry, change, ActingRegistrar(handle="REG-B"))
        released = isinstance(change, changes.ResendRegistrantChange) and change.release
        for role, handle in HOLDERS.items():
            wanted = role in {Role.REGISTRANT, Role.ADMIN} and not released
            assert may(registry, change, ActingHolder(name=SHOP, contact=handle)) is wanted
            other = ActingHolder(name=f"{role}.example", contact=handle)
            assert not may(registry, change, other)


def test_edit_of_many_names_is_withdrawn_by_its_own_contact_r08(registry: Registry) -> None:
    """R-08, section 9, "Edge": the admin of one name ends no change that is about others too."""
    held = registry.apply(UpdateContact(handle="CA1", card=CardEdit(name="Another"))).held
    assert held is not None
    withdraw = changes.WithdrawRegistrantChange(change=held.registrant_change)
    assert may(registry, withdraw, ActingHolder(name=SHOP, contact="CA1"))
    assert not may(registry, withdraw, ActingHolder(name=SHOP, contact="CA2"))


def test_consent_is_given_for_oneself_r18(registry: Registry) -> None:
    """R-18: a registrant or admin consents for its own contact, its registrar for its contacts."""
    consent = changes.RecordConsent(contact="CA1", party=ChangeParty.PRIOR)
    assert may(registry, consent, ActingHolder(name=SHOP, contact="CA1"))
    assert not may(registry, consent, ActingHolder(name=SHOP, contact="CA2"))
    assert not may(
        registry, replace(consent, contact="CA3"), ActingHolder(name=SHOP, contact="CA3")
    )
    assert may(registry, consent, ActingRegistrar(handle="REG-A"))
    assert not may(registry, consent, ActingRegistrar(handle="REG-B"))


def test_private_data_is_viewed_by_role_of_the_name(registry: Registry) -> None:
    """Section 9: registrant and admin view all of a name's contacts, tech and billing their own."""
    domain = registry.domain(SHOP)
    numbers = {role: registry.contact(handle).id for role, handle in HOLDERS.items()}
    everyone = frozenset(numbers.values())
    assert viewable_contacts(domain, numbers[Role.REGISTRANT]) == everyone
    assert viewable_contacts(domain, numbers[Role.ADMIN]) == everyone
    assert viewable_contacts(domain, numbers[Role.TECH]) == {numbers[Role.TECH]}
    assert viewable_contacts(domain, numbers[Role.BILLING]) == {numbers[Role.BILLING]}
    stranger = registry.contact("CA5").id
    assert viewable_contacts(domain, stranger) == frozenset()
    assert roles_on(domain, stranger) == frozenset()


def test_history_tells_who_acted_for_whom(database: Database) -> None:
    """Issue, part 6: the trail names the person, the party it acted for, and the door."""
    registry = _filled(database)
    for acting in (ActingRegistrar(handle="REG-A"), ActingHolder(name=SHOP, contact="CA3"), None):
        registry.wait(seconds=1)
        key = replace(KEY, key_tag=registry.now.second + 100)
        registry.door.apply(
            an_edit(add_ds=(key,)), Actor(name="aroha\n", door="portal", acting=acting)
        )
    *_, first, second, third = registry.inquiries.list_history("domain", SHOP)
    assert [(each.actor, each.door) for each in (first, second, third)] == [
        ("'aroha\\n' for registrar REG-A", "portal"),
        ("'aroha\\n' for CA3 of shop.example", "portal"),
        ("'aroha\\n'", "portal"),
    ]
