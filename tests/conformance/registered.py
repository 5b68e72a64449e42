"""Values that IANA registers for RDAP and WHOIS, as far as a name registry meets them."""

from __future__ import annotations

__all__ = [
    "ACTIONS",
    "CONFORMANCE",
    "EPP_STATUSES",
    "NOTICE_TYPES",
    "REDACTIONS",
    "RELATIONS",
    "ROLES",
    "STATUSES",
]

PROFILE = ("icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1")
OLD_PROFILE = ("icann_rdap_response_profile_0", "icann_rdap_technical_implementation_guide_0")

# IANA, RDAP Extensions (state of May 2026); those a name registry can use.
CONFORMANCE = frozenset(
    {
        *("rdap_level_0", *PROFILE, *OLD_PROFILE, "redacted", "paging", "sorting", "subsetting"),
        *("reverse_search", "farv1", "rdap_objectTag", "ttl0", "redirect_with_content"),
    }
)

# RFC 9083 §10.2.1.
NOTICE_TYPES = frozenset(
    {
        *(f"result set truncated due to {why}" for why in ("authorization", "excessive load")),
        *(f"object truncated due to {why}" for why in ("authorization", "excessive load")),
        "result set truncated due to unexplainable reasons",
        "object truncated due to unexplainable reasons",
        "object redacted due to authorization",
    }
)

# RFC 9083 §10.2.3.
ACTIONS = frozenset(
    {
        *("registration", "reregistration", "last changed", "expiration", "deletion"),
        *("reinstantiation", "transfer", "locked", "unlocked", "last update of RDAP database"),
        *("registrar expiration", "enum validation expiration"),
    }
)

# RFC 9083 §10.2.4; the role of who pays has no place in our answers.
ROLES = frozenset(
    {
        *("registrant", "technical", "administrative", "abuse", "registrar", "reseller"),
        *("sponsor", "proxy", "notifications", "noc"),
    }
)

# RFC 8056 §2.
EPP_STATUSES = {
    "addPeriod": "add period",
    "autoRenewPeriod": "auto renew period",
    "clientDeleteProhibited": "client delete prohibited",
    "clientHold": "client hold",
    "clientRenewProhibited": "client renew prohibited",
    "clientTransferProhibited": "client transfer prohibited",
    "clientUpdateProhibited": "client update prohibited",
    "inactive": "inactive",
    "linked": "associated",
    "ok": "active",
    "pendingCreate": "pending create",
    "pendingDelete": "pending delete",
    "pendingRenew": "pending renew",
    "pendingRestore": "pending restore",
    "pendingTransfer": "pending transfer",
    "pendingUpdate": "pending update",
    "redemptionPeriod": "redemption period",
    "renewPeriod": "renew period",
    "serverDeleteProhibited": "server delete prohibited",
    "serverHold": "server hold",
    "serverRenewProhibited": "server renew prohibited",
    "serverTransferProhibited": "server transfer prohibited",
    "serverUpdateProhibited": "server update prohibited",
    "transferPeriod": "transfer period",
}

# RFC 9083 §10.2.2 and RFC 8056 §2.
STATUSES = frozenset(
    {
        *EPP_STATUSES.values(),
        *("validated", "renew prohibited", "update prohibited", "transfer prohibited"),
        *("delete prohibited", "proxy", "private", "removed", "obscured", "locked"),
    }
)

# IANA, Link Relations; those that RDAP answers use.
RELATIONS = frozenset(
    {
        *("about", "alternate", "canonical", "collection", "copyright", "describedby", "first"),
        *("glossary", "help", "item", "last", "license", "next", "prev", "privacy-policy"),
        *("related", "search", "self", "service", "status", "terms-of-service", "up", "via"),
    }
)

# IANA, RDAP JSON Values, type "redacted name" (17 of the gTLD profile).
REDACTIONS = frozenset(
    {
        "Registry Domain ID",
        "Registry Registrant ID",
        *(
            f"Registrant {field}"
            for field in ("Name", "Organization", "Street", "City", "Postal Code", "Phone")
        ),
        *(f"Registrant {field}" for field in ("Phone Ext", "Fax", "Fax Ext", "Email")),
        "Registry Tech ID",
        *(f"Tech {field}" for field in ("Name", "Phone", "Phone Ext", "Email")),
    }
)
