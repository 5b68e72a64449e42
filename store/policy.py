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

__all__ = ["PROFILES", "Lifecycle", "Part", "RegistryPolicy", "ZonePolicy", "ZoneRole"]


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
    redaction_text: str = "REDACTED FOR PRIVACY"
    terms: tuple[str, ...] = DEFAULT_TERMS
    terms_url: str | None = None
    contact_url: str | None = None
    complaint_text: str = "URL of the ICANN RDDS Inaccuracy Complaint Form"
    complaint_url: str | None = "https://icann.org/wicf"
    status_url: str = "https://icann.org/epp"
    searches: frozenset[Sought] = frozenset(Sought)

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
class RegistryPolicy:
    """Everything the rules and ``publish`` need to know of the settings.

    ``zones`` are those the settings name; a zone that only a deposit brought has
    the most reserved profile (interface.md, Settings). ``smtputf8`` opens
    internationalised mailboxes (D-10).
    """

    zones: Mapping[str, ZonePolicy] = field(default_factory=lambda: {"example": PROFILES["gtld"]})
    repository: str = "EXAMPLE"
    lifecycle: Lifecycle = Lifecycle()
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
