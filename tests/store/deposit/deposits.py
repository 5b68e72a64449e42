"""Deposits for tests: builders with defaults, and what a store holds afterwards."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from sqlalchemy import Connection, select

from store.deposit.importing import ImportOptions, ImportSummary, import_deposit
from store.sql.database import Database
from store.sql.schema import metadata

URN = "urn:ietf:params:xml:ns:"
NOW = datetime(2026, 10, 2, tzinfo=UTC)
LATER = datetime(2026, 10, 3, tzinfo=UTC)
WATERMARK = "2026-10-01T00:00:00Z"

KINDS = {
    "domain": "rdeDomain-1.0",
    "host": "rdeHost-1.0",
    "contact": "rdeContact-1.0",
    "registrar": "rdeRegistrar-1.0",
    "nndn": "rdeNNDN-1.0",
    "idn": "rdeIDN-1.0",
    "epp": "rdeEppParams-1.0",
}
_SPACES = {
    "d": "rdeDomain-1.0",
    "h": "rdeHost-1.0",
    "c": "rdeContact-1.0",
    "r": "rdeRegistrar-1.0",
    "n": "rdeNNDN-1.0",
    "hd": "rdeHeader-1.0",
    "ed": "domain-1.0",
    "ec": "contact-1.0",
    "sec": "secDNS-1.1",
    "x": "unknown-1.0",
}


class Part(NamedTuple):
    """An object of a deposit and its kind."""

    kind: str
    xml: str


def element(tag: str, text: str | None, attributes: str = "") -> str:
    """Spell an element, or nothing for ``None``."""
    return "" if text is None else f"<{tag}{attributes}>{escape(text)}</{tag}>"


def a_domain(
    name: str = "shop.example",
    *,
    roid: str | None = "",
    status: Iterable[str] = ("ok",),
    registrant: str | None = "CON1",
    admin: str | None = "CON1",
    tech: str | None = "CON1",
    billing: str | None = None,
    hosts: Iterable[str] = (),
    registrar: str | None = "REG-A",
    created: str | None = "2020-01-01T00:00:00Z",
    expires: str | None = "2030-01-01T00:00:00Z",
    inside: str = "",
    after: str = "",
) -> Part:
    """Spell a domain; *inside* goes before ``clID``, *after* to its end."""
    links = element("d:registrant", registrant)
    for role, handle in (("admin", admin), ("tech", tech), ("billing", billing)):
        links += element("d:contact", handle, f' type="{role}"')
    delegation = "".join(element("ed:hostObj", host) for host in hosts)
    return Part(
        "domain",
        "<d:domain>\n"
        + element("d:name", name)
        + element("d:roid", f"D-{name}-EX".replace(".", "_") if roid == "" else roid)
        + "".join(f'<d:status s="{word}"/>' for word in status)
        + links
        + (f"<d:ns>{delegation}</d:ns>" if delegation else "")
        + inside
        + element("d:clID", registrar)
        + element("d:crRr", registrar)
        + element("d:crDate", created)
        + element("d:exDate", expires)
        + after
        + "\n</d:domain>\n",
    )


def a_form(
    kind: str = "loc",
    *,
    name: str | None = "Aroha Ngata",
    org: str | None = None,
    street: Iterable[str] = ("1 Quay",),
    city: str | None = "Wellington",
    cc: str | None = "NZ",
) -> str:
    """Spell a postalInfo."""
    return (
        f'<c:postalInfo type="{kind}">'
        + element("ec:name", name)
        + element("ec:org", org)
        + "<ec:addr>"
        + "".join(element("ec:street", line) for line in street)
        + element("ec:city", city)
        + element("ec:cc", cc)
        + "</ec:addr></c:postalInfo>"
    )


def a_contact(
    handle: str | None = "CON1",
    *,
    roid: str | None = "",
    status: Iterable[str] = ("ok", "linked"),
    forms: str | None = None,
    voice: str | None = "+64.211234567",
    email: str | None = "aroha@example.net",
    registrar: str | None = "REG-A",
    after: str = "",
    **form: Any,
) -> Part:
    """Spell a contact; other keywords are those of :func:`a_form`."""
    return Part(
        "contact",
        "<c:contact>\n"
        + element("c:id", handle)
        + element("c:roid", f"{handle}-EX" if roid == "" else roid)
        + "".join(f'<c:status s="{word}"/>' for word in status)
        + (a_form(**form) if forms is None else forms)
        + element("c:voice", voice)
        + element("c:email", email)
        + element("c:clID", registrar)
        + element("c:crDate", "2020-01-01T00:00:00Z")
        + after
        + "\n</c:contact>\n",
    )


def a_host(
    name: str = "ns1.shop.example",
    *addresses: str,
    roid: str | None = "",
    registrar: str | None = "REG-A",
) -> Part:
    """Spell a host."""
    return Part(
        "host",
        "<h:host>\n"
        + element("h:name", name)
        + element("h:roid", f"H-{name}-EX".replace(".", "_") if roid == "" else roid)
        + '<h:status s="ok"/>'
        + "".join(element("h:addr", a, f' ip="{"v6" if ":" in a else "v4"}"') for a in addresses)
        + element("h:clID", registrar)
        + "\n</h:host>\n",
    )


def a_registrar(
    handle: str | None = "REG-A",
    name: str | None = "Alpha Names, Ltd.",
    *,
    gurid: str | None = "9995",
    after: str = "",
) -> Part:
    """Spell a registrar."""
    return Part(
        "registrar",
        "<r:registrar>\n"
        + element("r:id", handle)
        + element("r:name", name)
        + element("r:gurid", gurid)
        + "<r:status>ok</r:status>"
        + after
        + "\n</r:registrar>\n",
    )


def an_nndn(name: str = "kept.example", state: str = "withheld") -> Part:
    """Spell a name that is no domain object."""
    return Part(
        "nndn",
        f"<n:NNDN>\n{element('n:aName', name)}{element('n:nameState', state)}"
        "<n:crDate>2012-01-01T00:00:00Z</n:crDate></n:NNDN>\n",
    )


def deposit(
    *parts: Part,
    type: str = "FULL",  # noqa: A002 - the attribute's name
    id: str = "D1",  # noqa: A002 - the attribute's name
    previous: str | None = None,
    tld: str = "example",
    watermark: str = WATERMARK,
    counts: dict[str, int] | None = None,
    menu: Iterable[str] | None = None,
    deletes: str = "",
    other: str = "",
    header: str | None = None,
) -> bytes:
    """Spell a deposit with right counts and menu; *other* goes into its contents."""
    told = Counter(part.kind for part in parts)
    if counts is not None:
        told.update(dict.fromkeys(counts, 0))
        told |= Counter(counts)
        told = Counter({**told, **counts})
    offered = menu if menu is not None else [URN + KINDS[kind] for kind in told]
    if header is None:
        header = f"<hd:header><hd:tld>{tld}</hd:tld>" + "".join(
            f'<hd:count uri="{URN}{KINDS[kind]}">{count}</hd:count>' for kind, count in told.items()
        )
        header += "</hd:header>\n"
    spaces = "".join(f' xmlns:{prefix}="{URN}{name}"' for prefix, name in _SPACES.items())
    prev = "" if previous is None else f' prevId="{previous}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<e:deposit xmlns:e="{URN}rde-1.0"{spaces} type="{type}" id="{id}"{prev}>\n'
        f"<e:watermark>{watermark}</e:watermark>\n<e:rdeMenu><e:version>1.0</e:version>"
        + "".join(f"<e:objURI>{uri}</e:objURI>" for uri in offered)
        + f"</e:rdeMenu>\n{deletes}<e:contents>\n{header}"
        + "".join(part.xml for part in parts)
        + f"{other}</e:contents>\n</e:deposit>\n"
    ).encode()


def small(*more: Part, **options: Any) -> bytes:
    """Spell a deposit of one domain, its contact and registrar, and *more*."""
    return deposit(a_domain(), a_contact(), a_registrar(), *more, **options)


def load(
    database: Database,
    octets: bytes,
    *,
    now: datetime = NOW,
    commit: bool = True,
    **options: Any,
) -> ImportSummary:
    """Import a deposit; keywords are those of the options."""
    chosen = ImportOptions(**{"tolerate": frozenset(), **options})

    def work(connection: Connection) -> ImportSummary:
        return import_deposit(connection, io.BytesIO(octets), chosen, clock=lambda: now)

    return database.write(work, commit=commit)


def table(database: Database, name: str, /) -> list[dict[str, Any]]:
    """Give all rows of a table, in a fixed order."""
    source = metadata.tables[name]

    def work(connection: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in connection.execute(select(source)).mappings()]

    return sorted(database.read(work), key=repr)


def one(database: Database, name: str, /, **match: Any) -> dict[str, Any]:
    """Give the one row of a table that has these values."""
    found = [row for row in table(database, name) if match.items() <= row.items()]
    assert len(found) == 1, found
    return found[0]


def whole(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Give every row of every table."""
    return {name: table(database, name) for name in sorted(metadata.tables)}


