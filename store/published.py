"""What the public may see: values that nobody changes, with nothing private in them.

``store.publish`` makes them; both renderers read them and decide nothing about
privacy. A field is ``str``, :class:`Withheld` or ``None``: a value, a reason for
showing none, or nothing there.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NoReturn

from store.names import Address
from store.statuses import Status
from store.values import value

__all__ = [
    "Absence",
    "Dnssec",
    "DsData",
    "Field",
    "Help",
    "KeyData",
    "Kind",
    "Notices",
    "Party",
    "PublicRole",
    "PublishedDomain",
    "PublishedEntity",
    "PublishedHost",
    "PublishedRegistrar",
    "Reason",
    "Standing",
    "Withheld",
    "shows_person",
]


class PublicRole(Enum):
    """The roles that are published. Billing can't be said (P-01 to P-05)."""

    REGISTRANT = "registrant"
    ADMIN = "admin"
    TECH = "tech"

    __hash__ = object.__hash__  # in C: every answer hashes some thirty of these two


class Reason(Enum):
    """Why a value is withheld (contacts.md 7.3)."""

    POLICY = "policy"  # the zone redacts it and the holder did not consent to show it
    HOLDER = "holder"  # the holder asked to hide it
    MODE = "mode"  # the name's privacy mode `withhold` hides it
    PROXY = "proxy"  # a privacy service stands in; the handle would join names (P-14)

    __hash__ = object.__hash__


_WITHHELD: dict[Reason, Withheld] = {}


class Withheld:
    """A value that exists for the store and not for the public.

    It can't be printed by accident: ``str``, ``format`` and JSON of it raise. There is one
    for each reason, so that they are compared and hashed in C, some twenty in an answer.
    """

    __slots__ = ("reason",)

    reason: Reason

    def __new__(cls, reason: Reason) -> Withheld:  # noqa: PYI034 - there is no other class
        """Give the one value of *reason*."""
        made = _WITHHELD.get(reason)
        if made is None:
            made = _WITHHELD[reason] = super().__new__(cls)
            object.__setattr__(made, "reason", reason)
        return made

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a withheld value is frozen")

    def __str__(self) -> NoReturn:
        raise TypeError("a withheld value has no text")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a withheld value has no text")

    def __repr__(self) -> str:
        return f"Withheld({self.reason.name})"


Field = str | Withheld | None


class Kind(Enum):
    """Whether a party is a person or an organisation (I-18)."""

    INDIVIDUAL = "individual"
    ORGANISATION = "organisation"


class Standing(Enum):
    """What a party's section holds: its own values, a service's, or partly none."""

    OPEN = "open"
    PROXY = "proxy"  # RDAP entity status `proxy` (D-15)
    PRIVATE = "private"  # RDAP entity status `private` (D-15)


@value(frozen=True, slots=True, kw_only=True)
class Party:
    """A contact as one role of one name shows it.

    ``street`` is a tuple of lines (empty: none) or withheld as a whole. ``voice``
    and ``fax`` are in EPP's form, ``+CC.N``; extensions are digits. ``cc`` is an
    upper-case ISO 3166-1 code. ``email`` is ASCII with the domain in A-labels.
    ``contact_uri`` stands where a form takes the place of an address: an absolute http
    or https URL in ASCII. ``created``
    and ``updated`` are there only where the contact's own ROID is shown.
    """

    role: PublicRole
    handle: Field
    kind: Kind | None
    standing: Standing
    name: Field
    org: Field
    street: tuple[str, ...] | Withheld
    city: Field
    sp: Field
    pc: Field
    cc: Field
    voice: Field
    voice_ext: Field
    fax: Field
    fax_ext: Field
    email: Field
    contact_uri: str | None
    statuses: tuple[Status, ...]
    created: datetime | None
    updated: datetime | None


def shows_person(party: Party) -> bool:
    """Tell whether *party* shows data of its own: a name, an address, a phone, a mailbox.

    A privacy service's card is nobody's data, and a state or country alone tells of none.
    """
    if party.standing is Standing.PROXY:
        return False
    own = (party.name, party.org, party.city, party.pc, party.voice, party.fax, party.email)
    if str in map(type, own):
        return True
    street = party.street
    return isinstance(street, tuple) and any(street)


