"""The record of a domain name (conformance.md 6.4)."""

from __future__ import annotations

from datetime import datetime

from store.published import PublishedDomain, PublishedRegistrar
from whois43.labels import status_text
from whois43.lines import put, timestamp
from whois43.party import party_lines

__all__ = ["domain_lines"]


def domain_lines(domain: PublishedDomain) -> list[str]:
    """Give the record of *domain* down to its DNSSEC data."""
    lines = _registration_lines(domain)
    # conformance.md 6.4.4: a status line is always there; the value has one at least.
    lines += [f"Domain Status: {status_text(status)}" for status in domain.statuses]
    for party in domain.parties:
        lines += party_lines(party, domain.notices.redaction_text)
    lines += _delegation_lines(domain)
    return lines


def _registration_lines(domain: PublishedDomain) -> list[str]:
    registrar = domain.registrar
    lines: list[str] = []
    put(lines, "Domain Name", domain.name.upper())
    # conformance.md 6.3.9: the Unicode form has a key of its own.
    put(lines, "Internationalized Domain Name", domain.unicode_name)
    put(lines, "Registry Domain ID", domain.handle)
    put(lines, "Registrar WHOIS Server", registrar.whois_server)
    put(lines, "Registrar URL", registrar.url)
    _put_instant(lines, "Updated Date", domain.updated)
    _put_instant(lines, "Creation Date", domain.created)
    _put_instant(lines, "Registry Expiry Date", domain.expires)
    _put_instant(lines, "Registrar Registration Expiration Date", domain.registrar_expires)
    lines += _sponsor_lines(registrar)
    return lines


def _sponsor_lines(registrar: PublishedRegistrar) -> list[str]:
    lines: list[str] = []
    put(lines, "Registrar", registrar.name)
    if registrar.iana_id is not None:  # D-34
        put(lines, "Registrar IANA ID", str(registrar.iana_id))
    # conformance.md 6.4.2: right after the id.
    put(lines, "Registrar Abuse Contact Email", registrar.abuse_email)
    put(lines, "Registrar Abuse Contact Phone", registrar.abuse_phone)
    return lines


def _delegation_lines(domain: PublishedDomain) -> list[str]:
    lines: list[str] = []
    for host in domain.hosts:  # conformance.md 6.4.12: the name only
        put(lines, "Name Server", host.name.upper())
    put(lines, "DNSSEC", "signedDelegation" if domain.dnssec.signed else "unsigned")
    for ds in domain.dnssec.ds:  # conformance.md 6.4.10
        put(lines, "DS Data", f"{ds.key_tag} {ds.algorithm} {ds.digest_type} {ds.digest}")
    return lines


def _put_instant(lines: list[str], key: str, moment: datetime | None) -> None:
    if moment is not None:
        lines.append(f"{key}: {timestamp(moment)}")
