"""ICANN's gTLD profile: ids, notices, handles, events, links (RP and TIG of February 2024)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import idna

from tests.conformance.addresses import is_web_url
from tests.conformance.checks import ANSWERS, LOOKUPS, check
from tests.conformance.documents import members, nodes, objects, roots
from tests.conformance.exchanges import Exchange, Subject
from tests.conformance.registered import OLD_PROFILE, PROFILE

__all__ = ["ROID", "registrar_of"]

ROID = re.compile(r"[A-Za-z0-9_]{1,80}-[A-Za-z0-9_]{1,8}")
DOMAIN = (Subject.DOMAIN,)
EXEMPT = {str(number) for number in range(9994, 10000)}
LAST_UPDATE = "last update of RDAP database"
STATUS_NOTICE = {
    "title": "Status Codes",
    "description": [
        "For more information on domain status codes, please visit https://icann.org/epp"
    ],
}
COMPLAINT_NOTICE = {
    "title": "RDDS Inaccuracy Complaint Form",
    "description": ["URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"],
}


def registrar_of(node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the registrar entity of an object, ``None`` where there is none or several."""
    found = [e for e in node.get("entities", ()) if "registrar" in e.get("roles", ())]
    return found[0] if len(found) == 1 else None


def actions(x: Exchange) -> list[str]:
    """List the actions of the topmost object's events."""
    return [each.get("eventAction") for each in x.document.get("events", ())]


@check("4.2.1", "RP 1.2, TIG 1.3; -62000, -61000", "Every answer claims the profile.", gtld=True)
def claims_profile(x: Exchange) -> Iterator[str]:
    ids = (x.document or {}).get("rdapConformance", ())
    if x.body:
        yield from (f"no {each}" for each in PROFILE if each not in ids)


@check("4.2.2", "-62006, -61001", "No answer claims the profile of 2019.")
def no_old_profile(x: Exchange) -> Iterator[str]:
    ids = (x.document or {}).get("rdapConformance", ())
    yield from (each for each in OLD_PROFILE if each in ids)


@check(
    "4.2.3",
    "RFC 9537 §4.1; -62001",
    "redacted is claimed if and only if it is used.",
    on=(*LOOKUPS, Subject.SEARCH, Subject.ERROR),
)
def claims_redacted(x: Exchange) -> Iterator[str]:
    used = any("redacted" in node for _, node in nodes(x))
    if used != ("redacted" in x.document.get("rdapConformance", ())):
        yield f"used: {used}"


def _exactly(x: Exchange, notice: Mapping[str, Any], rel: str, href: str) -> Iterator[str]:
    wanted = {"value": x.url, "rel": rel, "href": href, "type": "text/html"}
    found = [n for n in x.document.get("notices", ()) if n.get("title") == notice["title"]]
    if found != [{**notice, "links": [wanted]}]:
        yield f"{found}"


@check(
    "4.3.1",
    "RP 2.6.3; -46600 to -46606",
    "The notice of status codes, to the letter.",
    on=DOMAIN,
    gtld=True,
)
def status_notice(x: Exchange) -> Iterator[str]:
    yield from _exactly(x, STATUS_NOTICE, "glossary", "https://icann.org/epp")


@check(
    "4.3.2",
    "RP 2.10; -46701 to -46706",
    "The notice of the complaint form, to the letter.",
    on=DOMAIN,
    gtld=True,
)
def complaint_notice(x: Exchange) -> Iterator[str]:
    yield from _exactly(x, COMPLAINT_NOTICE, "help", "https://icann.org/wicf")


@check(
    "4.3.3",
    "TIG 3.3; -61200 to -61202",
    "A link to the terms of service in every answer.",
    on=ANSWERS,
)
def terms(x: Exchange) -> Iterator[str]:
    found = [
        link
        for notice in x.document.get("notices", ())
        for link in notice.get("links", ())
        if link.get("rel") == "terms-of-service"
    ]
    if len(found) != 1 or found[0].get("value") != x.url or not is_web_url(found[0].get("href")):
        yield f"{found}"


@check("4.4.1", "RP 2.1; -46100", "ldhName is the name that was asked for.", on=DOMAIN)
def asked_name(x: Exchange) -> Iterator[str]:
    asked = x.url.rpartition("/domain/")[2].partition("?")[0]
    if not asked.isascii() or "%" in asked:
        return
    if asked.lower().rstrip(".") != x.document.get("ldhName"):
        yield f"{asked}: {x.document.get('ldhName')!r}"


@check(
    "4.4.2",
    "RP 2.1; -46101",
    "A question in Unicode is answered with unicodeName too.",
    on=(Subject.DOMAIN, Subject.NAMESERVER),
)
def asked_unicode(x: Exchange) -> Iterator[str]:
    asked = unquote(x.url.rpartition("/")[2].partition("?")[0])
    mapped = idna.uts46_remap(asked, transitional=False)
    if not asked.isascii() and not mapped.isascii() and "unicodeName" not in x.document:
        yield "no unicodeName"