def links(database: Database, name: str) -> dict[str, str]:
    """Give the contacts of a domain by role."""
    domain = one(database, "domain", name=name)
    handles = {row["id"]: row["handle"] for row in table(database, "contact")}
    return {
        row["role"]: handles[row["contact_id"]]
        for row in table(database, "domain_contact")
        if row["domain_id"] == domain["id"]
    }


def hosts(database: Database, name: str) -> dict[str, set[str]]:
    """Give the name servers of a domain with their addresses."""
    domain = one(database, "domain", name=name)
    names = {row["id"]: row["name"] for row in table(database, "host")}
    addresses = table(database, "host_address")
    return {
        names[row["host_id"]]: {a["address"] for a in addresses if a["host_id"] == row["host_id"]}
        for row in table(database, "domain_host")
        if row["domain_id"] == domain["id"]
    }


_TOLD = (
    *("registrar", "contact", "contact_second_form", "domain", "host", "zone"),
    *("domain_dnssec", "reserved_name"),
)


def content(database: Database) -> dict[str, Any]:
    """Give what the store holds apart from row numbers, random handles and logs."""
    skipped = {"id", "public_id", "since", "domain_id", "host_id", "contact_id", "generation"}
    told: dict[str, Any] = {
        name: sorted(
            repr({k: v for k, v in row.items() if k not in skipped})
            for row in table(database, name)
        )
        for name in _TOLD
    }
    for row in table(database, "domain"):
        told[row["name"]] = (links(database, row["name"]), hosts(database, row["name"]))
    return told


def line_in(octets: bytes, text: str, *, occurrence: int = 1) -> int:
    """Give the line of a deposit on which *text* stands."""
    lines = octets.decode().split("\n")
    return [number for number, line in enumerate(lines, 1) if text in line][occurrence - 1]


def remarks(summary: ImportSummary) -> dict[str, int]:
    """Give how often each kind was remarked."""
    return {remark.kind: remark.count for remark in summary.remarks}
