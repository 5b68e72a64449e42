from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.handles import Alias, link_handle
from store.model import Card, Disclosure, Element, PrivacyMode
from store.policy import PROFILES, Part, ZonePolicy, ZoneRole
from store.publish import (
    HeldContact,
    HeldDomain,
    View,
    _strictest,
    publish_contact,
    publish_domain,
    publish_entity,
    publish_host,
)
from store.published import (
    Kind,
    Party,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    Reason,
    Standing,
    Withheld,
)
from store.statuses import Status
from tests.store.held_values import (
    CIPHER,
    a_held_contact,
    a_held_domain,
    a_private_card,
    a_service,
    every_value,
    held_contacts,
    held_domains,
    hidden,
    policies,
    shown,
)

GTLD, IRS = PROFILES["gtld"], PROFILES["irs"]
POLICY, HOLDER = Withheld(Reason.POLICY), Withheld(Reason.HOLDER)
MODE, PROXY = Withheld(Reason.MODE), Withheld(Reason.PROXY)
WITHHOLD_PARTS = {"street", "city", "sp", "pc", "voice", "voice_ext", "fax", "fax_ext"}
EMPTY = Card(name="A")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

# What each element of disclose covers, said once more and apart from the code.
COVERS: Mapping[str, Element] = {
    "name": Element.NAME,
    "org": Element.ORG,
    **dict.fromkeys(("street", "city", "sp", "pc", "cc"), Element.ADDR),
    **dict.fromkeys(("voice", "voice_ext"), Element.VOICE),
    **dict.fromkeys(("fax", "fax_ext"), Element.FAX),
    "email": Element.EMAIL,
}


def published(domain: HeldDomain, policy: ZonePolicy) -> PublishedDomain:
    """Publish *domain*."""
    return publish_domain(domain, policy, repository="EXAMPLE", cipher=CIPHER, now=NOW)


def seen(
    contact: HeldContact, policy: ZonePolicy = GTLD, mode: PrivacyMode = PrivacyMode.NONE
) -> Party:
    """Publish *contact* on a name in *mode*."""
    view = View(
        policy=policy, mode=mode, repository="EXAMPLE", name="shop.example", form=policy.contact_url
    )
    return publish_contact(contact, view)


def entity(
    *contacts: tuple[HeldContact, ZonePolicy, PrivacyMode],
) -> PublishedEntity | None:
    """Publish a contact's own look-up from the names that show it."""
    views = [
        (held, View(policy=policy, mode=mode, repository="EXAMPLE"))
        for held, policy, mode in contacts
    ]
    return publish_entity(views, asked="C1-EXAMPLE", notices=GTLD.notices())


def is_withheld(name: str, contact: HeldContact, policy: ZonePolicy, mode: PrivacyMode) -> bool:
    """Tell by contacts.md 7.3, in its order, whether a field of the card is withheld."""
    part = Part(name.removesuffix("_ext"))
    words = {said.element: said.show for said in contact.disclosures}
    said = words.get(COVERS[name])
    if mode is PrivacyMode.WITHHOLD and name in WITHHOLD_PARTS:
        return True
    if part in policy.redacted:
        return said is not True
    return said is False and part not in policy.always_shown


# --- The order of decisions (7.3) -----------------------------------------------------


@given(held_domains(), policies())
def test_nothing_withheld_leaves(domain: HeldDomain, policy: ZonePolicy) -> None:
    """7.3: no withheld value stands anywhere in what is published, and every other one does."""
    result = published(domain, policy)
    leaves = set(every_value(result))
    for contact in domain.contacts:
        for name in COVERS:
            value = getattr(contact.card, name)
            values = set(value) if name == "street" else {value} - {None}
            if (
                domain.privacy is PrivacyMode.PROXY
                or contact.role not in policy.published_roles
                or is_withheld(name, contact, policy, domain.privacy)
            ):
                assert not values & leaves
            else:
                assert values <= leaves


