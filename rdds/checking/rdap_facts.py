"""What RDAP said: the JSON of a domain's answer as facts (RFC 9083; conformance.md 1.8, 4.4).

Without a list of redactions (RFC 9537) a value that isn't there may be withheld or
missing, and the answer doesn't say which: such a fact is ``Hidden.UNTOLD``.
"""

from __future__ import annotations

from rdds.checking.facts import REGISTERED, Facts, Gathering, Hidden
from rdds.checking.fields import SINGLE, UNORDERED
from rdds.checking.json_members import Members
from rdds.checking.neutral import neutral_address, neutral_text
from rdds.checking.rdap_entities import gather_entity
from rdds.checking.rdap_members import (
    LINK_ASIDE,
    base_url,
    gather_class,
    gather_events,
    status_words,
)

__all__ = ["own_base", "rdap_facts"]

_TOPMOST_ASIDE = ("rdapConformance", "lang", "notices", "port43")


def own_base(document: object) -> str | None:
    """Give what the links of *document* begin with: its self link without the name."""
    match document:
        case {"ldhName": str(name), "links": [*links]}:
            for each in links:
                match each:
                    case {"rel": "self", "href": str(href)} if href.endswith(f"domain/{name}"):
                        return href.removesuffix(f"domain/{name}")
                    case _:
                        continue
        case _:
            pass
    return None


_PROFILE = "icann_rdap_response_profile_1"


def rdap_facts(document: object) -> Facts:
    """Read the answer *document*, a domain's; any other JSON gives facts that agree with none."""
    gathering = Gathering()
    gathering.add(REGISTERED, "yes")
    base = own_base(document) or ""
    domain = Members(document, "", gathering)
    told = _redactions(domain, document)
    if told is not None and "Registry Domain ID" in told:
        gathering.hide("Registry Domain ID", Hidden.WITHHELD)
    gather_class(domain, "domain", gathering)
    name = domain.text("ldhName") or ""
    gathering.add("Domain Name", name.lower())
    gathering.add("Internationalized Domain Name", domain.text("unicodeName"))
    gathering.add("Registry Domain ID", neutral_text(domain.text("handle") or ""))
    gathering.add("Domain Status", *status_words(domain))
    gather_events(domain, gathering, "")
    _gather_links(domain, gathering, base, name)
    for entity in domain.objects("entities"):
        gather_entity(entity, gathering, base, told)
    for host in domain.objects("nameservers"):
        _gather_host(host, gathering, base)
    signing = domain.members("secureDNS")
    if signing is not None:
        _gather_dnssec(signing, gathering)
    domain.drop(_TOPMOST_ASIDE)
    domain.end()
    return gathering.facts(UNORDERED, SINGLE)


def _redactions(domain: Members, document: object) -> frozenset[str] | None:
    """Give the names of what is listed as redacted, spelled as keys of port 43 (RFC 9537).

    ``None`` where the answer has no list and doesn't claim to make one. What the list
    says was never given (D-32) is not withheld.
    """
    if not isinstance(document, dict):
        return None
    claims = document.get("rdapConformance")
    if "redacted" not in document and not (isinstance(claims, list) and _PROFILE in claims):
        return None
    names = set()
    for each in domain.items("redacted"):
        match each:
            case {"reason": {"description": "Not provided"}}:
                continue
            case {"name": {"type": str(name)}} | {"name": {"description": str(name)}}:
                names.add(name)
            case _:
                continue
    return frozenset(names)


def _gather_links(domain: Members, gathering: Gathering, base: str, name: str) -> None:
    for link in domain.objects("links"):
        rel, href = link.text("rel"), link.text("href") or ""
        match rel:
            case "self":
                gathering.add("Domain Link", href.removeprefix(base))
            case "related":  # conformance.md 4.4.14
                gathering.add("Registrar RDAP URL", base_url(href.removesuffix(f"domain/{name}")))
            case _:
                gathering.add(f"Link {rel}", href)
        link.drop(("value", *LINK_ASIDE))
        link.end()


def _gather_host(host: Members, gathering: Gathering, base: str) -> None:
    gather_class(host, "nameserver", gathering)
    name = (host.text("ldhName") or "(none)").lower()
    gathering.add("Name Server", name)
    unicode_name, handle = host.text("unicodeName"), neutral_text(host.text("handle") or "")
    gathering.add("Name Server Unicode", f"{name} {unicode_name}" if unicode_name else None)
    gathering.add("Name Server ID", f"{name} {handle}" if handle else None)
    gathering.add("Name Server Status", *(f"{name} {status}" for status in status_words(host)))
    addresses = host.members("ipAddresses")
    if addresses is not None:
        for address in (*addresses.texts("v4"), *addresses.texts("v6")):
            gathering.add("Name Server Address", f"{name} {neutral_address(address)}")
        addresses.end()
    for link in host.objects("links"):
        rel, href = link.text("rel"), link.text("href") or ""
        if (rel, href) != ("self", f"{base}nameserver/{name}"):
            gathering.add(f"Name Server Link {rel}", f"{name} {href}")
        link.drop(("value", *LINK_ASIDE))
        link.end()
    host.end()


def _gather_dnssec(signing: Members, gathering: Gathering) -> None:
    signed, life = signing.claim("delegationSigned"), signing.number("maxSigLife")
    if signed is not None:
        gathering.add("DNSSEC", "signedDelegation" if signed else "unsigned")
    gathering.add("Max Sig Life", None if life is None else str(life))
    for ds in signing.objects("dsData"):
        numbers = [ds.number(name) for name in ("keyTag", "algorithm", "digestType")]
        gathering.add("DS Data", " ".join(map(str, (*numbers, ds.text("digest")))))
        ds.end()
    for key in signing.objects("keyData"):
        numbers = [key.number(name) for name in ("flags", "protocol", "algorithm")]
        gathering.add("Key Data", " ".join(map(str, (*numbers, key.text("publicKey")))))
        key.end()
    signing.drop(("zoneSigned",))
    signing.end()
