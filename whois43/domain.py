"""The record of a domain name (conformance.md 6.4)."""

from __future__ import annotations

from datetime import datetime

from store.published import PublishedDomain, PublishedRegistrar
from whois43.labels import status_text
from whois43.lines import clean, put, timestamp
from whois43.party import party_lines
from whois43.registrar import put_server

__all__ = ["domain_lines"]


def domain_lines(domain: PublishedDomain, own_name: str | None = None) -> list[str]:
    """Give the record of *domain* down to the line for complaints.

    *own_name* is this server's, which no line points to.
    """
    lines = _registration_lines(domain, own_name)
    # conformance.md 6.4.4: a status line is always there; the value has one at least.
    url = clean(domain.notices.status_url)
    lines += [f"Domain Status: {status_text(status, url)}" for status in domain.statuses]
    for party in domain.parties:
        lines += party_lines(party, domain.notices.redaction_text)
    lines += _delegation_lines(domain)
    # conformance.md 6.4.1
    put(lines, clean(domain.notices.complaint_text), domain.notices.complaint_url)
    return lines


def _registration_lines(domain: PublishedDomain, own_name: str | None) -> list[str]:
    registrar = domain.registrar
    lines: list[str] = []
    put(lines, "Domain Name", domain.name.upper())
    # conformance.md 6.3.9: the Unicode form has a key of its own.
    put(lines, "Internationalized Domain Name", domain.unicode_name)
    put(lines, "Registry Domain ID", domain.handle)
    put_server(lines, registrar, own_name)
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
