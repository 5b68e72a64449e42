"""Words of the WHOIS door: keys in their order, and statuses.

Spelling and order are those of conformance.md 6.4, 6.6 and 6.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from store.published import PublicRole
from store.statuses import Status

__all__ = [
    "DOMAIN_KEYS",
    "EPP_CODES",
    "PARTY_KEYS",
    "ROLE_WORDS",
    "status_text",
]

# conformance.md 6.4.4: EPP's code, also for the periods of RFC 3915.
EPP_CODES: Final[Mapping[Status, str]] = {
    Status.OK: "ok",
    Status.INACTIVE: "inactive",
    Status.LINKED: "linked",
    Status.CLIENT_DELETE_PROHIBITED: "clientDeleteProhibited",
    Status.CLIENT_HOLD: "clientHold",
    Status.CLIENT_RENEW_PROHIBITED: "clientRenewProhibited",
    Status.CLIENT_TRANSFER_PROHIBITED: "clientTransferProhibited",
    Status.CLIENT_UPDATE_PROHIBITED: "clientUpdateProhibited",
    Status.SERVER_DELETE_PROHIBITED: "serverDeleteProhibited",
    Status.SERVER_HOLD: "serverHold",
    Status.SERVER_RENEW_PROHIBITED: "serverRenewProhibited",
    Status.SERVER_TRANSFER_PROHIBITED: "serverTransferProhibited",
    Status.SERVER_UPDATE_PROHIBITED: "serverUpdateProhibited",
    Status.PENDING_CREATE: "pendingCreate",
    Status.PENDING_DELETE: "pendingDelete",
    Status.PENDING_RENEW: "pendingRenew",
    Status.PENDING_TRANSFER: "pendingTransfer",
    Status.PENDING_UPDATE: "pendingUpdate",
    Status.ADD_PERIOD: "addPeriod",
    Status.AUTO_RENEW_PERIOD: "autoRenewPeriod",
    Status.PENDING_RESTORE: "pendingRestore",
    Status.REDEMPTION_PERIOD: "redemptionPeriod",
    Status.RENEW_PERIOD: "renewPeriod",
    Status.TRANSFER_PERIOD: "transferPeriod",
}

# conformance.md 6.4: the word that stands in every key of a role's section.
ROLE_WORDS: Final[Mapping[PublicRole, str]] = {
    PublicRole.REGISTRANT: "Registrant",
    PublicRole.ADMIN: "Admin",
    PublicRole.TECH: "Tech",
}

# The keys of a section after its id, and the member of a party that each prints.
PARTY_KEYS: Final[tuple[tuple[str, str], ...]] = (
    ("Name", "name"),
    ("Organization", "org"),
    ("Street", "street"),
    ("City", "city"),
    ("State/Province", "sp"),
    ("Postal Code", "pc"),
    ("Country", "cc"),
    ("Phone", "voice"),
    ("Phone Ext", "voice_ext"),
    ("Fax", "fax"),
    ("Fax Ext", "fax_ext"),
    ("Email", "email"),
)

# Every key of a domain's record; a zone's own texts must not pass for one (6.3.8).
DOMAIN_KEYS: Final = frozenset(
    {
        *("Domain Name", "Internationalized Domain Name", "Registry Domain ID"),
        *("Registrar WHOIS Server", "Registrar URL", "Updated Date", "Creation Date"),
        *("Registry Expiry Date", "Registrar Registration Expiration Date"),
        *("Registrar", "Registrar IANA ID", "Registrar Abuse Contact Email"),
        *("Registrar Abuse Contact Phone", "Reseller", "Domain Status"),
        *("Name Server", "DNSSEC", "DS Data"),
        *(f"Registry {word} ID" for word in ROLE_WORDS.values()),
        *(f"{word} {key}" for word in ROLE_WORDS.values() for key, _ in PARTY_KEYS),
    }
)


def status_text(status: Status, url: str) -> str:
    """Give the value of a ``Domain Status`` line; *url* explains the codes.

    >>> status_text(Status.OK, "https://icann.org/epp")
    'ok https://icann.org/epp#ok'
    """
    code = EPP_CODES[status]
    return f"{code} {url}#{code}"
