"""Registrations through the write door, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store.changes import (
    AddReservedName,
    CardEdit,
    CreateDomain,
    CreateHost,
    CreatePrivacyService,
    DeleteDomain,
    DeleteHost,
    LinkEdit,
    PrivacyEdit,
    TransferDomain,
    UpdateContact,
    UpdateDomain,
    UpdateHost,
)
from store.errors import Code
from store.model import PostalType, PrivacyMode, Role
from store.published import DsData, Kind
from store.rules.domains import one_year_after
from store.sql.database import Database
from store.statuses import Status
from tests.store.editing_values import (
    POLICY,
    START,
    a_contact,
    a_registry,
    links,
    refused,
    with_zone,
)

UPDATE_BAR = frozenset({Status.CLIENT_UPDATE_PROHIBITED})
DS = DsData(key_tag=12345, algorithm=13, digest_type=2, digest="ab" * 32)
ROLES = links("CA1", "CA1", "CA1")


def _create(name: str = "shop.example", **values: object) -> CreateDomain:
    defaults: dict[str, object] = {"name": name, "registrar": "REG-A", "links": ROLES}
    return CreateDomain(**(defaults | values))  # type: ignore[arg-type]


def _update(name: str = "shop.example", **values: object) -> UpdateDomain:
    return UpdateDomain(name=name, **values)  # type: ignore[arg-type]


def _privacy(mode: PrivacyMode, service: str | None = None) -> PrivacyEdit:
    return PrivacyEdit(mode=mode, service=service)


def _service(handle: str = "PRIV") -> CreatePrivacyService:
    card = CardEdit(name="On behalf of the holder", org="Example Privacy")
    return CreatePrivacyService(handle=handle, card=card, alias_domain="alias.example.net")


def test_new_registration_is_saved_whole(database: Database) -> None:
    """T-02, A-04: names in one form; hosts elsewhere are made; links have handles of their own."""
    registry = a_registry(database, "CA1", "CA2")
    outcome = registry.apply(
        _create(
            "Bücher.Example.",
            links=links("CA1", "ca1", "CA2", "CA2"),
            hosts=("NS1.Hosting.Net", "ns2.hosting.net."),
            ds=(DS,),
        )
    )
    domain = registry.domain("bücher.example")
    assert outcome.subject == domain.name == "xn--bcher-kva.example"
    assert (domain.zone, domain.roid) == ("example", f"D{domain.id}-EXAMPLE")
    assert domain.hosts == ("ns1.hosting.net", "ns2.hosting.net")
    assert domain.dnssec.ds == (replace(DS, digest=DS.digest.upper()),)
    assert (domain.created, domain.created_by, domain.updated) == (START, "tester", None)
    assert domain.expires == datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert [(link.role.value, link.contact) for link in domain.links] == [
        ("registrant", "CA1"),
        ("admin", "CA1"),
        ("tech", "CA2"),
        ("billing", "CA2"),
    ]
    assert len({link.public_id for link in domain.links} - {0}) == 4
    assert registry.contact("CA2").unlinked_at is None
    host = registry.host("ns1.hosting.net")
    assert (host.registrar, host.roid, host.addresses) == ("REG-A", f"H{host.id}-EXAMPLE", ())


def test_new_registration_tells_readers_of_everything_it_touched(database: Database) -> None:
    """The name, its contacts, and the hosts it refers to."""
    registry = a_registry(database, "CA1")
    touched = registry.touched(lambda: registry.apply(_create(hosts=("ns1.hosting.net",))))
    assert set(touched) == {
        ("domain", "shop.example"),
        ("contact", "CA1"),
        ("host", "ns1.hosting.net"),
    }
    assert len(touched) == len(set(touched))


def test_bad_new_registration_is_refused_naming_its_field(database: Database) -> None:
    """Every refusal has a code and the option's name, and leaves the store as it was."""
    registry = a_registry(database, "CA1", "CA2")
    registry.apply(a_contact("CB1", registrar="REG-B"))
    registry.apply(a_contact("MUTE", voice=""))
    registry.apply(a_contact("INT", postal_type=PostalType.INT))
    registry.apply(AddReservedName(name="kept.example"))
    registry.apply(_create("taken.example"))
    registry.refuses(
        [
            (_create("taken.example"), Code.EXISTS, "name"),
            (_create("kept.example"), Code.NAME_RESERVED, "name"),
            (_create("a.b.example"), Code.INVALID_NAME, "name"),
            (_create("-x.example"), Code.INVALID_NAME, "name"),
            (_create("shop.elsewhere"), Code.UNSERVED_ZONE, "name"),
            (_create("co.example"), Code.UNSERVED_ZONE, "name"),
            (_create("example"), Code.UNSERVED_ZONE, "name"),
            (_create(registrar="NOBODY"), Code.NOT_FOUND, "registrar"),
            (_create(links=links("CA1", "CA1")), Code.ROLE_REQUIRED, "tech"),
            (_create(links=links("CA1", "CA1", "")), Code.ROLE_REQUIRED, "tech"),
            (_create(links=links("CA1", "NONE", "CA1")), Code.NOT_FOUND, "admin"),
            (_create(links=links("CB1", "CA1", "CA1")), Code.NOT_SPONSOR, "registrant"),
            (_create(links=links("CA1", "CA1", "MUTE")), Code.MISSING_VALUE, "tech"),
            (
                _create("shop.co.example", links=links("CA1", "INT", "CA1")),
                Code.POLICY,
                "admin",
            ),
            (
                _create(links=(*ROLES, LinkEdit(role=Role.TECH, contact="CA2"))),
                Code.POLICY,
                "tech",
            ),
            (_create(hosts=("ns1.none.example",)), Code.NOT_FOUND, "ns"),
            (_create(hosts=("localhost",)), Code.INVALID_NAME, "ns"),
            (_create(hosts=("192.0.2.9",)), Code.INVALID_NAME, "ns"),
            (_create(hosts=("-",)), Code.INVALID_NAME, "ns"),
            (_create(hosts=("ns.x.net", "NS.X.net.")), Code.POLICY, "ns"),
            (_create(hosts=tuple(f"n{i}.x.net" for i in range(14))), Code.POLICY, "ns"),
            (_create(ds=(replace(DS, digest="00"),)), Code.INVALID_VALUE, "ds"),
            (_create(ds=(DS, DS)), Code.EXISTS, "ds"),
            (_create(expires=START), Code.INVALID_VALUE, "expires"),
        ]
    )


