"""Both protocols say the same about one object at one instant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.conformance.checks import check
from tests.conformance.documents import Node, properties, role_entities, roots, telephones
from tests.conformance.exchanges import Pair, Subject, WhoisExchange
from tests.conformance.rdap_checks_profile import registrar_of
from tests.conformance.redacted_fields import entries, entry_name, method_of
from tests.conformance.registered import EPP_STATUSES
from tests.conformance.whois_checks_domain import CONTACT_KEYS

__all__: list[str] = []

DOMAIN = (Subject.DOMAIN,)
DATES = {
    "registration": "Creation Date",
    "last changed": "Updated Date",
    "expiration": "Registry Expiry Date",
    "registrar expiration": "Registrar Registration Expiration Date",
}
ROLES = {"Registrant": "registrant", "Admin": "administrative", "Tech": "technical"}
# In a URI, and in a text that stands where a number makes no URI.
EXTENSION = r";ext=| ext\. "
Rows = dict[str, list[str]]


def _agreement(
    name: str, whois: Callable[[WhoisExchange], Rows], rdap: Callable[[Any], Rows]
) -> None:
    def agree(p: Pair) -> Iterator[str]:
        left, right = whois(p.whois), rdap(p.rdap.document)
        for key in left.keys() | right.keys():
            if left.get(key, []) != right.get(key, []):
                yield f"{key}: {left.get(key)} on port 43, {right.get(key)} in RDAP"

    check(
        f"7.4/{name}",
        "one record, two protocols",
        f"Both protocols agree on the {name}.",
        takes=Pair,
        on=DOMAIN,
    )(agree)


def _lines(*keys: str) -> Callable[[WhoisExchange], Rows]:
    return lambda w: {key: found for key in keys if (found := w.values(key))}


def _name_lines(w: WhoisExchange) -> Rows:
    return {
        "Domain Name": [name.lower() for name in w.values("Domain Name")],
        "Registry Domain ID": w.values("Registry Domain ID"),
    }


def _names(document: Any) -> Rows:
    return {
        "Domain Name": [document["ldhName"]],
        "Registry Domain ID": [document["handle"]] if "handle" in document else [],
    }


def _registrar(document: Any) -> Rows:
    node = registrar_of(document) or {}
    abuse = (role_entities(node, "abuse") or [{}])[0]
    about = [link["href"] for link in node.get("links", ()) if link.get("rel") == "about"]
    number = node.get("handle")
    found = {
        "Registrar": [p[3] for p in properties(node, "fn")],
        "Registrar IANA ID": [number] if number and number != "not applicable" else [],
        "Registrar Abuse Contact Email": [p[3] for p in properties(abuse, "email")],
        "Registrar Abuse Contact Phone": [_number(p) for p in properties(abuse, "tel")],
        # The site stands in the card too, for registrars without an RDAP base.
        "Registrar URL": about or [p[3] for p in properties(node, "url")],
    }
    return {key: values for key, values in found.items() if values}


def _number(prop: list[Any]) -> str:
    return re.split(EXTENSION, str(prop[3]).removeprefix("tel:"))[0]


def _extension(prop: list[Any]) -> str:
    return [*re.split(EXTENSION, str(prop[3])), ""][1]


def _dates(document: Any) -> Rows:
    return {
        DATES[each["eventAction"]]: [each["eventDate"]]
        for each in document.get("events", ())
        if each["eventAction"] in DATES
    }


def _status_lines(w: WhoisExchange) -> Rows:
    codes = [EPP_STATUSES.get(v.split()[0], v) for v in w.values("Domain Status")]
    return {"Domain Status": sorted(codes)}


def _host_lines(w: WhoisExchange) -> Rows:
    return {"Name Server": sorted(name.lower() for name in w.values("Name Server"))}


def _hosts(document: Any) -> Rows:
    return {"Name Server": sorted(host["ldhName"] for host in document.get("nameservers", ()))}


def _dnssec(document: Any) -> Rows:
    signed = document["secureDNS"]["delegationSigned"]
    data = document["secureDNS"].get("dsData", ())
    rows = {"DNSSEC": ["signedDelegation" if signed else "unsigned"]}
    if data:
        rows["DS Data"] = [
            f"{ds['keyTag']} {ds['algorithm']} {ds['digestType']} {ds['digest'].upper()}"
            for ds in data
        ]
    return rows


def _last_update_line(w: WhoisExchange) -> Rows:
    found = re.findall(r">>> Last update of WHOIS database: (\S+) <<<", "\n".join(w.lines))
    return {"last update": found}


def _last_update(document: Any) -> Rows:
    return {
        "last update": [
            each["eventDate"]
            for each in document.get("events", ())
            if each["eventAction"] == "last update of RDAP database"
        ]
    }


def _contact_lines(word: str) -> Callable[[WhoisExchange], Rows]:
    keys = [key for key in CONTACT_KEYS if key.startswith((f"{word} ", f"Registry {word} "))]

    def lines(w: WhoisExchange) -> Rows:
        rows = {key: [v for v in w.values(key) if v != w.redaction_text] for key in keys}
        return {key: values for key, values in rows.items() if values}

    return lines


def _contact(word: str) -> Callable[[Any], Rows]:
    def rows(document: Any) -> Rows:
        found = role_entities(document, ROLES[word])
        return dict(_card_rows(word, found[0])) if found else {}

    return rows


def _card_rows(word: str, node: Node) -> Iterator[tuple[str, list[str]]]:
    """Give an entity's values under the keys of port 43."""
    if "handle" in node:
        yield f"Registry {word} ID", [node["handle"]]
    for key, name in (("Name", "fn"), ("Organization", "org")):
        yield from _shown(f"{word} {key}", [p[3] for p in properties(node, name)])
    for adr in properties(node, "adr"):
        street = adr[3][2] if isinstance(adr[3][2], list) else [adr[3][2]]
        yield from _shown(f"{word} Street", street)
        for key, at in (("City", 3), ("State/Province", 4), ("Postal Code", 5)):
            yield from _shown(f"{word} {key}", [adr[3][at]])
        yield from _shown(f"{word} Country", [adr[1].get("cc", "")])
    for key, kind in (("Phone", "voice"), ("Fax", "fax")):
        for tel in telephones(node, kind):
            yield from _shown(f"{word} {key}", [_number(tel)])
            yield from _shown(f"{word} {key} Ext", [_extension(tel)])
    mail = properties(node, "email") or properties(node, "contact-uri")
    yield from _shown(f"{word} Email", [p[3] for p in mail])


