"""Publish once: private records and policy become what the public may see.

The one place that decides about privacy. Both renderers get only its results
(DESIGN, "Publish once"; contacts.md 7.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from store.handles import Alias, AliasCipher, link_handle
from store.model import Card, Disclosure, Element, PrivacyMode, PrivacyService
from store.names import Address, unicode_name
from store.policy import Part, ZonePolicy, ZoneRole
from store.published import (
    Dnssec,
    Field,
    Kind,
    Notices,
    Party,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
    Reason,
    Standing,
    Withheld,
)
from store.rules.shown_statuses import shown_statuses
from store.statuses import Status, linked_statuses
from store.urls import web_url
from store.values import value

__all__ = [
    "HeldContact",
    "HeldDomain",
    "HeldHost",
    "View",
    "alias_of",
    "publish_contact",
    "publish_domain",
    "publish_entity",
    "publish_host",
]

# What each element of a holder's disclosure covers; `addr` is all of the address.
_ELEMENT_OF: Mapping[Part, Element] = {
    Part.NAME: Element.NAME,
    Part.ORG: Element.ORG,
    Part.STREET: Element.ADDR,
    Part.CITY: Element.ADDR,
    Part.SP: Element.ADDR,
    Part.PC: Element.ADDR,
    Part.CC: Element.ADDR,
    Part.VOICE: Element.VOICE,
    Part.FAX: Element.FAX,
    Part.EMAIL: Element.EMAIL,
}

# contacts.md 7.2: the mode `withhold` hides address and phones, never name, e-mail, country.
_WITHHOLD_HIDES = frozenset({Part.STREET, Part.CITY, Part.SP, Part.PC, Part.VOICE, Part.FAX})

_POLICY, _HOLDER, _MODE = (Withheld(why) for why in (Reason.POLICY, Reason.HOLDER, Reason.MODE))


@value(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """What one view of one contact withholds: a reason for each part, ``None`` where it shows.

    ``always``: something is withheld, whether or not there is a value (D-32).
    """

    name: Withheld | None
    org: Withheld | None
    street: Withheld | None
    city: Withheld | None
    sp: Withheld | None
    pc: Withheld | None
    cc: Withheld | None
    voice: Withheld | None
    fax: Withheld | None
    email: Withheld | None
    always: bool


@value(frozen=True, slots=True, kw_only=True)
class HeldContact:
    """A contact as the public views hold it, in one published role of one domain."""

    role: PublicRole
    public_id: int
    roid: str
    kind: Kind | None
    card: Card
    statuses: frozenset[Status]
    disclosures: tuple[Disclosure, ...]
    generation: int
    created: datetime | None
    updated: datetime | None


@value(frozen=True, slots=True, kw_only=True)
class HeldHost:
    """A name server as the public views hold it; ``linked`` where a domain refers to it."""

    name: str
    roid: str | None
    statuses: frozenset[Status]
    linked: bool
    addresses: tuple[Address, ...]
    registrar: PublishedRegistrar | None = None
    created: datetime | None = None
    updated: datetime | None = None


@value(frozen=True, slots=True, kw_only=True)
class HeldDomain:
    """A domain as the public views hold it, of one snapshot.

    ``locked_until`` and ``change_until`` are the ends of a transfer lock and of an open
    registrant change, past or not; ``None`` where there is none.
    """

    id: int
    name: str
    zone: str
    roid: str | None
    registrar: PublishedRegistrar
    statuses: frozenset[Status]
    privacy: PrivacyMode
    service: PrivacyService | None
    created: datetime | None
    updated: datetime | None
    expires: datetime | None
    transferred: datetime | None
    contacts: tuple[HeldContact, ...]
    hosts: tuple[HeldHost, ...]
    dnssec: Dnssec
    locked_until: datetime | None = None
    change_until: datetime | None = None


@value(frozen=True, slots=True, kw_only=True)
class View:
    """Through what a contact is seen: the zone's policy and the domain's privacy mode.

    ``form`` is the address of the form that takes a withheld e-mail's place in
    registrar role, a template of ``{name}`` and ``{role}``; ``name`` is the domain.
    """

    policy: ZonePolicy
    mode: PrivacyMode
    repository: str
    name: str = ""
    form: str | None = None


def publish_domain(
    domain: HeldDomain,
    policy: ZonePolicy,
    *,
    repository: str,
    cipher: AliasCipher | None,
    now: datetime,
) -> PublishedDomain:
    """Give *domain* as the public sees it at *now*; *cipher* is needed in mode ``proxy`` alone.

    Roles without a contact and roles the zone does not publish are left out.
    """
    notices = policy.notices()
    parties = _parties(domain, policy, repository=repository, cipher=cipher)
    registrar_side = policy.role is ZoneRole.REGISTRAR
    handles = all(host.roid is not None for host in domain.hosts)
    return PublishedDomain(
        name=domain.name,
        unicode_name=unicode_name(domain.name),
        handle=domain.roid,
        zone=domain.zone,
        registrar=domain.registrar,
        statuses=shown_statuses(
            domain.statuses,
            delegated=bool(domain.hosts),
            locked_until=domain.locked_until,
            change_until=domain.change_until,
            policy=policy,
            now=now,
        ),
        created=domain.created,
        updated=domain.updated,
        # conformance.md 6.4.5, 4.4.7: at a registrar the expiry is the registrar's.
        expires=None if registrar_side else domain.expires,
        registrar_expires=domain.expires if registrar_side else None,
        transferred=domain.transferred,
        parties=tuple(parties),
        hosts=tuple(_nested_host(host, notices, handle=handles) for host in domain.hosts),
        dnssec=domain.dnssec,
        notices=notices,
        at_registrar=registrar_side,
    )


def publish_host(host: HeldHost, notices: Notices) -> PublishedHost:
    """Give *host* as a look-up of its own shows it."""
    return PublishedHost(
        name=host.name,
        unicode_name=unicode_name(host.name),
        handle=host.roid,
        statuses=linked_statuses(host.statuses, linked=host.linked),
        addresses=host.addresses,
        registrar=host.registrar,
        created=host.created,
        updated=host.updated,
        notices=notices,
    )


def publish_contact(contact: HeldContact, view: View) -> Party:
    """Give *contact* in its role as *view* lets the public see it.

    Raises:
        ValueError: in mode ``proxy``, where nothing of the contact may be seen.
    """
    if view.mode is PrivacyMode.PROXY:
        raise ValueError("a proxied contact has a service's card, not its own")
    card, policy = contact.card, view.policy
    hidden = _hidden(policy.redacted, policy.always_shown, view.mode, contact.disclosures)
    name, voice, email = hidden.name, hidden.voice, hidden.email
    # D-32: an organisation and a fax are withheld only where there is one.
    org = (hidden.org or card.org) if card.org else None
    fax = (hidden.fax or card.fax) if card.fax else None
    private = hidden.always or isinstance(org, Withheld) or isinstance(fax, Withheld)
    # The contact's own dates stand beside its own ROID alone: they would join the names
    # of one holder (contacts.md 0, point 8; P-14), and the admin role never has it (D-26).
    own = name is None and contact.role is not PublicRole.ADMIN
    return Party(
        role=contact.role,
        handle=_handle(contact, view, name=name),
        kind=contact.kind if name is None else None,
        standing=Standing.PRIVATE if private else Standing.OPEN,
        name=name or card.name or None,
        org=org,
        street=hidden.street or card.street,
        city=hidden.city or card.city or None,
        sp=hidden.sp or card.sp or None,
        pc=hidden.pc or card.pc or None,
        cc=hidden.cc or card.cc or None,
        voice=voice or card.voice or None,
        # An extension goes where its number goes; withheld only where there is one (D-32).
        voice_ext=(voice or card.voice_ext) if card.voice and card.voice_ext else None,
        fax=fax,
        fax_ext=(hidden.fax or card.fax_ext) if card.fax and card.fax_ext else None,
        email=email or card.email or None,
        contact_uri=_form(contact, view) if email is not None else None,
        statuses=linked_statuses(contact.statuses, linked=True),
        created=contact.created if own else None,
        updated=contact.updated if own else None,
    )


def publish_entity(
    contacts: Iterable[tuple[HeldContact, View]], *, asked: str, notices: Notices
) -> PublishedEntity | None:
    """Give a contact as its handle shows it: the strictest of the views of it (7.3).

    Names under a privacy service don't count. ``None`` where no view is left.
    *contacts* is the one contact, once for each way it is seen.
    """
    seen = [(held, view) for held, view in contacts if view.mode is not PrivacyMode.PROXY]
    parties = [publish_contact(held, view) for held, view in seen]
    if not parties:
        return None
    roles = {party.role for party in parties}
    ordered = tuple(role for role in PublicRole if role in roles)
    strictest = _strictest(parties)
    # The contact's own handle or none: a link's would join the two (D-26).
    held, hidden = seen[0][0], isinstance(strictest.name, Withheld)
    party = replace(
        strictest,
        role=ordered[0],
        handle=strictest.name if hidden else held.roid,
        contact_uri=None,  # a form's address names a domain; an entity never does (7.3)
        created=None if hidden else held.created,
        updated=None if hidden else held.updated,
    )
    return PublishedEntity(asked=asked, roles=ordered, party=party, notices=notices)


def _parties(
    domain: HeldDomain, policy: ZonePolicy, *, repository: str, cipher: AliasCipher | None
) -> Iterable[Party]:
    view = View(
        policy=policy,
        mode=domain.privacy,
        repository=repository,
        name=domain.name,
        form=policy.contact_url or domain.registrar.url,
    )
    by_role = {contact.role: contact for contact in domain.contacts}
    for role in PublicRole:
        contact = by_role.get(role)
        if contact is None or role not in policy.published_roles:
            continue
        if domain.privacy is PrivacyMode.PROXY:
            yield _proxied(contact, domain, view, cipher)
        else:
            yield publish_contact(contact, view)


def _proxied(
    contact: HeldContact, domain: HeldDomain, view: View, cipher: AliasCipher | None
) -> Party:
    """Put the service's card in the holder's place (P-11 to P-15): nothing of the holder's."""
    service = domain.service
    if service is None or cipher is None:
        raise ValueError("a name in mode proxy has a service, and its aliases a cipher")
    card, handle = service.card, Withheld(Reason.PROXY)
    email = alias_of(contact, domain, cipher)
    return Party(
        role=contact.role,
        handle=link_handle(contact.public_id, view.repository)
        if contact.role is PublicRole.ADMIN  # D-26
        else handle,
        kind=None,
        standing=Standing.PROXY,
        name=card.name or None,
        org=card.org,
        street=card.street,
        city=card.city,
        sp=card.sp,
        pc=card.pc,
        cc=card.cc,
        voice=card.voice,
        voice_ext=card.voice_ext,
        fax=card.fax,
        fax_ext=card.fax_ext,
        email=email,
        contact_uri=web_url(service.contact_url) if email is None else None,
        statuses=(),
        created=None,
        updated=None,
    )