def test_contact_without_phone_is_tech_where_the_zone_lets_it(database: Database) -> None:
    """D-27, T-05, 1.4: phones are asked of tech in gtld zones and of nobody in irs zones."""
    registry = a_registry(database)
    registry.apply(a_contact("MUTE", voice=""))
    assert registry.register("shop.co.example", contact="MUTE").action == "created"


def test_edit_of_links_keeps_the_links_that_stay(database: Database) -> None:
    """I-01, D-26: changing one role leaves the others with their since and public handle."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register()
    before = registry.domain("shop.example")
    registry.wait(days=1)
    outcome = registry.apply(_update(links=links(tech="CA2", admin="CA1", billing="CA2")))
    after = registry.domain("shop.example")
    assert outcome.changes == {"tech": ("CA1", "CA2"), "billing": (None, "CA2")}
    for role in (Role.REGISTRANT, Role.ADMIN):
        assert after.link(role) == before.link(role)
    tech, old = after.link(Role.TECH), before.link(Role.TECH)
    assert tech is not None
    assert old is not None
    assert (tech.contact, tech.since) == ("CA2", registry.now)
    assert tech.public_id not in {0, old.public_id}
    assert (after.updated, after.updated_by) == (registry.now, "tester")


def test_edit_of_a_contact_leaves_the_domain_alone(database: Database) -> None:
    """A-05: the domain's last change is its own."""
    registry = a_registry(database, "CA1")
    registry.register()
    before = registry.domain("shop.example")
    registry.wait(days=1)
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nelson")))
    assert registry.domain("shop.example") == before


