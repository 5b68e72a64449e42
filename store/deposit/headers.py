"""The header of a deposit: whose it is, and how many objects of each kind (RFC 9022 §5.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from store.deposit.defects import Defect, DepositDefect, printable
from store.deposit.elements import Record, tags, uri
from store.deposit.remarks import Remark

__all__ = ["COUNTED", "CSV_PREFIXES", "KINDS", "Header", "check_menu", "read_header"]

# The kinds of objects that are loaded, by namespace.
KINDS: Mapping[str, str] = {
    uri("rdeDomain-1.0"): "domain",
    uri("rdeHost-1.0"): "host",
    uri("rdeContact-1.0"): "contact",
    uri("rdeRegistrar-1.0"): "registrar",
    uri("rdeNNDN-1.0"): "nndn",
}
# Those that are counted and not kept.
PASSED_OVER: Mapping[str, str] = {
    uri("rdeIDN-1.0"): "idn-table",
    uri("rdeEppParams-1.0"): "epp-parameters",
    uri("rdePolicy-1.0"): "policy",
}
COUNTED: Mapping[str, str] = {**KINDS, **PASSED_OVER}
HEADER = uri("rdeHeader-1.0")
CSV_PREFIXES = (uri("csv"), uri("rdeCsv-"))

_TAGS = tags("rdeHeader-1.0", "tld registrar ppsp reseller count")
MOST_COUNTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who gave the deposit, and the counts by namespace.

    ``zones`` is the TLD, or for a registrar's or a privacy service's deposit the zones
    that its counts name (``rcdn``); it may be empty then. ``unread`` are the namespaces
    whose count is no number, where that was let pass.
    """

    line: int
    tld: str | None
    zones: tuple[str, ...]
    counts: Mapping[str, int]
    unread: frozenset[str] = frozenset()


def read_header(element: etree._Element, record: Record) -> Header:
    """Read ``rdeHeader:header``.

    Counts told for parts (of a zone, of a registrar) are summed where no total is told.

    Raises:
        DepositDefect: ``not-a-deposit`` where it names nobody, ``count-mismatch``
            where it contradicts itself.
    """
    record.subject = "header"
    tld: str | None = None
    owner = False
    zones: dict[str, None] = {}
    totals: dict[str, int] = {}
    parts: dict[str, int] = {}
    unread: set[str] = set()
    for number, child in enumerate(element):
        match _TAGS.get(child.tag):
            case "tld":
                tld, owner = record.name(child.text), True
                zones[tld] = None
            case "registrar" | "ppsp" | "reseller":
                owner = True
            case "count" if number < MOST_COUNTS:
                _count(child, record, zones=zones, totals=totals, parts=parts, unread=unread)
            case _:
                record.extension(child)
    if not owner:
        raise record.broken("it names neither a tld nor a registrar")
    named = (tld,) if tld is not None else tuple(zones)
    return Header(
        line=record.line, tld=tld, zones=named, counts={**parts, **totals}, unread=frozenset(unread)
    )


def _count(
    element: etree._Element,
    record: Record,
    *,
    zones: dict[str, None],
    totals: dict[str, int],
    parts: dict[str, int],
    unread: set[str],
) -> None:
    kind = (element.get("uri") or "").strip()
    count = record.number(element.text, "count", most=2**62)
    if count is None:
        record.tolerate(Defect.COUNT_MISMATCH, "a count that is no number")
        unread.add(kind)
        return
    zone, registrar = element.get("rcdn"), element.get("registrarId")
    if zone is not None:
        zones[record.name(zone)] = None
    if zone is None and registrar is None:
        if totals.setdefault(kind, count) != count:
            record.tolerate(Defect.COUNT_MISMATCH, f"two counts for {COUNTED.get(kind, 'a kind')}")
    elif registrar is None:
        # Of the two ways to divide a total, by zone alone is the one summed.
        parts[kind] = parts.get(kind, 0) + count


def check_menu(
    menu: tuple[str, ...], header: Header, present: Mapping[str, int], record: Record
) -> None:
    """Hold menu, header and contents against each other, for the kinds that are loaded.

    conformance.md 8.3: the counts' URIs are the menu's. Kinds that are passed over may
    be missing in either; a kind that nobody knows is told (8.1.6).

    Raises:
        DepositDefect: ``menu-mismatch``.
    """
    record.line, record.subject = header.line, "header"
    offered = frozenset(menu)
    for namespace in dict.fromkeys(menu):
        if namespace not in COUNTED and namespace != HEADER:
            record.remark(Remark.UNKNOWN_OBJECT, f"the menu has objects of {printable(namespace)}")
    for kind_uri, kind in KINDS.items():
        if present.get(kind, 0) and kind_uri not in offered:
            record.tolerate(Defect.MENU_MISMATCH, f"the menu lacks {kind} objects")
        elif kind_uri in header.counts and kind_uri not in offered:
            record.tolerate(Defect.MENU_MISMATCH, f"{kind} objects are counted, not in the menu")
        elif kind_uri in offered and kind_uri not in {*header.counts, *header.unread}:
            record.tolerate(Defect.MENU_MISMATCH, f"{kind} objects in the menu are not counted")


def refuse_csv(namespace: str, line: int | None) -> None:
    """Refuse the CSV model by name (D-29).

    Raises:
        DepositDefect: ``csv-model``.
    """
    if namespace.startswith(CSV_PREFIXES):
        raise DepositDefect(
            Defect.CSV_MODEL, "deposits of the CSV model are not read yet; ask for XML", line=line
        )
