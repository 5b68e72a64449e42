"""The record of a domain name (conformance.md 6.4)."""

from __future__ import annotations

from datetime import datetime

from store.published import PublishedDomain, PublishedRegistrar
from whois43.lines import cleaned, encoded, encoded_if_clean, timestamp
from whois43.party import party_lines
from whois43.registrar import is_own
from whois43.wording import Wording

__all__ = ["domain_text"]


def domain_text(domain: PublishedDomain, wording: Wording, own_name: str | None = None) -> bytes:
    """Give the record of *domain* down to the line for complaints.

    *wording* is its zone's. *own_name* is this server's, which no line points to.
    """
    text = encoded_if_clean(_record(domain, wording, own_name))
    return encoded(_record(cleaned(domain), wording, own_name)) if text is None else text


def _record(domain: PublishedDomain, wording: Wording, own_name: str | None) -> list[str]:
    """Give the lines of the record, whatever is in the values."""
    lines = _registration_lines(domain, own_name)
    # conformance.md 6.4.4: a status line is always there; the value has one at least.
    lines += [wording.statuses[status] for status in domain.statuses]
    for party in domain.parties:
        lines += party_lines(party, wording.redaction)
    lines += _delegation_lines(domain)
    lines += wording.complaint
    return lines


def _registration_lines(domain: PublishedDomain, own_name: str | None) -> list[str]:
    registrar = domain.registrar
    lines = [f"Domain Name: {domain.name.upper()}"]
    # conformance.md 6.3.9: the Unicode form has a key of its own.
    if domain.unicode_name:
        lines.append(f"Internationalized Domain Name: {domain.unicode_name}")
    if domain.handle:
        lines.append(f"Registry Domain ID: {domain.handle}")
    if registrar.whois_server and not is_own(registrar.whois_server, own_name):
        lines.append(f"Registrar WHOIS Server: {registrar.whois_server}")
    if registrar.url:
        lines.append(f"Registrar URL: {registrar.url}")
    _put_instant(lines, "Updated Date", domain.updated)
    _put_instant(lines, "Creation Date", domain.created)
    _put_instant(lines, "Registry Expiry Date", domain.expires)
    _put_instant(lines, "Registrar Registration Expiration Date", domain.registrar_expires)
    _put_sponsor(lines, registrar)
    return lines


def _put_sponsor(lines: list[str], registrar: PublishedRegistrar) -> None:
    if registrar.name:
        lines.append(f"Registrar: {registrar.name}")
    if registrar.iana_id is not None:  # D-34
        lines.append(f"Registrar IANA ID: {registrar.iana_id}")
    # conformance.md 6.4.2: right after the id.
    if registrar.abuse_email:
        lines.append(f"Registrar Abuse Contact Email: {registrar.abuse_email}")
    if registrar.abuse_phone:
        lines.append(f"Registrar Abuse Contact Phone: {registrar.abuse_phone}")


def _delegation_lines(domain: PublishedDomain) -> list[str]:
    # conformance.md 6.4.12: the name only
    lines = [f"Name Server: {host.name.upper()}" for host in domain.hosts if host.name]
    lines.append("DNSSEC: signedDelegation" if domain.dnssec.signed else "DNSSEC: unsigned")
    if domain.dnssec.ds:  # conformance.md 6.4.10
        lines += [
            f"DS Data: {ds.key_tag} {ds.algorithm} {ds.digest_type} {ds.digest}"
            for ds in domain.dnssec.ds
        ]
    return lines


def _put_instant(lines: list[str], key: str, moment: datetime | None) -> None:
    if moment is not None:
        lines.append(f"{key}: {timestamp(moment)}")
