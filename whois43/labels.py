"""Words of the WHOIS door: keys in their order, statuses, sentences.

Spelling and order are those of conformance.md 6.4, 6.6 and 6.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from store.published import PublicRole
from store.statuses import Status

__all__ = [
    "COMPLAINTS",
    "EPP_CODES",
    "PARTY_KEYS",
    "ROLE_WORDS",
    "STATUS_CODES",
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

# conformance.md 6.4.1, and the line that explains the status codes.
COMPLAINTS: Final = "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"
STATUS_CODES: Final = (
    "For more information on Whois status codes, please visit https://icann.org/epp"
)


def status_text(status: Status) -> str:
    """Give the value of a ``Domain Status`` line.

    >>> status_text(Status.OK)
    'ok https://icann.org/epp#ok'
    """
    code = EPP_CODES[status]
    return f"{code} https://icann.org/epp#{code}"
