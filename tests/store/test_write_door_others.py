"""Registrars, privacy services and reserved names through the write door, on both engines."""

from __future__ import annotations

from store.changes import (
    AddReservedName,
    CardEdit,
    CreateDomain,
    CreatePrivacyService,
    CreateRegistrar,
    DeletePrivacyService,
    DeleteRegistrar,
    PrivacyEdit,
    RegistrarEdit,
    RemoveReservedName,
    UpdateDomain,
    UpdatePrivacyService,
    UpdateRegistrar,
)
from store.errors import Code
from store.model import PrivacyMode
from store.sql.database import Database
from tests.store.editing_values import a_card, a_registry, links, refused

CARD = CardEdit(name="On behalf of the holder", org="Example Privacy")


def _registrar(handle: str = "REG-C", **values: object) -> CreateRegistrar:
    edit = RegistrarEdit(**values)  # type: ignore[arg-type]
    return CreateRegistrar(handle=handle, card=CardEdit(name="Third"), registrar=edit)


def _edit(handle: str = "REG-A", **values: object) -> UpdateRegistrar:
    return UpdateRegistrar(handle=handle, registrar=RegistrarEdit(**values))  # type: ignore[arg-type]


def test_registrar_keeps_what_no_deposit_carries(database: Database) -> None:
    """A registrar's own data are checked, kept, and cleared by nothing."""
    registry = a_registry(database)
    registry.apply(
        CreateRegistrar(
            handle="REG-C",
            card=a_card(name="Third, Inc."),
            registrar=RegistrarEdit(
                gurid=9995,
                url="https://third.example.net",
                whois_server="WHOIS.third.example.net",
                rdap_url="https://rdap.third.example.net/",
                abuse_email="abuse@third.example.net",
                abuse_phone="+64.48312000",
            ),
        )
    )
    registrar = registry.inquiries.find_registrar("reg-c")
    assert (registrar.gurid, registrar.whois_server) == (9995, "whois.third.example.net")
    assert registrar.abuse_phone == "+64.48312000"
    outcome = registry.apply(_edit("REG-C", gurid=0, abuse_phone=""))
    assert outcome.changes == {"gurid": (9995, None), "abuse_phone": ("+64.48312000", None)}
    assert registry.apply(_edit("REG-C", gurid=0)).action == "unchanged"


def test_bad_edit_of_a_registrar_is_refused_naming_its_field(database: Database) -> None:
    """Every refusal has a code and the option's name, and leaves the store as it was."""
    registry = a_registry(database)
    registry.apply(_edit(gurid=77))
    registry.refuses(
        [
            (_registrar("REG-A"), Code.EXISTS, "id"),
            (_registrar("R"), Code.INVALID_VALUE, "id"),
            (_registrar(gurid=77), Code.EXISTS, "gurid"),
            (_registrar(gurid=-1), Code.INVALID_VALUE, "gurid"),
            (_registrar(gurid=2**31), Code.INVALID_VALUE, "gurid"),
            (_edit("REG-B", gurid=77), Code.EXISTS, "gurid"),
            (_edit("NOBODY", gurid=78), Code.NOT_FOUND, "id"),
            (_edit(url="ftp://x.net/"), Code.INVALID_VALUE, "url"),
            (_edit(rdap_url="x"), Code.INVALID_VALUE, "rdap_url"),
            (_edit(whois_server="-"), Code.INVALID_NAME, "whois_server"),
            (_edit(abuse_email="x"), Code.INVALID_VALUE, "abuse_email"),
            (_edit(abuse_phone="+1.555"), Code.INVALID_VALUE, "abuse_phone"),
            (UpdateRegistrar(handle="REG-A", card=CardEdit(name="")), Code.MISSING_VALUE, "name"),
            (UpdateRegistrar(handle="REG-A", version=9), Code.CONFLICT, "version"),
        ]
    )


def test_registrar_that_sponsors_something_is_not_deleted(database: Database) -> None:
    """Refused with what it sponsors; one that sponsors nothing goes."""
    registry = a_registry(database, "CA1")
    with refused(Code.IN_USE, "id") as seen:
        registry.apply(DeleteRegistrar(handle="REG-A"))
    assert "1 contact" in seen[0].message
    registry.apply(DeleteRegistrar(handle="reg-b"))
    with refused(Code.NOT_FOUND, "id"):
        registry.apply(DeleteRegistrar(handle="REG-B"))