def test_bad_edit_is_refused_naming_its_field(database: Database) -> None:
    """Every refusal has a code and the option's name, and leaves the store as it was."""
    registry = a_registry(database, "CA1", "CA2")
    registry.apply(_create(hosts=("ns1.x.net",), ds=(DS,)))
    registry.apply(a_contact("CB1", registrar="REG-B"))
    hold = frozenset({Status.CLIENT_HOLD})
    registry.apply(_update(add_statuses=hold))
    registry.refuses(
        [
            (_update("none.example", add_hosts=("ns.x.net",)), Code.NOT_FOUND, "name"),
            (_update(version=1, disputed=True), Code.CONFLICT, "version"),
            (_update(links=links(tech="")), Code.ROLE_REQUIRED, "tech"),
            (_update(links=links(registrant="")), Code.ROLE_REQUIRED, "registrant"),
            (_update(links=links(billing="")), Code.NOT_FOUND, "billing"),
            (_update(links=links(admin="CB1")), Code.NOT_SPONSOR, "admin"),
            (_update(links=links(registrant="CA2", tech="CA2")), Code.POLICY, "registrant"),
            (
                _update(links=links(registrant="CA2"), add_hosts=("ns2.x.net",)),
                Code.POLICY,
                "registrant",
            ),
            (_update(add_hosts=("NS1.x.net",)), Code.EXISTS, "add_ns"),
            (_update(remove_hosts=("ns9.x.net",)), Code.NOT_FOUND, "remove_ns"),
            (
                _update(add_hosts=("ns2.x.net",), remove_hosts=("ns2.x.net",)),
                Code.POLICY,
                "remove_ns",
            ),
            (_update(add_hosts=("ns1.none.example",)), Code.NOT_FOUND, "add_ns"),
            (_update(add_hosts=("co.example",)), Code.INVALID_NAME, "add_ns"),
            (_update(add_hosts=("1.2.3",)), Code.INVALID_NAME, "add_ns"),
            (_update(add_ds=(DS,)), Code.EXISTS, "add_ds"),
            (_update(remove_ds=(replace(DS, key_tag=1),)), Code.NOT_FOUND, "remove_ds"),
            (_update(add_statuses=hold), Code.EXISTS, "add_status"),
            (_update(add_statuses=frozenset({Status.ADD_PERIOD})), Code.POLICY, "add_status"),
            (_update(remove_statuses=UPDATE_BAR), Code.NOT_FOUND, "remove_status"),
            (_update(expires=START), Code.INVALID_VALUE, "expires"),
            (_update(privacy=_privacy(PrivacyMode.WITHHOLD)), Code.POLICY, "privacy"),
            (_update(privacy=_privacy(PrivacyMode.NONE, "PRIV")), Code.POLICY, "privacy"),
            (_update(privacy=_privacy(PrivacyMode.PROXY)), Code.MISSING_VALUE, "privacy"),
            (_update(privacy=_privacy(PrivacyMode.PROXY, "NONE")), Code.NOT_FOUND, "privacy"),
        ]
    )


