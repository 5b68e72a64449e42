"""The changes that editors make: frozen, complete, and the same from every door.

A field that a change does not speak of is :data:`UNSET`; an empty string clears an
optional field. Handles and names are as typed; the write door reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from store.model import Element, PostalType, PrivacyMode, Role
from store.outcomes import Place
from store.published import DsData, Kind
from store.readied import Readied
from store.registrant_changes import Answer, ChangeParty, Channel
from store.statuses import Status

__all__ = [
    "UNSET",
    "ActingHolder",
    "ActingRegistrar",
    "Actor",
    "AddReservedName",
    "AnswerRegistrantChange",
    "CardEdit",
    "Change",
    "CreateContact",
    "CreateDomain",
    "CreateHost",
    "CreatePrivacyService",
    "CreateRegistrar",
    "DeleteContact",
    "DeleteDomain",
    "DeleteDueContacts",
    "DeleteHost",
    "DeletePrivacyService",
    "DeleteRegistrar",
    "DisclosureEdit",
    "EndOverdueChanges",
    "LiftTransferLock",
    "LinkEdit",
    "PrivacyEdit",
    "PruneChangeLog",
    "RecordConsent",
    "RegistrarEdit",
    "RemoveReservedName",
    "ResendRegistrantChange",
    "ScrubHistory",
    "TransferDomain",
    "Unset",
    "UpdateContact",
    "UpdateDomain",
    "UpdateHost",
    "UpdatePrivacyService",
    "UpdateRegistrar",
    "WithdrawRegistrantChange",
]


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingRegistrar:
    """A registrar, who acts on its own objects."""

    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingHolder:
    """A contact, who acts on the one name *name* in the roles that it has there."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who makes a change, for whom, and through which door; all go into the history.

    ``acting`` is ``None`` for the operator, who may do everything (contacts.md 9).
    """

    name: str
    door: str = "cli"
    acting: ActingRegistrar | ActingHolder | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRegistrantChange:
    """What a party said on the page that *token* leads to (R-13 to R-16).

    ``data_correct`` is the new registrant's tick, ``waive_lock`` the current one's.
    """

    token: str
    answer: Answer
    data_correct: bool = False
    waive_lock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendRegistrantChange:
    """The question to one party once more, by e-mail or SMS to what is on record (R-20).

    ``release`` ends the wait of D-02 for this message.
    """

    change: int
    party: ChangeParty
    channel: Channel
    release: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRegistrantChange:
    """The end of a request by whoever made it (R-08)."""

    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent:
    """A registrant's consent that a designated agent approves for it, or its end (R-18)."""

    contact: str
    party: ChangeParty
    revoke: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOverdueChanges:
    """The end of up to ``limit`` registrant changes that ran out (R-29)."""

    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDueContacts:
    """The end of up to ``limit`` contacts whose time is up (I-24, L-06).

    ``after`` is where the batch before came to; what can't be deleted is looked at once
    in a run. The batch that finds nothing more has the registrars told. ``readied`` spares
    it work under its locks (:meth:`store.write_door.WriteDoor.ready`).
    """

    limit: int = 500
    after: Place | None = None
    readied: Readied = field(default_factory=Readied, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrubHistory:
    """Fingerprints in place of up to ``limit`` rows' private values that were kept long enough."""

    limit: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneChangeLog:
    """The end of up to ``limit`` rows of the change log that no reader is behind any more."""

    limit: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftTransferLock:
    """The end of a name's transfer lock by order, with its reason."""

    name: str
    reason: str


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
    | ResendRegistrantChange
    | RecordConsent
    | AddReservedName
    | RemoveReservedName
    | AnswerRegistrantChange
    | WithdrawRegistrantChange
    | EndOverdueChanges
    | DeleteDueContacts
    | ScrubHistory
    | PruneChangeLog
    | LiftTransferLock
)