@given(held_domains(), policies())
def test_proxied_name_shows_nothing_of_its_holder(domain: HeldDomain, policy: ZonePolicy) -> None:
    """P-11 to P-15: the service's card alone, in every role, and no handle, kind or date."""
    domain = replace(domain, privacy=PrivacyMode.PROXY)
    bare = replace(domain, contacts=tuple(
        replace(
            a_held_contact(contact.role),
            card=a_private_card("somebody"),
            generation=next(
                (c.generation for c in domain.contacts if c.role is PublicRole.REGISTRANT),
                contact.generation,
            ),
        )
        for contact in domain.contacts
    ))  # fmt: skip
    assert published(domain, policy) == published(bare, policy)


@given(held_domains(), policies())
def test_own_handle_and_dates_stand_only_beside_a_shown_name(
    domain: HeldDomain, policy: ZonePolicy
) -> None:
    """D-26, P-14: a contact's ROID and dates are out where its name is, the admin's never."""
    leaves = set(every_value(published(domain, policy)))
    for contact in domain.contacts:
        open_name = (
            domain.privacy is not PrivacyMode.PROXY
            and contact.role in policy.published_roles
            and not is_withheld("name", contact, policy, domain.privacy)
        )
        own = open_name and contact.role is not PublicRole.ADMIN
        assert ({contact.roid, contact.created, contact.updated} <= leaves) is own
        assert own or not {contact.roid, contact.created, contact.updated} & leaves


@given(held_domains(), policies())
def test_handle_of_a_link_stands_for_the_admin_alone(
    domain: HeldDomain, policy: ZonePolicy
) -> None:
    """D-26: the admin role always uses its link's handle, in every mode."""
    for party in published(domain, policy).parties:
        contact = next(held for held in domain.contacts if held.role is party.role)
        own = link_handle(contact.public_id, "EXAMPLE")
        assert (party.handle == own) is (party.role is PublicRole.ADMIN)


@given(held_domains(), policies())
def test_parties_are_in_order_and_published_ones(domain: HeldDomain, policy: ZonePolicy) -> None:
    """D-23: one of each role at most; a role without a contact or not published is left out."""
    roles = [party.role for party in published(domain, policy).parties]
    there = {contact.role for contact in domain.contacts} & policy.published_roles
    assert roles == [role for role in PublicRole if role in there]


def test_proxy_comes_before_every_word_of_the_holder() -> None:
    """7.3: in mode proxy neither consent nor the zone's openness shows the holder."""
    contact = a_held_contact(disclosures=shown(*Element))
    domain = a_held_domain(contacts=(contact,), privacy=PrivacyMode.PROXY, service=a_service())
    (party,) = published(domain, IRS).parties
    assert (party.name, party.standing) == ("service-name", Standing.PROXY)


def test_withhold_comes_before_consent() -> None:
    """7.3, 7.2: mode withhold hides address and phones although their holder disclosed them."""
    party = seen(a_held_contact(disclosures=shown(*Element)), IRS, PrivacyMode.WITHHOLD)
    assert {party.street, party.city, party.sp, party.pc, party.voice, party.fax} == {MODE}
    assert (party.voice_ext, party.fax_ext) == (MODE, MODE)
    assert (party.name, party.email, party.cc) == (
        "registrant-name",
        "registrant-email",
        "registrant-cc",
    )


def test_policy_comes_before_the_holders_wish_to_hide() -> None:
    """7.3: what the zone redacts is withheld for that reason, wish or no wish."""
    party = seen(a_held_contact(disclosures=hidden(*Element)))
    assert {party.name, party.org, party.street, party.voice, party.email} == {POLICY}


def test_consent_opens_what_policy_redacts_and_no_more() -> None:
    """7.3: disclosing the e-mail shows the e-mail."""
    party = seen(a_held_contact(disclosures=shown(Element.EMAIL)))
    assert party.email == "registrant-email"
    assert {party.name, party.org, party.street, party.voice} == {POLICY}