def alias_of(contact: HeldContact, domain: HeldDomain, cipher: AliasCipher) -> str | None:
    """Give the address that stands in for *contact*, one of *domain*'s (P-12).

    ``None`` where no service with aliases stands in for anybody there.
    """
    service = domain.service
    if domain.privacy is not PrivacyMode.PROXY or service is None or service.alias_domain is None:
        return None
    # The aliases of a name turn with its holder, whatever their role (D-12).
    holder = next((c for c in domain.contacts if c.role is PublicRole.REGISTRANT), contact)
    alias = Alias(domain_id=domain.id, role=contact.role.value, generation=holder.generation)
    return f"{cipher.token(alias)}@{service.alias_domain}"


def _nested_host(host: HeldHost, notices: Notices, *, handle: bool) -> PublishedHost:
    return PublishedHost(
        name=host.name,
        unicode_name=unicode_name(host.name),
        # conformance.md 11.1.10: the hosts of one answer all carry a handle or none does.
        handle=host.roid if handle else None,
        statuses=linked_statuses(host.statuses, linked=True),
        addresses=host.addresses,
        registrar=None,
        created=None,
        updated=None,
        notices=notices,
    )


# Few combinations come up; deciding each part anew takes four times as long as the rest.
@lru_cache(maxsize=1024)
def _hidden(
    redacted: frozenset[Part],
    always_shown: frozenset[Part],
    mode: PrivacyMode,
    disclosures: tuple[Disclosure, ...],
) -> _Hidden:
    said = {each.element: each for each in disclosures}

    def withheld(part: Part) -> Withheld | None:
        """Decide on one part, in the order of contacts.md 7.3."""
        if mode is PrivacyMode.WITHHOLD and part in _WITHHOLD_HIDES:
            return _MODE
        word = said.get(_ELEMENT_OF[part])
        if part in redacted:
            # 7.3: a consent counts with its record, the instant it was given.
            consent = word is not None and word.show and word.at is not None
            return None if consent else _POLICY
        if word is not None and not word.show and part not in always_shown:
            return _HOLDER
        return None

    hidden = {part: withheld(part) for part in Part}
    # D-32: of an organisation and a fax it depends on the contact.
    always = any(why for part, why in hidden.items() if part not in {Part.ORG, Part.FAX})
    return _Hidden(**{part.value: why for part, why in hidden.items()}, always=always)


