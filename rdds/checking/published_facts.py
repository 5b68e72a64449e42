"""The store's own word: a published value as facts."""

from __future__ import annotations

from typing import assert_never
from urllib.parse import quote

from rdds.checking.facts import REGISTERED, STAMP, UNREGISTERED, Facts, Gathering, Hidden
from rdds.checking.fields import SINGLE, UNORDERED
from rdds.checking.neutral import (
    is_link,
    mailbox,
    neutral_address,
    neutral_instant,
    neutral_text,
    neutral_url,
)
from store.published import (
    Dnssec,
    Field,
    Kind,
    Party,
    PublicRole,
    PublishedDomain,
    PublishedHost,
    PublishedRegistrar,
    Standing,
    Withheld,
)
from store.queries import Absent, Answer

__all__ = ["published_facts"]


def published_facts(
    answer: Answer, *, own_base: str | None = None, own_whois: str | None = None
) -> Facts:
    """Give what the store lets the doors say about the domain of *answer*.

    *own_base* is where the RDAP door's own links begin, *own_whois* the host name of
    the WHOIS door: neither points a client back to itself as to the registrar's
    server (conformance.md 11.2.3).
    """
    if isinstance(answer, Absent) or not isinstance(answer.result, PublishedDomain):
        return {**UNREGISTERED, STAMP: (neutral_instant(answer.as_of),)}
    domain, gathering = answer.result, Gathering()
    gathering.add(REGISTERED, "yes")
    gathering.add(STAMP, neutral_instant(answer.as_of))
    _gather_registration(gathering, domain)
    _gather_registrar(gathering, domain.registrar, own_base, own_whois)
    for party in domain.parties:
        _gather_party(gathering, party)
    for host in domain.hosts:
        _gather_host(gathering, host)
    _gather_dnssec(gathering, domain.dnssec)
    return gathering.facts(UNORDERED, SINGLE)


def _gather_registration(gathering: Gathering, domain: PublishedDomain) -> None:
    gathering.add("Domain Name", domain.name)
    gathering.add("Internationalized Domain Name", domain.unicode_name)
    gathering.add("Registry Domain ID", neutral_text(domain.handle or ""))
    gathering.add("Domain Link", f"domain/{domain.name}")
    for key, moment in (
        ("Creation Date", domain.created),
        ("Updated Date", domain.updated),
        ("Registry Expiry Date", domain.expires),
        ("Registrar Registration Expiration Date", domain.registrar_expires),
        ("Transfer Date", domain.transferred),
    ):
        if moment is not None:
            gathering.add(key, neutral_instant(moment))
    gathering.add("Domain Status", *(status.value for status in domain.statuses))


def _gather_registrar(
    gathering: Gathering,
    registrar: PublishedRegistrar,
    own_base: str | None,
    own_whois: str | None,
) -> None:
    gathering.add("Registrar", neutral_text(registrar.name))
    number = None if registrar.iana_id is None else str(registrar.iana_id)
    gathering.add("Registrar IANA ID", number)
    gathering.add("Registrar Link", _entity_link(number or registrar.handle))
    server = neutral_text(registrar.whois_server or "")
    if own_whois is None or server.lower().rstrip(".") != own_whois:
        gathering.add("Registrar WHOIS Server", server)
    site = neutral_url(registrar.url or "")
    gathering.add("Registrar URL", site)
    base = neutral_url(registrar.rdap_url or "")
    base = base if not base or base.endswith("/") else f"{base}/"
    # conformance.md 4.5.6: it stands in a link that needs the web site as well.
    if base != own_base or is_link(site):
        gathering.add("Registrar RDAP URL", base)
    gathering.add("Registrar Abuse Contact Email", neutral_text(registrar.abuse_email or ""))
    gathering.add("Registrar Abuse Contact Phone", neutral_text(registrar.abuse_phone or ""))