def test_consent_without_its_record_opens_nothing() -> None:
    """7.3: "with consent record"; a flag alone is no consent."""
    flag = Disclosure(element=Element.EMAIL, show=True, at=None)
    assert seen(a_held_contact(disclosures=(flag,))).email == POLICY


def test_holder_hides_what_policy_would_show() -> None:
    """7.3: `irs` shows all unless hidden; `addr` is all of the address."""
    party = seen(a_held_contact(disclosures=hidden(Element.ADDR, Element.FAX)), IRS)
    assert {party.street, party.city, party.sp, party.pc, party.cc} == {HOLDER}
    assert (party.fax, party.fax_ext) == (HOLDER, HOLDER)
    assert (party.name, party.voice) == ("registrant-name", "registrant-voice")


def test_what_policy_always_shows_no_holder_hides() -> None:
    """conformance.md 4.6.7: state and country stay in `gtld`."""
    party = seen(a_held_contact(disclosures=hidden(Element.ADDR)))
    assert (party.sp, party.cc) == ("registrant-sp", "registrant-cc")
    assert (party.street, party.city, party.pc) == (POLICY, POLICY, POLICY)


# --- D-25, D-26, D-32 -----------------------------------------------------------------


@pytest.mark.parametrize("role", PublicRole)
def test_gtld_shows_state_and_country_alone(role: PublicRole) -> None:
    """D-25: for all three roles, with mode none, unless disclosed."""
    party = seen(a_held_contact(role))
    parts = ("name", "org", "street", "city", "pc", "voice", "voice_ext", "fax", "fax_ext", "email")
    assert {getattr(party, part) for part in parts} == {POLICY}
    assert (party.sp, party.cc) == (f"{role.value}-sp", f"{role.value}-cc")
    assert party.standing is Standing.PRIVATE
    assert (party.kind, party.created, party.updated, party.contact_uri) == (None,) * 4


@pytest.mark.parametrize("role", PublicRole)
def test_irs_shows_all_unless_hidden(role: PublicRole) -> None:
    """D-25: every value of every role, standing open."""
    contact = a_held_contact(role)
    party = seen(contact, IRS)
    for name in COVERS:
        assert getattr(party, name) == getattr(contact.card, name)
    assert (party.standing, party.kind) == (Standing.OPEN, Kind.INDIVIDUAL)


@pytest.mark.parametrize("role", [PublicRole.REGISTRANT, PublicRole.TECH])
def test_id_is_withheld_unless_the_name_is_disclosed(role: PublicRole) -> None:
    """D-25: the registrant's and tech's ID follows the name."""
    assert seen(a_held_contact(role)).handle == POLICY
    disclosed = a_held_contact(role, disclosures=shown(Element.NAME))
    assert seen(disclosed).handle == disclosed.roid
    assert seen(disclosed).created == disclosed.created
    hiding = a_held_contact(role, disclosures=hidden(Element.NAME))
    assert seen(hiding, IRS).handle == HOLDER


@pytest.mark.parametrize("policy", [GTLD, IRS])
@pytest.mark.parametrize("said", [(), shown(Element.NAME), hidden(Element.NAME)])
def test_admin_has_its_links_handle_whatever_is_said(
    policy: ZonePolicy, said: tuple[Disclosure, ...]
) -> None:
    """D-26: never the contact's own ROID, nor its dates, which stand beside it."""
    contact = a_held_contact(PublicRole.ADMIN, disclosures=said)
    party = seen(contact, policy)
    assert party.handle == link_handle(contact.public_id, "EXAMPLE")
    assert (party.created, party.updated) == (None, None)


def test_redacted_field_is_withheld_whether_or_not_there_is_a_value() -> None:
    """D-32: an answer does not tell what the record lacks."""
    party = seen(a_held_contact(card=EMPTY))
    assert {party.name, party.street, party.city, party.pc, party.voice, party.email} == {POLICY}


def test_org_fax_and_extensions_are_withheld_only_where_there_are_any() -> None:
    """D-32: the exceptions, absent and empty alike."""
    for nothing in (None, ""):
        card = a_private_card("x", org=nothing, fax=nothing, voice_ext=nothing, fax_ext=nothing)
        party = seen(a_held_contact(card=card))
        assert (party.org, party.fax, party.voice_ext, party.fax_ext) == (None,) * 4