def test_privacy_service_has_exactly_one_way_for_mail(database: Database) -> None:
    """An alias domain or a form, never both and never none."""
    registry = a_registry(database)
    make = CreatePrivacyService(handle="PRIV", card=CARD, alias_domain="Alias.example.net")
    registry.apply(make)
    form = "https://form.example.net/"
    registry.refuses(
        [
            (make, Code.EXISTS, "id"),
            (CreatePrivacyService(handle="TWO", card=CARD), Code.MISSING_VALUE, "alias_domain"),
            (
                CreatePrivacyService(
                    handle="TWO", card=CARD, alias_domain="a.net", contact_url=form
                ),
                Code.POLICY,
                "contact_url",
            ),
            (
                CreatePrivacyService(handle="TWO", card=CardEdit(name="X"), contact_url=form),
                Code.MISSING_VALUE,
                "org",
            ),
            (UpdatePrivacyService(handle="PRIV", contact_url=form), Code.POLICY, "contact_url"),
            (
                UpdatePrivacyService(handle="PRIV", alias_domain=""),
                Code.MISSING_VALUE,
                "alias_domain",
            ),
            (
                UpdatePrivacyService(handle="PRIV", alias_domain="-.net"),
                Code.INVALID_NAME,
                "alias_domain",
            ),
            (UpdatePrivacyService(handle="PRIV", version=9), Code.CONFLICT, "version"),
            (UpdatePrivacyService(handle="NONE"), Code.NOT_FOUND, "id"),
        ]
    )
    registry.apply(UpdatePrivacyService(handle="priv", alias_domain="", contact_url=form))
    service = registry.inquiries.find_privacy_service("PRIV")
    assert (service.alias_domain, service.contact_url) == (None, form)


def test_privacy_service_in_use_is_not_deleted(database: Database) -> None:
    """Refused with the number of names; its edit touches one row."""
    registry = a_registry(database, "CA1")
    registry.apply(CreatePrivacyService(handle="PRIV", card=CARD, alias_domain="a.example.net"))
    registry.register()
    proxy = PrivacyEdit(mode=PrivacyMode.PROXY)
    registry.apply(UpdateDomain(name="shop.example", privacy=proxy))
    with refused(Code.IN_USE, "id"):
        registry.apply(DeletePrivacyService(handle="PRIV"))
    edit = UpdatePrivacyService(handle="PRIV", card=CardEdit(voice="+64.48312000"))
    assert registry.touched(lambda: registry.apply(edit)) == [("privacy-service", "PRIV")]
    none = PrivacyEdit(mode=PrivacyMode.NONE)
    registry.apply(
        UpdateDomain(name="shop.example", privacy=none), DeletePrivacyService(handle="PRIV")
    )
    assert list(registry.inquiries.list_privacy_services()) == []


def test_aliases_forward_to_where_the_contact_reads_mail_now(database: Database) -> None:
    """P-12: one for each published role, stable under edits, to the present address."""
    from store.changes import UpdateContact

    registry = a_registry(database, "CA1", "CA2")
    registry.apply(CreatePrivacyService(handle="PRIV", card=CARD, alias_domain="a.example.net"))
    registry.register(links=links("CA1", "CA2", "CA2", "CA2"))
    proxy = PrivacyEdit(mode=PrivacyMode.PROXY)
    registry.apply(UpdateDomain(name="shop.example", privacy=proxy))
    before = list(registry.inquiries.list_aliases("priv"))
    registry.apply(UpdateContact(handle="CA2", card=CardEdit(email="new@example.org")))
    after = list(registry.inquiries.list_aliases("PRIV"))
    assert [(a.name, a.role.value, a.forwards_to) for a in after] == [
        ("shop.example", "registrant", "aroha@example.net"),
        ("shop.example", "admin", "new@example.org"),
        ("shop.example", "tech", "new@example.org"),
    ]
    assert [alias.alias for alias in before] == [alias.alias for alias in after]
    assert len({alias.alias for alias in after}) == 3
    assert all(alias.alias.endswith("@a.example.net") for alias in after)


def test_reserved_name_stays_unregistered_until_it_is_removed(database: Database) -> None:
    """Below a served zone, not registered, once; removing frees it."""
    registry = a_registry(database, "CA1")
    registry.register("shop.example")
    touched = registry.touched(
        lambda: registry.apply(AddReservedName(name="KEPT.example", blocked=True, by="Blocker"))
    )
    assert set(touched) == {("reserved-name", "kept.example"), ("domain", "kept.example")}
    registry.refuses(
        [
            (AddReservedName(name="kept.example"), Code.EXISTS, "name"),
            (AddReservedName(name="shop.example"), Code.EXISTS, "name"),
            (AddReservedName(name="kept.elsewhere"), Code.UNSERVED_ZONE, "name"),
            (AddReservedName(name="a.b.example"), Code.INVALID_NAME, "name"),
            (AddReservedName(name="x.example", by="S"), Code.POLICY, "by"),
            (AddReservedName(name="x.example", blocked=True, by="\a"), Code.INVALID_VALUE, "by"),
            (RemoveReservedName(name="free.example"), Code.NOT_FOUND, "name"),
        ]
    )
    (kept,) = registry.inquiries.list_reserved_names()
    assert (kept.name, kept.blocked, kept.by) == ("kept.example", True, "Blocker")
    register = CreateDomain(
        name="kept.example", registrar="REG-A", links=links("CA1", "CA1", "CA1")
    )
    with refused(Code.NAME_RESERVED, "name"):
        registry.apply(register)
    registry.apply(RemoveReservedName(name="kept.example"), register)
