"""The field table of the self-check (conformance.md 7.4), and what stands outside it.

Whatever either door can print is a row of :data:`FIELDS` or one of the two lists of
:data:`WHOIS_ASIDE` and :data:`RDAP_ASIDE`; tests hold the doors to that. A key that
stands nowhere here is a difference wherever it turns up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from rdds.checking.facts import REGISTERED, STAMP

__all__ = [
    "FIELDS",
    "MASKABLE",
    "PARTY_KEYS",
    "RDAP_ASIDE",
    "ROLES",
    "SINGLE",
    "UNORDERED",
    "WHOIS_ASIDE",
    "CheckedField",
    "Rule",
]


class Rule(Enum):
    """When the values of a field agree."""

    EQUAL = auto()
    LINK = auto()  # equal, or missing in RDAP where the text can be no link
    ASCENDING = auto()  # each no older than what was asked before it


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedField:
    """A field that is compared. *why* says what keeps it from one of the doors."""

    key: str
    whois: bool = True
    rdap: bool = True
    rule: Rule = Rule.EQUAL
    why: str = ""


# conformance.md 6.4: the word of each role's keys. There is none for billing.
ROLES: Final = ("Registrant", "Admin", "Tech")

PARTY_KEYS: Final = (
    *("Name", "Organization", "Street", "City", "State/Province", "Postal Code", "Country"),
    *("Phone", "Phone Ext", "Fax", "Fax Ext", "Email"),
)

_NO_KEY = "conformance.md 6.4 has no key for it"
_NO_MEMBER = "RFC 9083 has no member for it but port43, which is left out (4.4.17)"


def _both(*keys: str, rule: Rule = Rule.EQUAL) -> Iterator[CheckedField]:
    return (CheckedField(key=key, rule=rule) for key in keys)


def _rdap_alone(*keys: str, rule: Rule = Rule.EQUAL) -> Iterator[CheckedField]:
    return (CheckedField(key=key, whois=False, rule=rule, why=_NO_KEY) for key in keys)


def _party(role: str) -> Iterator[CheckedField]:
    yield CheckedField(key=f"Registry {role} ID")
    for key in PARTY_KEYS:
        rule = Rule.LINK if key == "Email" else Rule.EQUAL
        yield CheckedField(key=f"{role} {key}", rule=rule)
    yield from _rdap_alone(f"{role} Kind", f"{role} Status", f"{role} Link")
    yield from _rdap_alone(f"{role} Creation Date", f"{role} Updated Date")


FIELDS: Final[tuple[CheckedField, ...]] = (
    *_both(REGISTERED, "Domain Name", "Internationalized Domain Name", "Registry Domain ID"),
    *_rdap_alone("Domain Link"),
    *_both("Updated Date", "Creation Date", "Registry Expiry Date"),
    *_both("Registrar Registration Expiration Date"),
    *_rdap_alone("Transfer Date"),
    CheckedField(key="Registrar WHOIS Server", rdap=False, why=_NO_MEMBER),
    *_both("Registrar URL", rule=Rule.LINK),
    *_rdap_alone("Registrar RDAP URL", rule=Rule.LINK),
    *_both("Registrar", "Registrar IANA ID"),
    *_rdap_alone("Registrar Link"),
    *_both("Registrar Abuse Contact Email", "Registrar Abuse Contact Phone", "Domain Status"),
    *(field for role in ROLES for field in _party(role)),
    *_both("Name Server"),
    *_rdap_alone("Name Server Unicode", "Name Server ID"),
    *_rdap_alone("Name Server Status", "Name Server Address"),
    *_both("DNSSEC", "DS Data"),
    *_rdap_alone("Key Data", "Max Sig Life"),
    *_both(STAMP, rule=Rule.ASCENDING),
)

# Keys that may be withheld: WHOIS prints its redaction text, RDAP leaves them out.
MASKABLE: Final = frozenset(
    {"Registry Domain ID"}
    | {f"Registry {role} ID" for role in ROLES}
    | {f"{role} {key}" for role in ROLES for key in PARTY_KEYS}
)

# Keys whose values have no order of their own. A street's lines keep theirs.
UNORDERED: Final = frozenset(
    {"Domain Status", "Name Server", "Name Server Unicode", "Name Server ID"}
    | {"Name Server Status", "Name Server Address", "DS Data", "Key Data"}
    | {f"{role} Status" for role in ROLES}
)

# RDAP says these in several places, which have to be of one mind.
SINGLE: Final = frozenset({"Registrar IANA ID", "Registrar URL", "Registrar RDAP URL"})

# What WHOIS prints and nobody compares.
WHOIS_ASIDE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "URL of the ICANN RDDS Inaccuracy Complaint Form": "the same for every name",
        "URL of the ICANN Whois Inaccuracy Complaint Form": "its older spelling",
    }
)

# What RDAP says and nobody compares: how a member's path ends, without its indexes.
RDAP_ASIDE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rdapConformance": "what the answer uses, not what it says",
        "lang": "of the texts for people",
        "notices": "texts for people; WHOIS has its own after the last update",
        "redacted": "tells withheld from missing; the fields themselves are compared",
        "port43": "left out here",
        "links.value": "the URL as it was asked for; of `about` it is compared",
        "links.type": "fixed by what the link leads to",
        "links.title": "text for people",
        "links.hreflang": "text for people",
        "links.media": "text for people",
        "vcardArray.parameters": "but `cc` and `type`, which are compared",
        "vcardArray.type": "follows from the property",
        "entities.entities.vcardArray.fn": "the abuse contact's heading names no one",
        "secureDNS.zoneSigned": "of the zone, not of the name",
    }
)