def test_missing_value_of_an_open_record_is_nothing() -> None:
    """D-24: nothing there is `None`, never an empty text, whichever field."""
    empty = a_private_card(street=(), **{name: "" for name in COVERS if name != "street"})
    party = seen(a_held_contact(card=empty), IRS)
    assert [getattr(party, name) for name in COVERS if name != "street"] == [None] * 11
    assert party.street == ()
    assert party.standing is Standing.OPEN


# --- The modes (7.2) ------------------------------------------------------------------


def test_withheld_name_has_private_parties_with_their_own_names() -> None:
    """P-11, P-16, D-15: all published roles switch together, to `private`."""
    result = published(a_held_domain(privacy=PrivacyMode.WITHHOLD), IRS)
    assert [party.name for party in result.parties] == [
        "registrant-name",
        "admin-name",
        "tech-name",
    ]
    assert {party.standing for party in result.parties} == {Standing.PRIVATE}
    assert {party.voice for party in result.parties} == {MODE}


def test_proxied_name_has_the_services_card_in_every_role() -> None:
    """P-11, P-13, P-15, T-13, T-14: replacement, not blanking; only the ID is withheld (D-32)."""
    service = a_service()
    result = published(a_held_domain(privacy=PrivacyMode.PROXY, service=service), GTLD)
    assert len(result.parties) == 3
    for party in result.parties:
        for name in set(COVERS) - {"email"}:
            assert getattr(party, name) == getattr(service.card, name)
        assert party.standing is Standing.PROXY
        assert (party.kind, party.created, party.updated, party.statuses) == (None, None, None, ())
    registrant, admin, tech = result.parties
    assert (registrant.handle, tech.handle) == (PROXY, PROXY)
    assert admin.handle == link_handle(1002, "EXAMPLE")


def test_alias_stands_for_name_role_and_the_holders_generation() -> None:
    """D-12: a keyed token that the store reads back; every role turns with the holder."""
    domain = a_held_domain(privacy=PrivacyMode.PROXY, service=a_service())
    registrant = replace(domain.contacts[0], generation=5)
    domain = replace(domain, contacts=(registrant, *domain.contacts[1:]))
    for party in published(domain, GTLD).parties:
        assert isinstance(party.email, str)
        token, _, host = party.email.partition("@")
        assert host == "alias.example"
        assert CIPHER.read(token) == Alias(domain_id=7, role=party.role.value, generation=5)


def test_alias_of_each_name_role_and_generation_is_its_own() -> None:
    """P-12: one for each name, another after a change of holder, none alike."""
    addresses = [
        party.email
        for number in (7, 8)
        for generation in (1, 2)
        for party in published(
            a_held_domain(
                id=number,
                privacy=PrivacyMode.PROXY,
                service=a_service(),
                contacts=tuple(a_held_contact(r, generation=generation) for r in PublicRole),
            ),
            GTLD,
        ).parties
    ]
    assert len(set(addresses)) == len(addresses) == 12


def test_service_with_a_form_shows_the_form_and_no_address() -> None:
    """7.2: alias or form, never both, never the service's own mailbox in its place."""
    service = a_service(alias_domain=None, contact_url="https://form.example/")
    domain = a_held_domain(privacy=PrivacyMode.PROXY, service=service)
    for party in published(domain, GTLD).parties:
        assert (party.email, party.contact_uri) == (None, "https://form.example/")


def test_proxied_name_without_a_service_is_not_published() -> None:
    """A broken record fails loudly; it never falls back to the holder's values."""
    with pytest.raises(ValueError, match="service"):
        published(a_held_domain(privacy=PrivacyMode.PROXY), GTLD)


def test_contact_is_never_seen_through_a_proxy() -> None:
    """7.3: whoever asks for a contact under mode proxy asks amiss."""
    with pytest.raises(ValueError, match="proxied"):
        seen(a_held_contact(), IRS, PrivacyMode.PROXY)