def test_removal_and_replacement_in_one_edit_is_accepted(database: Database) -> None:
    """E-37: only what the edit leaves empty is refused; a role it fills isn't."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register()
    registry.apply(_update(links=links(admin="CA2")))
    assert registry.domain("shop.example").link(Role.ADMIN).contact == "CA2"  # type: ignore[union-attr]


def test_role_that_was_empty_before_is_no_reason_to_refuse(database: Database) -> None:
    """D-23: an imported name may lack any role; an edit of another one passes."""
    registry = a_registry(database, "CA1", "CA2")
    registry.use(with_zone("example", required_roles=frozenset()))
    registry.apply(_create(links=links(admin="CA1")))
    registry.use(POLICY)
    registry.apply(_update(links=links(admin="CA2")))
    registry.apply(_update(links=links(registrant="CA2")))
    assert registry.contact("CA1").unlinked_at == registry.now


def test_edit_that_changes_nothing_writes_nothing(database: Database) -> None:
    """Links, privacy and expiry as they are: no history, no version, no date."""
    registry = a_registry(database, "CA1")
    registry.register()
    before = registry.rows()
    expires = registry.domain("shop.example").expires
    edits = (
        _update(),
        _update(links=links(tech="CA1")),
        _update(privacy=_privacy(PrivacyMode.NONE), disputed=False, expires=expires),
    )
    assert {registry.apply(edit).action for edit in edits} == {"unchanged"}
    assert registry.rows() == before


def test_update_prohibited_bars_edits_but_not_privacy_and_disputes(database: Database) -> None:
    """RFC 5731 §2.3, P-10: a lock bars EPP's updates, not privacy, disputes or renewal."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register()
    registry.apply(_service(), _update(add_statuses=UPDATE_BAR))
    expires = registry.domain("shop.example").expires
    assert expires is not None
    for edit in (
        _update(links=links(tech="CA2")),
        _update(add_hosts=("ns1.x.net",)),
        _update(expires=expires - timedelta(days=1)),
        _update(disputed=True, add_hosts=("ns1.x.net",)),
        _update(remove_statuses=UPDATE_BAR, add_hosts=("ns1.x.net",)),
        _update(),
    ):
        with refused(Code.STATUS_PROHIBITS):
            registry.apply(edit)
    registry.apply(
        _update(privacy=_privacy(PrivacyMode.PROXY), disputed=True),
        _update(expires=expires + timedelta(days=365)),
        _update(remove_statuses=UPDATE_BAR, disputed=False),
        _update(add_hosts=("ns1.x.net",)),
    )
    assert registry.domain("shop.example").hosts == ("ns1.x.net",)


def test_renew_prohibited_bars_a_later_expiry_alone(database: Database) -> None:
    """clientRenewProhibited stands against a later expiry, not an earlier one."""
    registry = a_registry(database, "CA1")
    registry.register()
    registry.apply(_update(add_statuses=frozenset({Status.CLIENT_RENEW_PROHIBITED})))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(_update(expires=START + timedelta(days=900)))
    assert registry.apply(_update(expires=START + timedelta(days=90))).action == "updated"


def test_privacy_mode_follows_the_zone_and_its_service(database: Database) -> None:
    """7.2: proxy takes the only service by default; leaving proxy clears it."""
    registry = a_registry(database, "CA1")
    registry.register()
    registry.apply(_service("PRIV"), _update(privacy=_privacy(PrivacyMode.PROXY)))
    assert registry.domain("shop.example").privacy_service == "PRIV"
    registry.apply(_service("OTHER"))
    assert registry.apply(_update(privacy=_privacy(PrivacyMode.PROXY))).action == "unchanged"
    registry.apply(_update(privacy=_privacy(PrivacyMode.PROXY, "other")))
    assert registry.domain("shop.example").privacy_service == "OTHER"
    touched = registry.touched(lambda: registry.apply(_update(privacy=_privacy(PrivacyMode.NONE))))
    assert set(touched) == {("domain", "shop.example"), ("contact", "CA1")}
    domain = registry.domain("shop.example")
    assert (domain.privacy, domain.privacy_service) == (PrivacyMode.NONE, None)
    with refused(Code.MISSING_VALUE, "privacy"):
        registry.apply(_update(privacy=_privacy(PrivacyMode.PROXY)))


def test_withhold_is_for_persons(database: Database) -> None:
    """P-20: refused for an organisation, at the toggle and at a change of holder."""
    registry = a_registry(database, "CA1")
    registry.apply(a_contact("ORG", kind=Kind.ORGANISATION))
    registry.register("shop.co.example", contact="ORG")
    withhold = _update("shop.co.example", privacy=_privacy(PrivacyMode.WITHHOLD))
    with refused(Code.POLICY, "privacy"):
        registry.apply(withhold)
    registry.apply(_update("shop.co.example", links=links(registrant="CA1")), withhold)
    with refused(Code.POLICY, "registrant"):
        registry.apply(_update("shop.co.example", links=links(registrant="ORG")))
    assert registry.domain("shop.co.example").privacy is PrivacyMode.WITHHOLD


