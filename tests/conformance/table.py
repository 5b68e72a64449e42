"""The whole table: importing this module fills it."""

from __future__ import annotations

from tests.conformance import (
    agreement_checks,
    http_checks,
    rdap_checks_contacts,
    rdap_checks_form,
    rdap_checks_jcard,
    rdap_checks_links,
    rdap_checks_objects,
    rdap_checks_profile,
    rdap_checks_redaction,
    rdap_checks_search,
    rdap_checks_status,
    whois_checks_domain,
    whois_checks_form,
    whois_checks_records,
)
from tests.conformance.checks import CHECKS, Check, findings, rules

__all__ = ["CHECKS", "MODULES", "Check", "findings", "rules"]

MODULES = (
    rdap_checks_form,
    rdap_checks_links,
    rdap_checks_objects,
    rdap_checks_jcard,
    rdap_checks_status,
    rdap_checks_profile,
    rdap_checks_contacts,
    rdap_checks_redaction,
    rdap_checks_search,
    http_checks,
    whois_checks_form,
    whois_checks_records,
    whois_checks_domain,
    agreement_checks,
)