def test_mode_belongs_to_the_name_and_not_to_the_contact() -> None:
    """7.3: a contact on two names is real on the open one and masked on the other."""
    contact = a_held_contact()
    masked = a_held_domain(
        contacts=(contact,), privacy=PrivacyMode.PROXY, service=a_service(), id=8
    )
    assert published(a_held_domain(contacts=(contact,)), IRS).parties[0].name == "registrant-name"
    assert published(masked, IRS).parties[0].name == "service-name"


# --- At a registrar -------------------------------------------------------------------


def test_registrar_puts_a_form_in_a_withheld_addresss_place() -> None:
    """T-03, T-10, conformance.md 4.6.9, 4.7.11: the form or the address, never both or neither."""
    policy = replace(
        GTLD, role=ZoneRole.REGISTRAR, contact_url="https://r.example/{role}?name={name}"
    )
    party = seen(a_held_contact(PublicRole.TECH), policy)
    assert (party.email, party.contact_uri) == (POLICY, "https://r.example/tech?name=shop.example")
    disclosed = seen(a_held_contact(disclosures=shown(Element.EMAIL)), policy)
    assert (disclosed.email, disclosed.contact_uri) == ("registrant-email", None)


def test_form_is_the_registrars_page_where_no_setting_names_one() -> None:
    """interface.md: `contact_url` defaults to the registrar's URL; a registry shows none."""
    domain = a_held_domain()
    at_registrar = published(domain, replace(GTLD, role=ZoneRole.REGISTRAR))
    assert {party.contact_uri for party in at_registrar.parties} == {domain.registrar.url}
    assert {party.contact_uri for party in published(domain, GTLD).parties} == {None}


def test_expiry_is_the_registrys_or_the_registrars() -> None:
    """conformance.md 6.4.5: one of the two, by the zone's role."""
    domain = a_held_domain()
    registry = published(domain, GTLD)
    registrar = published(domain, replace(GTLD, role=ZoneRole.REGISTRAR))
    assert (registry.expires, registry.registrar_expires) == (domain.expires, None)
    assert (registrar.expires, registrar.registrar_expires) == (None, domain.expires)


# --- The rest of a domain -------------------------------------------------------------


def test_hosts_carry_a_handle_all_or_none() -> None:
    """conformance.md 11.1.10, and nothing in a domain of who runs a host."""
    (known,) = a_held_domain().hosts
    both = a_held_domain(hosts=(known, replace(known, name="ns.example.net", roid=None)))
    assert [host.handle for host in published(both, GTLD).hosts] == [None, None]
    (alone,) = published(a_held_domain(), GTLD).hosts
    assert (alone.handle, alone.registrar, alone.created, alone.updated) == (
        "H1-EXAMPLE",
        None,
        None,
        None,
    )
    assert publish_host(known, GTLD.notices()).registrar == known.registrar


def test_statuses_are_computed_from_the_delegation() -> None:
    """RFC 5731 §2.3, D-28: `inactive` without name servers, `ok` with nothing else."""
    assert published(a_held_domain(), GTLD).statuses == (Status.OK,)
    assert published(a_held_domain(hosts=()), GTLD).statuses == (Status.INACTIVE,)


# --- Entity look-up (7.3) -------------------------------------------------------------


def test_entity_under_proxies_alone_is_not_there() -> None:
    """7.3: only names that aren't proxied open a contact's own look-up."""
    contact = a_held_contact(disclosures=shown(*Element))
    assert entity() is None
    assert entity((contact, IRS, PrivacyMode.PROXY), (contact, GTLD, PrivacyMode.PROXY)) is None


