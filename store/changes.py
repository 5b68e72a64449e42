"""The changes that editors make: frozen, complete, and the same from every door.

A field that a change does not speak of is :data:`UNSET`; an empty string clears an
optional field. Handles and names are as typed; the write door reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store.model import Element, PostalType, PrivacyMode, Role
from store.published import DsData, Kind
from store.statuses import Status

__all__ = [
    "UNSET",
    "Actor",
    "AddReservedName",
    "CardEdit",
    "Change",
    "CreateContact",
    "CreateDomain",
    "CreateHost",
    "CreatePrivacyService",
    "CreateRegistrar",
    "DeleteContact",
    "DeleteDomain",
    "DeleteHost",
    "DeletePrivacyService",
    "DeleteRegistrar",
    "DisclosureEdit",
    "LinkEdit",
    "PrivacyEdit",
    "RegistrarEdit",
    "RemoveReservedName",
    "TransferDomain",
    "Unset",
    "UpdateContact",
    "UpdateDomain",
    "UpdateHost",
    "UpdatePrivacyService",
    "UpdateRegistrar",
]


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who makes a change and through which door; both go into the history."""

    name: str
    door: str = "cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEdit:
    """New values for a card. ``street`` replaces all lines; ``()`` clears them."""

    name: str | Unset = UNSET
    org: str | Unset = UNSET
    street: tuple[str, ...] | Unset = UNSET
    city: str | Unset = UNSET
    sp: str | Unset = UNSET
    pc: str | Unset = UNSET
    cc: str | Unset = UNSET
    voice: str | Unset = UNSET
    voice_ext: str | Unset = UNSET
    fax: str | Unset = UNSET
    fax_ext: str | Unset = UNSET
    email: str | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureEdit:
    """Elements to show (consent is dated at the change), to hide, to leave to policy again."""

    disclose: frozenset[Element] = frozenset()
    hide: frozenset[Element] = frozenset()
    undisclose: frozenset[Element] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContact:
    """A new contact. ``handle`` is the registrar's own id for it."""

    handle: str
    registrar: str
    card: CardEdit
    auth_info: str
    kind: Kind | None = None
    postal_type: PostalType = PostalType.LOC
    disclosure: DisclosureEdit = DisclosureEdit()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContact:
    """An edit of a contact, on every name that uses it, or split off for the names ``only``.

    ``version``, where given, must be the row's: a stale edit is a conflict (D-30).
    """

    handle: str
    card: CardEdit = CardEdit()
    kind: Kind | Unset | None = UNSET
    auth_info: str | Unset = UNSET
    disclosure: DisclosureEdit = DisclosureEdit()
    add_statuses: frozenset[Status] = frozenset()
    remove_statuses: frozenset[Status] = frozenset()
    only: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteContact:
    """The end of a contact without links."""

    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEdit:
    """The contact for one role; an empty ``contact`` removes the link."""

    role: Role
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDomain:
    """A new registration. ``expires`` defaults to one year from creation."""

    name: str
    registrar: str
    links: tuple[LinkEdit, ...] = ()
    hosts: tuple[str, ...] = ()
    ds: tuple[DsData, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyEdit:
    """A privacy mode; ``service`` may be left out where only one exists."""

    mode: PrivacyMode
    service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDomain:
    """An edit of a registration: only what is given changes."""

    name: str
    links: tuple[LinkEdit, ...] = ()
    add_hosts: tuple[str, ...] = ()
    remove_hosts: tuple[str, ...] = ()
    add_ds: tuple[DsData, ...] = ()
    remove_ds: tuple[DsData, ...] = ()
    add_statuses: frozenset[Status] = frozenset()
    remove_statuses: frozenset[Status] = frozenset()
    expires: datetime | Unset = UNSET
    disputed: bool | Unset = UNSET
    privacy: PrivacyEdit | Unset = UNSET
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDomain:
    """The end of a registration, at once (D-28). Its contacts stay."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDomain:
    """The move of a registration to another registrar; its contacts are copied there."""

    name: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateHost:
    """A new name server; an in-zone one belongs to its domain's registrar."""

    name: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateHost:
    """An edit of a name server."""

    name: str
    add_addresses: tuple[str, ...] = ()
    remove_addresses: tuple[str, ...] = ()
    add_statuses: frozenset[Status] = frozenset()
    remove_statuses: frozenset[Status] = frozenset()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteHost:
    """The end of a name server that no domain refers to."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrarEdit:
    """What a registrar has beside its card. ``gurid`` is the IANA id; 0 clears it."""

    gurid: int | Unset = UNSET
    url: str | Unset = UNSET
    whois_server: str | Unset = UNSET
    rdap_url: str | Unset = UNSET
    abuse_email: str | Unset = UNSET
    abuse_phone: str | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRegistrar:
    """A new registrar."""

    handle: str
    card: CardEdit
    registrar: RegistrarEdit = RegistrarEdit()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRegistrar:
    """An edit of a registrar."""

    handle: str
    card: CardEdit = CardEdit()
    registrar: RegistrarEdit = RegistrarEdit()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRegistrar:
    """The end of a registrar that sponsors nothing."""

    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePrivacyService:
    """A new privacy service, with aliases under a domain or with a contact form."""

    handle: str
    card: CardEdit
    alias_domain: str | None = None
    contact_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePrivacyService:
    """An edit of a privacy service."""

    handle: str
    card: CardEdit = CardEdit()
    alias_domain: str | Unset = UNSET
    contact_url: str | Unset = UNSET
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePrivacyService:
    """The end of a privacy service that stands in for nobody."""

    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReservedName:
    """A name that can't be registered from now on."""

    name: str
    blocked: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveReservedName:
    """A name that can be registered again."""

    name: str


Change = (
    CreateContact
    | UpdateContact
    | DeleteContact
    | CreateDomain
    | UpdateDomain
    | DeleteDomain
    | TransferDomain
    | CreateHost
    | UpdateHost
    | DeleteHost
    | CreateRegistrar
    | UpdateRegistrar
    | DeleteRegistrar
    | CreatePrivacyService
    | UpdatePrivacyService
    | DeletePrivacyService
    | AddReservedName
    | RemoveReservedName
)