def _gather_party(gathering: Gathering, party: Party) -> None:
    role = _word(party.role)
    _gather_field(gathering, f"Registry {role} ID", party.handle)
    for key, field in (
        ("Name", party.name),
        ("Organization", party.org),
        ("City", party.city),
        ("State/Province", party.sp),
        ("Postal Code", party.pc),
        ("Country", party.cc),
        ("Phone", party.voice),
        ("Phone Ext", party.voice_ext),
        ("Fax", party.fax),
        ("Fax Ext", party.fax_ext),
    ):
        _gather_field(gathering, f"{role} {key}", field)
    street = (party.street,) if isinstance(party.street, Withheld) else party.street
    for line in street:
        _gather_field(gathering, f"{role} Street", line)
    # contacts.md 7.5: a form stands where no address does.
    email = party.email if isinstance(party.email, str) else party.contact_uri or party.email
    _gather_field(gathering, f"{role} Email", mailbox(email) if isinstance(email, str) else email)
    _gather_nature(gathering, role, party)


def _gather_nature(gathering: Gathering, role: str, party: Party) -> None:
    match party.kind:
        case Kind.INDIVIDUAL:
            gathering.add(f"{role} Kind", "individual")
        case Kind.ORGANISATION:
            gathering.add(f"{role} Kind", "organisation")
        case None:
            pass
        case _:
            assert_never(party.kind)
    match party.standing:  # D-15
        case Standing.OPEN:
            gathering.add(f"{role} Status", *(status.value for status in party.statuses))
        case Standing.PROXY:
            gathering.add(f"{role} Status", "proxy")
        case Standing.PRIVATE:
            gathering.add(f"{role} Status", "private")
        case _:
            assert_never(party.standing)
    if isinstance(party.handle, str):
        gathering.add(f"{role} Link", _entity_link(party.handle))
    if party.created is not None:
        gathering.add(f"{role} Creation Date", neutral_instant(party.created))
    if party.updated is not None:
        gathering.add(f"{role} Updated Date", neutral_instant(party.updated))


def _gather_field(gathering: Gathering, key: str, field: Field) -> None:
    if isinstance(field, Withheld):
        gathering.hide(key, Hidden.WITHHELD)
    else:
        gathering.add(key, neutral_text(field or ""))


def _gather_host(gathering: Gathering, host: PublishedHost) -> None:
    gathering.add("Name Server", host.name)
    if host.unicode_name:
        gathering.add("Name Server Unicode", f"{host.name} {host.unicode_name}")
    if host.handle:
        gathering.add("Name Server ID", f"{host.name} {neutral_text(host.handle)}")
    for status in host.statuses:
        gathering.add("Name Server Status", f"{host.name} {status.value}")
    for address in host.addresses:
        gathering.add("Name Server Address", f"{host.name} {neutral_address(str(address))}")


def _gather_dnssec(gathering: Gathering, dnssec: Dnssec) -> None:
    gathering.add("DNSSEC", "signedDelegation" if dnssec.ds or dnssec.keys else "unsigned")
    for ds in dnssec.ds:
        gathering.add("DS Data", f"{ds.key_tag} {ds.algorithm} {ds.digest_type} {ds.digest}")
    for key in dnssec.keys:
        numbers = f"{key.flags} {key.protocol} {key.algorithm}"
        gathering.add("Key Data", f"{numbers} {neutral_text(key.public_key)}")
    if dnssec.max_sig_life is not None and (dnssec.ds or dnssec.keys):
        gathering.add("Max Sig Life", str(dnssec.max_sig_life))


def _entity_link(identifier: str) -> str:
    return "entity/" + quote(identifier.encode("utf-8", "surrogatepass"), safe="")


def _word(role: PublicRole) -> str:
    match role:
        case PublicRole.REGISTRANT:
            return "Registrant"
        case PublicRole.ADMIN:
            return "Admin"
        case PublicRole.TECH:
            return "Tech"
        case _:
            assert_never(role)