def test_entity_has_the_roles_of_its_open_names() -> None:
    """7.3: the union of its roles, in order, those of proxied names left out."""
    tech = a_held_contact(PublicRole.TECH)
    result = entity(
        (tech, IRS, PrivacyMode.NONE),
        (replace(tech, role=PublicRole.REGISTRANT), IRS, PrivacyMode.NONE),
        (replace(tech, role=PublicRole.ADMIN), IRS, PrivacyMode.PROXY),
    )
    assert result is not None
    assert result.roles == (PublicRole.REGISTRANT, PublicRole.TECH)
    assert result.party.role is PublicRole.REGISTRANT
    assert result.party.handle == tech.roid


@pytest.mark.parametrize("roles", list(permutations(PublicRole, 2)))
def test_open_entity_has_its_own_handle_and_dates(roles: tuple[PublicRole, PublicRole]) -> None:
    """D-26: the own ROID where the name is shown, whatever role comes first; no link's handle."""
    contact = a_held_contact()
    result = entity(*((replace(contact, role=role), IRS, PrivacyMode.NONE) for role in roles))
    assert result is not None
    assert (result.party.handle, result.party.created, result.party.updated) == (
        contact.roid,
        contact.created,
        contact.updated,
    )
    assert link_handle(contact.public_id, "EXAMPLE") not in set(every_value(result))


def test_entity_never_names_a_domain() -> None:
    """7.3: its answer never lists domains, in the address of a form neither."""
    policy = replace(GTLD, role=ZoneRole.REGISTRAR, contact_url="https://r.example/{name}")
    view = View(
        policy=policy,
        mode=PrivacyMode.NONE,
        repository="EXAMPLE",
        name="secret.example",
        form=policy.contact_url,
    )
    result = publish_entity([(a_held_contact(), view)], asked="C1-EXAMPLE", notices=GTLD.notices())
    assert not any("secret.example" in str(leaf) for leaf in every_value(result))


VIEWS = st.lists(
    st.tuples(st.sampled_from(PublicRole), policies(), st.sampled_from(PrivacyMode)),
    min_size=1,
    max_size=4,
)


@given(held_contacts(PublicRole.REGISTRANT), VIEWS)
def test_entity_shows_a_value_only_where_every_open_name_does(
    contact: HeldContact, views: list[tuple[PublicRole, ZonePolicy, PrivacyMode]]
) -> None:
    """7.3: the strictest filter over the names that aren't proxied, value by value."""
    result = entity(*((replace(contact, role=role), policy, mode) for role, policy, mode in views))
    through = [(policy, mode) for _, policy, mode in views if mode is not PrivacyMode.PROXY]
    assert (result is None) is (not through)
    if result is None:
        return
    leaves = set(every_value(result.party))
    for name in COVERS:
        value = getattr(contact.card, name)
        values = set(value) if name == "street" else {value} - {None}
        if any(is_withheld(name, contact, policy, mode) for policy, mode in through):
            assert not values & leaves
        else:
            assert values <= leaves
    own = {contact.roid, contact.created, contact.updated}
    if any(is_withheld("name", contact, policy, mode) for policy, mode in through):
        assert not own & leaves
        assert result.party.kind is None
        assert isinstance(result.party.handle, Withheld)
    else:
        assert own <= leaves
        assert result.party.kind is contact.kind


@given(held_contacts(PublicRole.REGISTRANT), VIEWS)
def test_strictest_hides_the_same_in_any_order(
    contact: HeldContact, views: list[tuple[PublicRole, ZonePolicy, PrivacyMode]]
) -> None:
    """What an entity hides does not depend on which of its names was read first."""
    parties = [
        seen(replace(contact, role=role), policy, mode)
        for role, policy, mode in views
        if mode is not PrivacyMode.PROXY
    ]
    outcomes = {
        tuple(
            None if isinstance(getattr(strict, name), Withheld) else getattr(strict, name)
            for name in (*COVERS, "standing", "kind")
        )
        for order in permutations(parties)
        if order
        for strict in [_strictest(list(order))]
    }
    assert len(outcomes) <= 1
    for party in parties:
        hides = {name for name in COVERS if isinstance(getattr(party, name), Withheld)}
        strict = _strictest(parties)
        assert all(isinstance(getattr(strict, name), Withheld) for name in hides)