@check(
    "4.4.3",
    "RP 2.2; -46200, -46201, -46205",
    "A handle of a domain or host is a ROID.",
    on=LOOKUPS,
    gtld=True,
)
def roids(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        handle = each.node.get("handle")
        if each.class_name == "entity" or handle is None:
            continue
        if not ROID.fullmatch(str(handle)) or str(handle).endswith("-ICANNRST"):
            yield f"{each.path}: {handle!r}"


@check("4.4.5", "RP 2.3; -46300", "A domain says when it was registered.", on=DOMAIN, gtld=True)
def registration_event(x: Exchange) -> Iterator[str]:
    if "registration" not in actions(x):
        yield f"{actions(x)}"


@check(
    "4.4.6",
    "RP 2.3; -46400",
    "A registry says when a domain expires.",
    on=DOMAIN,
    gtld=True,
    mode="registry",
)
def expiration_event(x: Exchange) -> Iterator[str]:
    if "expiration" not in actions(x):
        yield f"{actions(x)}"


@check(
    "4.4.7",
    "RP 2.3; -65600",
    "A registrar says when its registration expires.",
    on=DOMAIN,
    gtld=True,
    mode="registrar",
)
def registrar_expiration_event(x: Exchange) -> Iterator[str]:
    if "registrar expiration" not in actions(x):
        yield f"{actions(x)}"


@check(
    "4.4.8",
    "RP 2.3; -43100",
    "A look-up says how fresh the data are, on top alone.",
    on=(*LOOKUPS, Subject.SEARCH),
)
def last_update_event(x: Exchange) -> Iterator[str]:
    if x.subject is not Subject.SEARCH and actions(x).count(LAST_UPDATE) != 1:
        yield f"{actions(x)}"
    for each in objects(x):
        inner = [e.get("eventAction") for e in each.node.get("events", ())]
        if each.path != "$" and LAST_UPDATE in inner:
            yield each.path


@check("4.4.13", "RP 2.10; -46800", "A domain says whether its delegation is signed.", on=DOMAIN)
def secure_dns(x: Exchange) -> Iterator[str]:
    if not isinstance(x.document.get("secureDNS"), dict):
        yield "no secureDNS"


@check(
    "4.4.14",
    "RP 2.4.6, TIG 3.2; -23200 to -23202, -26103",
    "The related link leads to the registrar's own answer.",
    on=DOMAIN,
    gtld=True,
    mode="registry",
)
def related_link(x: Exchange) -> Iterator[str]:
    found = [link for link in x.document.get("links", ()) if link.get("rel") == "related"]
    registrar = registrar_of(x.document) or {}
    bases = [link["value"] for link in registrar.get("links", ()) if link.get("rel") == "about"]
    name = x.document.get("ldhName")
    if not found and registrar.get("handle") not in {*EXEMPT, "not applicable"}:
        yield "no related link"
    for link in found:
        href = str(link.get("href"))
        if not href.endswith(f"/domain/{name}") or link.get("type") != "application/rdap+json":
            yield f"{link}"
        if bases and href != f"{bases[0].removesuffix('/')}/domain/{name}":
            yield f"{href} isn't below {bases[0]}"


@check(
    "4.5.1", "RP 2.4; -47300, -47301", "A domain has exactly one registrar.", on=DOMAIN, gtld=True
)
def one_registrar(x: Exchange) -> Iterator[str]:
    found = [e for e in x.document.get("entities", ()) if "registrar" in e.get("roles", ())]
    if len(found) != 1:
        yield f"{len(found)} registrars"


@check(
    "4.10.5",
    "RP 2.6.3, 2.10",
    "The notices of statuses and complaints belong to domains.",
    on=(Subject.NAMESERVER, Subject.REGISTRAR, Subject.CONTACT, Subject.HELP),
)
def notices_of_domains(x: Exchange) -> Iterator[str]:
    for path, each in members(x, "notices"):
        if each.get("title") in {STATUS_NOTICE["title"], COMPLAINT_NOTICE["title"]}:
            yield path


@check("4.11", "profile of 2019", "No remark says in words that something is withheld.", on=LOOKUPS)
def no_old_remarks(x: Exchange) -> Iterator[str]:
    for path, each in members(x, "remarks"):
        if each.get("type") == "object redacted due to authorization":
            yield path


@check("1.11.1", "RFC 9083 §7; -20701", "The help has notices.", on=(Subject.HELP,))
def help_notices(x: Exchange) -> Iterator[str]:
    if not x.document.get("notices"):
        yield "no notices"


@check("11.2.3", "clients", "The related link never leads back here.", on=DOMAIN)
def related_elsewhere(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        for link in root.node.get("links", ()):
            if link.get("rel") == "related" and str(link.get("href")).startswith(x.base):
                yield f"{link['href']}"