def _handle(contact: HeldContact, view: View, *, name: Withheld | None) -> Field:
    # D-26: the own ROID appears only where the name is shown, and never for admin.
    if contact.role is PublicRole.ADMIN:
        return link_handle(contact.public_id, view.repository)
    return name or contact.roid


def _form(contact: HeldContact, view: View) -> str | None:
    # conformance.md 4.6.9: a registrar replaces a withheld address by a form.
    if view.policy.role is not ZoneRole.REGISTRAR or view.form is None:
        return None
    return web_url(view.form.replace("{name}", view.name).replace("{role}", contact.role.value))


_WITHHOLDABLE = ("name", "org", "street", "city", "sp", "pc", "cc", "voice", "fax", "email")


def _hides(party: Party) -> bool:
    return any(isinstance(getattr(party, part), Withheld) for part in _WITHHOLDABLE)


def _strictest(parties: list[Party]) -> Party:
    """Keep a value only where every view shows it."""
    strict = parties[0]
    for party in parties[1:]:
        hidden = {
            part: getattr(party, part)
            for part in (*_WITHHOLDABLE, "handle", "voice_ext", "fax_ext")
            if isinstance(getattr(party, part), Withheld)
        }
        strict = replace(strict, **hidden)
        if isinstance(party.name, Withheld):
            strict = replace(strict, kind=None, created=None, updated=None)
    return replace(strict, standing=Standing.PRIVATE) if _hides(strict) else strict
