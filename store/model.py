"""The private records of the store: contacts, names, hosts, registrars, services.

Nothing outside ``store`` and the composition root sees these. Instants are aware
and in UTC, whole seconds where the store made them. ``id`` is the row's own number
(0 before it is saved), ``version`` counts its saves.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from store.names import Address
from store.published import Dnssec, Kind
from store.statuses import Status
from store.values import value

__all__ = [
    "Card",
    "Contact",
    "Disclosure",
    "Domain",
    "Element",
    "Host",
    "Link",
    "PostalForm",
    "PostalType",
    "PrivacyMode",
    "PrivacyService",
    "Registrar",
    "ReservedName",
    "Role",
]


class Role(StrEnum):
    """What a contact is to a domain (A-01). The set is closed."""

    REGISTRANT = "registrant"
    ADMIN = "admin"
    TECH = "tech"
    BILLING = "billing"


class PostalType(StrEnum):
    """The form of an address: localised (any script) or international (ASCII), RFC 5733 §2.3."""

    LOC = "loc"
    INT = "int"


class Element(StrEnum):
    """An element of EPP's disclose (RFC 5733 §2.9); ``addr`` is the whole address."""

    NAME = "name"
    ORG = "org"
    ADDR = "addr"
    VOICE = "voice"
    FAX = "fax"
    EMAIL = "email"


class PrivacyMode(StrEnum):
    """What stands between a name's contacts and the public (contacts.md 7.2)."""

    NONE = "none"
    WITHHOLD = "withhold"
    PROXY = "proxy"


@value(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A holder's word on one element: shown since the consent at ``at``, or hidden."""

    element: Element
    show: bool
    at: datetime | None


@value(frozen=True, slots=True, kw_only=True)
class PostalForm:
    """Who and where, in one script. ``street`` has up to three lines."""

    name: str = ""
    org: str | None = None
    street: tuple[str, ...] = ()
    city: str | None = None
    sp: str | None = None
    pc: str | None = None
    cc: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class Card(PostalForm):
    """A postal form and the ways to reach the party.

    ``voice`` and ``fax`` are in EPP's form ``+CC.N``, extensions are digits, the
    domain of ``email`` is in A-labels.
    """

    voice: str | None = None
    voice_ext: str | None = None
    fax: str | None = None
    fax_ext: str | None = None
    email: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class Contact:
    """A party. What it is to a name stands on the link, never here.

    ``card`` is the primary form, ``second`` the other script where both are held
    (D-20). ``generation`` turns all privacy aliases of the holder at once (D-12); a new
    holder's is its row's number, so that no two holders of a name share an alias, and
    a copy keeps its original's.
    ``unlinked_at`` is ``None`` while a link exists. ``auth_hash`` is a salted hash.
    ``voice_since`` is when ``card.voice`` was last corrected, ``None`` for never (D-02).
    """

    id: int = 0
    handle: str
    roid: str
    registrar: str
    kind: Kind | None = None
    card: Card
    postal_type: PostalType = PostalType.LOC
    second: PostalForm | None = None
    statuses: frozenset[Status] = frozenset()
    disclosures: tuple[Disclosure, ...] = ()
    auth_hash: str | None = None
    generation: int = 0
    voice_since: datetime | None = None
    unlinked_at: datetime | None = None
    created: datetime | None = None
    created_by: str | None = None
    updated: datetime | None = None
    updated_by: str | None = None
    transferred: datetime | None = None
    version: int = 1


@value(frozen=True, slots=True, kw_only=True)
class Link:
    """A contact in one role of a domain, with a public handle of its own (D-26).

    ``public_id`` is a random 63-bit number; ``store.handles`` spells it.
    """

    role: Role
    contact: str
    contact_id: int
    since: datetime
    public_id: int


@value(frozen=True, slots=True, kw_only=True)
class Domain:
    """A registration. It holds links to contacts and none of their values (A-05).

    ``statuses`` are the stored ones: prohibitions, holds, pending and RGP facts.
    ``hosts`` are host names in inner form.
    """

    id: int = 0
    name: str
    zone: str
    roid: str | None
    registrar: str
    statuses: frozenset[Status] = frozenset()
    links: tuple[Link, ...] = ()
    hosts: tuple[str, ...] = ()
    dnssec: Dnssec = field(default_factory=lambda: Dnssec(max_sig_life=None, ds=(), keys=()))
    privacy: PrivacyMode = PrivacyMode.NONE
    privacy_service: str | None = None
    disputed: bool = False
    created: datetime | None = None
    created_by: str | None = None
    updated: datetime | None = None
    updated_by: str | None = None
    expires: datetime | None = None
    transferred: datetime | None = None
    version: int = 1

    def link(self, role: Role) -> Link | None:
        """Give the link of *role*, or ``None``."""
        return next((link for link in self.links if link.role is role), None)


@value(frozen=True, slots=True, kw_only=True)
class Host:
    """A name server. ``registrar`` and ``roid`` are ``None`` for one known by name alone."""

    id: int = 0
    name: str
    roid: str | None = None
    registrar: str | None = None
    statuses: frozenset[Status] = frozenset()
    addresses: tuple[Address, ...] = ()
    created: datetime | None = None
    created_by: str | None = None
    updated: datetime | None = None
    updated_by: str | None = None
    version: int = 1


@value(frozen=True, slots=True, kw_only=True)
class Registrar:
    """A sponsor of names. What its deposit lacks comes through the write door."""

    handle: str
    gurid: int | None = None
    status: str = "ok"
    card: Card
    url: str | None = None
    whois_server: str | None = None
    rdap_url: str | None = None
    abuse_email: str | None = None
    abuse_phone: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    version: int = 1


@value(frozen=True, slots=True, kw_only=True)
class PrivacyService:
    """The card that stands in for a holder, and how mail gets through.

    Exactly one of ``alias_domain`` and ``contact_url`` is set.
    """

    handle: str
    card: Card
    alias_domain: str | None = None
    contact_url: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    version: int = 1


@value(frozen=True, slots=True, kw_only=True)
class ReservedName:
    """A name that can't be registered: kept back by the registry, or blocked by a service."""

    name: str
    blocked: bool = False
    by: str | None = None
    created: datetime | None = None