@value(frozen=True, slots=True, kw_only=True)
class Notices:
    """A zone's texts for people and its wording for withheld values.

    ``terms`` are lines of free text; ``terms_url`` is ``None`` where the help page
    stands in for it. ``complaint_text`` and ``complaint_url`` make one line of port 43
    and one notice of RDAP, and neither without the URL; ``status_url`` explains the
    status codes. ``icann_profile``: the answer claims to follow ICANN's gTLD RDAP
    profile of February 2024.
    """

    redaction_text: str
    terms: tuple[str, ...]
    terms_url: str | None
    complaint_text: str = "URL of the ICANN RDDS Inaccuracy Complaint Form"
    complaint_url: str | None = "https://icann.org/wicf"
    status_url: str = "https://icann.org/epp"
    icann_profile: bool = True


@value(frozen=True, slots=True, kw_only=True)
class PublishedRegistrar:
    """A registrar. Nothing of it is private but what no deposit carries.

    ``iana_id`` is ``None`` for a registrar without accreditation (D-34). ``handle``
    is its id in this store.
    """

    handle: str
    iana_id: int | None
    name: str
    street: tuple[str, ...]
    city: str | None
    sp: str | None
    pc: str | None
    cc: str | None
    voice: str | None
    voice_ext: str | None
    fax: str | None
    fax_ext: str | None
    email: str | None
    url: str | None
    whois_server: str | None
    rdap_url: str | None
    abuse_email: str | None
    abuse_phone: str | None
    created: datetime | None
    updated: datetime | None


@value(frozen=True, slots=True, kw_only=True)
class PublishedHost:
    """A name server. ``handle`` is its ROID, ``None`` for a host that is only an attribute.

    ``addresses`` are in ascending order, IPv4 first. In a domain ``registrar``,
    ``created`` and ``updated`` are ``None``.
    """

    name: str
    unicode_name: str | None
    handle: str | None
    statuses: tuple[Status, ...]
    addresses: tuple[Address, ...]
    registrar: PublishedRegistrar | None
    created: datetime | None
    updated: datetime | None
    notices: Notices


@value(frozen=True, slots=True, kw_only=True)
class DsData:
    """A DS record (RFC 5910 §4.1); ``digest`` is upper-case hex."""

    key_tag: int
    algorithm: int
    digest_type: int
    digest: str


@value(frozen=True, slots=True, kw_only=True)
class KeyData:
    """A DNSKEY (RFC 5910 §4.2); ``public_key`` is base64."""

    flags: int
    protocol: int
    algorithm: int
    public_key: str


@value(frozen=True, slots=True, kw_only=True)
class Dnssec:
    """The delegation's signing data; signed if and only if one of the tuples has a member."""

    max_sig_life: int | None
    ds: tuple[DsData, ...]
    keys: tuple[KeyData, ...]

    @property
    def signed(self) -> bool:
        """Tell whether the parent holds key material for this delegation."""
        return bool(self.ds or self.keys)


@value(frozen=True, slots=True, kw_only=True)
class PublishedDomain:
    """A registration as the public sees it.

    ``parties`` holds at most one of each role, registrant, admin, tech in this
    order; a role without a contact is left out (D-23). ``expires`` is the registry's
    expiry, ``registrar_expires`` the registrar's: ``at_registrar`` says for whom this
    server answers. ``updated`` is the domain's own
    and is ``None`` for a name never updated. ``statuses`` is never empty and holds
    the computed ones. ``hosts`` are sorted by name and carry a handle all or none.
    """

    name: str
    unicode_name: str | None
    handle: str | None
    zone: str
    registrar: PublishedRegistrar
    statuses: tuple[Status, ...]
    created: datetime | None
    updated: datetime | None
    expires: datetime | None
    registrar_expires: datetime | None
    transferred: datetime | None
    parties: tuple[Party, ...]
    hosts: tuple[PublishedHost, ...]
    dnssec: Dnssec
    notices: Notices
    at_registrar: bool = False


@value(frozen=True, slots=True, kw_only=True)
class PublishedEntity:
    """A contact looked up by handle: the strictest view over the names that show it (7.3).

    ``roles`` is the union of its published roles over names that aren't proxied;
    ``party.role`` is the first of them. ``asked`` is the handle's canonical spelling.
    """

    asked: str
    roles: tuple[PublicRole, ...]
    party: Party
    notices: Notices


@value(frozen=True, slots=True, kw_only=True)
class Help:
    """What a door says about itself: the zones it serves, in ascending order."""

    zones: tuple[str, ...]
    notices: Notices


class Absence(Enum):
    """Why there is nothing to show. None of these is a failure."""

    NOT_FOUND = "not found"
    UNSERVED = "unserved"  # outside the zones served here
    RESERVED = "reserved"
    BLOCKED = "blocked"