def _shown(key: str, values: list[str]) -> Iterator[tuple[str, list[str]]]:
    if shown := [value for value in values if value]:
        yield key, shown


_agreement("name", _name_lines, _names)
_agreement(
    "registrar",
    _lines(
        *("Registrar", "Registrar IANA ID", "Registrar URL"),
        *("Registrar Abuse Contact Email", "Registrar Abuse Contact Phone"),
    ),
    _registrar,
)
_agreement("dates", _lines(*DATES.values()), _dates)
_agreement("statuses", _status_lines, lambda d: {"Domain Status": sorted(d.get("status", ()))})
_agreement("name servers", _host_lines, _hosts)
_agreement("signing", _lines("DNSSEC", "DS Data"), _dnssec)
_agreement("last update", _last_update_line, _last_update)
for _word in ROLES:
    _agreement(_word.lower(), _contact_lines(_word), _contact(_word))


@check(
    "6.5.5",
    "one decision, two protocols",
    "What port 43 calls redacted, RDAP lists; and the other way round.",
    takes=Pair,
    on=DOMAIN,
)
def one_decision(p: Pair) -> Iterator[str]:
    text = p.whois.redaction_text
    said = {key for key in (*CONTACT_KEYS, "Registry Domain ID") if text in p.whois.values(key)}
    listed = {entry_name(e): method_of(e) for r in roots(p.rdap) for e in entries(r)}
    yield from (f"{key} is redacted on port 43 alone" for key in sorted(said - listed.keys()))
    for name, method in listed.items():
        # Not provided: listed for the profile's checker, no line on port 43.
        if name in said or method == "replacementValue" or _is_form(name, p.whois):
            continue
        if p.whois.values(name):
            yield f"{name} is listed in RDAP and shown on port 43"


@check(
    "6.5.2",
    "RDDS consistent display",
    "What was never given isn't called redacted.",
    takes=Pair,
    on=DOMAIN,
)
def absent_is_not_redacted(p: Pair) -> Iterator[str]:
    for root in roots(p.rdap):
        for entry in entries(root):
            why = entry.get("reason", {}).get("description", "")
            name = entry_name(entry)
            if why == "Not provided" and p.whois.values(name) and not _is_form(name, p.whois):
                yield f"{name}: {p.whois.values(name)}"


def _is_form(name: str, whois: WhoisExchange) -> bool:
    """Tell whether a form's URL stands where an address would: no address is shown then."""
    return name.endswith(" Email") and (whois.value(name) or "").startswith("http")