def test_deleted_registration_leaves_contacts_and_hosts(database: Database) -> None:
    """A-02, D-28: at once; contacts without other links start their clock."""
    registry = a_registry(database, "CA1", "CA2")
    registry.apply(_create(links=links("CA1", "CA1", "CA2"), hosts=("ns1.x.net",)))
    registry.register("two.example", contact="CA2")
    registry.wait(days=3)
    outcome = registry.apply(DeleteDomain(name="SHOP.example"))
    assert outcome.changes["registrant"] == ("CA1", None)
    assert registry.contact("CA1").unlinked_at == registry.now
    assert registry.contact("CA2").unlinked_at is None
    assert registry.host("ns1.x.net").name == "ns1.x.net"
    with refused(Code.NOT_FOUND, "name"):
        registry.apply(DeleteDomain(name="shop.example"))
    registry.apply(_create())
    assert registry.contact("CA1").unlinked_at is None


def test_registration_with_hosts_below_it_is_not_deleted(database: Database) -> None:
    """conformance.md 9.4.6: refused, naming the hosts; and while a status prohibits it."""
    registry = a_registry(database, "CA1")
    registry.register()
    registry.register("workshop.example")
    registry.apply(CreateHost(name="ns1.shop.example", addresses=("192.0.2.1",)))
    with refused(Code.IN_USE, "name") as seen:
        registry.apply(DeleteDomain(name="shop.example"))
    assert "ns1.shop.example" in seen[0].message
    registry.apply(DeleteHost(name="ns1.shop.example"))
    bar = frozenset({Status.SERVER_DELETE_PROHIBITED})
    registry.apply(_update(add_statuses=bar))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(DeleteDomain(name="shop.example"))
    registry.apply(_update(remove_statuses=bar), DeleteDomain(name="shop.example"))
    assert registry.domain("workshop.example").name == "workshop.example"


