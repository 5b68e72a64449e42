"""Policy as data: what each zone requires, redacts, allows and says.

Two built-in profiles (D-21), every value of which a zone may override. The
composition root reads settings into these frozen values; nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from store.model import PostalType, PrivacyMode, Role
from store.published import Notices, PublicRole
from store.queries import Sought

__all__ = [
    "CHANGE_PROFILES",
    "PROFILES",
    "ChangeProfile",
    "ChangeTerms",
    "Lifecycle",
    "LockStatus",
    "Part",
    "RegistryPolicy",
    "ZonePolicy",
    "ZoneRole",
]


class Part(StrEnum):
    """A part of a contact that policy redacts or shows, finer than EPP's elements."""

    NAME = "name"
    ORG = "org"
    STREET = "street"
    CITY = "city"
    SP = "sp"
    PC = "pc"
    CC = "cc"
    VOICE = "voice"
    FAX = "fax"
    EMAIL = "email"


class ZoneRole(StrEnum):
    """Whether this server answers as the zone's registry or as a registrar."""

    REGISTRY = "registry"
    REGISTRAR = "registrar"


class LockStatus(StrEnum):
    """The status that shows a transfer lock to the public (R-31)."""

    AUTO = "auto"  # the registry's at a registry, the registrar's at a registrar
    CLIENT = "clientTransferProhibited"
    SERVER = "serverTransferProhibited"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProfile:
    """A rule for changes of registrant (contacts.md 4).

    Where nothing is ``approved`` an edit holds at once, and ``tells_parties`` says
    whether they hear of it, at the old address too, or the registrar alone.
    """

    approved: bool
    locks: bool = False
    tells_parties: bool = False


CHANGE_PROFILES: Mapping[str, ChangeProfile] = {
    "seed": ChangeProfile(approved=True, locks=True, tells_parties=True),
    "irs_nz": ChangeProfile(approved=False),
    "cord": ChangeProfile(approved=False, tells_parties=True),
}


DEFAULT_TERMS = (
    "Registration data is provided for information about a domain name registration only.",
    "Use it lawfully. Do not use it to send unsolicited messages, or for automated or bulk",
    "processes that strain this service.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePolicy:
    """One zone's rules.

    ``redacted`` parts are withheld unless the holder consents (D-25);
    ``always_shown`` parts stay even where the holder asked to hide them
    (conformance.md 4.6.7). ``contact_url`` is a template of ``{name}`` and ``{role}``
    that takes the place of a withheld e-mail in registrar role. ``searches`` are the
    classes of search that find objects of this zone, where the door offers them.

    ``registrant_change`` names a profile of :data:`CHANGE_PROFILES`; with
    ``material_address`` a new address is a new registrant too (D-01). ``lock_status`` shows
    transfer locks, ``pending_update`` open changes (D-03).
    """

    profile: str
    role: ZoneRole = ZoneRole.REGISTRY
    required_roles: frozenset[Role] = frozenset({Role.REGISTRANT, Role.ADMIN, Role.TECH})
    published_roles: frozenset[PublicRole] = frozenset(PublicRole)
    postal_types: frozenset[PostalType] = frozenset(PostalType)
    phone_required_roles: frozenset[Role] = frozenset()
    privacy_modes: frozenset[PrivacyMode] = frozenset({PrivacyMode.NONE})
    redacted: frozenset[Part] = frozenset()
    always_shown: frozenset[Part] = frozenset()
    registrant_change: str = "seed"
    material_address: bool = False
    lock_status: LockStatus = LockStatus.AUTO
    pending_update: bool = False
    redaction_text: str = "REDACTED FOR PRIVACY"
    terms: tuple[str, ...] = DEFAULT_TERMS
    terms_url: str | None = None
    contact_url: str | None = None
    complaint_text: str = "URL of the ICANN RDDS Inaccuracy Complaint Form"
    complaint_url: str | None = "https://icann.org/wicf"
    status_url: str = "https://icann.org/epp"
    searches: frozenset[Sought] = frozenset(Sought)

    @property
    def change_profile(self) -> ChangeProfile:
        """The rule for changes of registrant."""
        return CHANGE_PROFILES[self.registrant_change]

    def notices(self) -> Notices:
        """Give the texts the doors print."""
        return Notices(
            redaction_text=self.redaction_text,
            terms=self.terms,
            terms_url=self.terms_url,
            complaint_text=self.complaint_text,
            complaint_url=self.complaint_url,
            status_url=self.status_url,
            icann_profile=self.profile == "gtld",
        )


PROFILES: Mapping[str, ZonePolicy] = {
    "gtld": ZonePolicy(
        profile="gtld",
        phone_required_roles=frozenset({Role.TECH}),
        privacy_modes=frozenset({PrivacyMode.NONE, PrivacyMode.PROXY}),
        redacted=frozenset(Part) - {Part.SP, Part.CC},
        always_shown=frozenset({Part.SP, Part.CC}),
    ),
    "irs": ZonePolicy(
        profile="irs",
        postal_types=frozenset({PostalType.LOC}),
        privacy_modes=frozenset({PrivacyMode.NONE, PrivacyMode.WITHHOLD}),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How long a contact without links lives (I-23, I-24); both count from unlinking."""

    pending_delete_effective: timedelta = timedelta(days=60)
    pending_delete_expiry: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTerms:
    """The numbers of a registrant change: for both approvals (R-19), the lock (R-31), D-02."""

    deadline: timedelta = timedelta(days=7)
    transfer_lock: timedelta = timedelta(days=60)
    sms_cooldown_prior: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPolicy:
    """Everything the rules and ``publish`` need to know of the settings.

    ``zones`` are those the settings name; a zone that only a deposit brought has
    the most reserved profile (interface.md, Settings). ``smtputf8`` opens
    internationalised mailboxes (D-10). ``private_history`` is how long the history keeps
    private values; ``language`` that of messages whose reader has shown none.
    """

    zones: Mapping[str, ZonePolicy] = field(default_factory=lambda: {"example": PROFILES["gtld"]})
    repository: str = "EXAMPLE"
    lifecycle: Lifecycle = Lifecycle()
    change_terms: ChangeTerms = ChangeTerms()
    private_history: timedelta = timedelta(days=457)
    language: str = "en"
    smtputf8: bool = False

    def notices(self, zones: Iterable[str] = ()) -> Notices:
        """Give the notices of what belongs to no zone: the first zone's terms.

        They follow the gTLD profile where one of ours is a gTLD, or one of the *zones* that
        deposits brought.
        """
        first = next(iter(self.zones.values())).notices()
        gtld = any(self.zone(zone).profile == "gtld" for zone in (*self.zones, *zones))
        return replace(first, icann_profile=gtld)

    def zone(self, name: str) -> ZonePolicy:
        """Give the policy of the zone *name*, ``gtld`` where no setting names it."""
        return self.zones.get(name, PROFILES["gtld"])

    def with_zone(self, name: str, policy: ZonePolicy) -> RegistryPolicy:
        """Give this policy with one more zone, unless the settings name it."""
        if name in self.zones:
            return self
        return replace(self, zones={**self.zones, name: policy})