def test_transfer_copies_contacts_and_moves_hosts(database: Database) -> None:
    """contacts.md 3: one copy a contact, roles shared as before; old ones are orphaned."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register(links=links("CA1", "CA2", "CA1"))
    registry.register("two.example", contact="CA2")
    registry.apply(
        CreateHost(name="ns1.shop.example", addresses=("192.0.2.1",)),
        _service(),
        _update(privacy=_privacy(PrivacyMode.PROXY)),
    )
    before = registry.domain("shop.example")
    registry.wait(days=5)
    outcome = registry.apply(TransferDomain(name="shop.example", to="reg-b"))
    after = registry.domain("shop.example")
    copies = {role: after.link(role).contact for role in (Role.REGISTRANT, Role.ADMIN, Role.TECH)}  # type: ignore[union-attr]
    assert outcome.copies == {"CA1": copies[Role.REGISTRANT], "CA2": copies[Role.ADMIN]}
    assert copies[Role.TECH] == copies[Role.REGISTRANT]
    assert (after.registrar, after.transferred, after.updated) == (
        "REG-B",
        registry.now,
        registry.now,
    )
    assert (after.privacy, after.privacy_service) == (PrivacyMode.PROXY, "PRIV")  # P-17
    copy, old = registry.contact(copies[Role.REGISTRANT]), registry.contact("CA1")
    assert (copy.registrar, copy.card, copy.auth_hash) == ("REG-B", old.card, old.auth_hash)
    assert (copy.unlinked_at, old.unlinked_at) == (None, registry.now)
    assert registry.contact("CA2").unlinked_at is None
    assert registry.host("ns1.shop.example").registrar == "REG-B"
    public = {link.public_id for link in after.links} & {link.public_id for link in before.links}
    assert not public


def test_bad_transfer_is_refused(database: Database) -> None:
    """To whom it belongs, to nobody, and under a prohibition: refused."""
    registry = a_registry(database, "CA1")
    registry.register()
    registry.refuses(
        [
            (TransferDomain(name="none.example", to="REG-B"), Code.NOT_FOUND, "name"),
            (TransferDomain(name="shop.example", to="NOBODY"), Code.NOT_FOUND, "to"),
            (TransferDomain(name="shop.example", to="REG-A"), Code.POLICY, "to"),
        ]
    )
    registry.apply(_update(add_statuses=frozenset({Status.CLIENT_TRANSFER_PROHIBITED})))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(TransferDomain(name="shop.example", to="REG-B"))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-01T12:00:00+00:00", "2027-03-01T12:00:00+00:00"),
        ("2028-02-29T00:00:00+00:00", "2029-02-28T00:00:00+00:00"),
        ("2027-02-28T23:59:59+00:00", "2028-02-28T23:59:59+00:00"),
    ],
)
def test_default_expiry_is_a_calendar_year_later(now: str, then: str) -> None:
    """29 February becomes the 28th."""
    assert one_year_after(datetime.fromisoformat(now)) == datetime.fromisoformat(then)


def test_hosts_follow_their_place(database: Database) -> None:
    """9.4.9: inside our zones a parent and an address; outside no address."""
    registry = a_registry(database, "CA1")
    registry.register()
    registry.apply(
        CreateHost(name="NS1.shop.example.", addresses=("2001:DB8:0::1", "192.0.2.1")),
        CreateHost(name="ns.x.net"),
    )
    host = registry.host("ns1.shop.example")
    assert [str(address) for address in host.addresses] == ["192.0.2.1", "2001:db8::1"]
    assert (host.registrar, registry.host("ns.x.net").registrar) == ("REG-A", None)
    inside, outside = "ns1.shop.example", "ns.x.net"
    bar = frozenset({Status.CLIENT_DELETE_PROHIBITED})
    registry.apply(UpdateHost(name=outside, add_statuses=bar))
    registry.apply(_update(add_hosts=(inside,)))
    registry.refuses(
        [
            (CreateHost(name=inside, addresses=("192.0.2.1",)), Code.EXISTS, "name"),
            (CreateHost(name="ns2.shop.example"), Code.MISSING_VALUE, "address"),
            (CreateHost(name="n.no.example", addresses=("192.0.2.1",)), Code.NOT_FOUND, "name"),
            (CreateHost(name="n.x.net", addresses=("192.0.2.1",)), Code.POLICY, "address"),
            (CreateHost(name="192.0.2.200"), Code.INVALID_NAME, "name"),
            (CreateHost(name="example", addresses=("192.0.2.1",)), Code.INVALID_NAME, "name"),
            (CreateHost(name="co.example", addresses=("192.0.2.1",)), Code.INVALID_NAME, "name"),
            (
                CreateHost(name="ns2.shop.example", addresses=("127.0.0.1",)),
                Code.INVALID_ADDRESS,
                "address",
            ),
            (UpdateHost(name=inside, add_addresses=("::1",)), Code.INVALID_ADDRESS, "add_address"),
            (UpdateHost(name=inside, add_addresses=("192.0.2.1",)), Code.EXISTS, "add_address"),
            (UpdateHost(name=outside, add_addresses=("192.0.2.1",)), Code.POLICY, "add_address"),
            (
                UpdateHost(name=inside, remove_addresses=("192.0.2.9",)),
                Code.NOT_FOUND,
                "remove_address",
            ),
            (
                UpdateHost(name=inside, remove_addresses=("192.0.2.1", "2001:db8::1")),
                Code.MISSING_VALUE,
                "remove_address",
            ),
            (UpdateHost(name=inside, version=9), Code.CONFLICT, "version"),
            (
                UpdateHost(name=inside, add_statuses=frozenset({Status.CLIENT_HOLD})),
                Code.POLICY,
                "add_status",
            ),
            (DeleteHost(name=inside), Code.IN_USE, "name"),
            (DeleteHost(name=outside), Code.STATUS_PROHIBITS, None),
            (DeleteHost(name="none.x.net"), Code.NOT_FOUND, "name"),
        ]
    )
    registry.apply(
        UpdateHost(name=inside, remove_addresses=("192.0.2.1",), add_addresses=("192.0.2.7",)),
        _update(remove_hosts=(inside,)),
        DeleteHost(name=inside),
    )
