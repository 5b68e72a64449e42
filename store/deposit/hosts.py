"""A host of a deposit (RFC 9022 §5.2, RFC 5732), and addresses of host attributes."""

from __future__ import annotations

from lxml import etree

from store.deposit.elements import Record, tags
from store.deposit.remarks import Remark
from store.deposit.rows import HostRow
from store.errors import RegistryError
from store.names import parse_address
from store.statuses import Status, clashes, settable
from store.validation.hosts import parse_host_address

__all__ = ["read_address", "read_host"]

_TAGS = tags("rdeHost-1.0", "name roid status addr clID crRr crDate upRr upDate trDate")
_KNOWN = settable("host") | {
    Status.OK,
    Status.LINKED,
    Status.PENDING_CREATE,
    Status.PENDING_DELETE,
    Status.PENDING_TRANSFER,
    Status.PENDING_UPDATE,
}


def read_host(
    element: etree._Element, record: Record, *, number: int
) -> tuple[HostRow, tuple[str, ...]]:
    """Read ``rdeHost:host`` and its addresses.

    Raises:
        DepositDefect: ``not-a-deposit`` without a name.
    """
    one: dict[str, str | None] = {}
    statuses: list[etree._Element] = []
    addresses: list[etree._Element] = []
    unknown: list[etree._Element] = []
    for child in element:
        match _TAGS.get(child.tag):
            case "status":
                statuses.append(child)
            case "addr":
                addresses.append(child)
            case None:
                unknown.append(child)
            case key:
                one[key] = child.text
    record.subject = f"host {(one.get('name') or '').strip()}"
    name = record.name(one.get("name"))
    record.subject = f"host {name}"
    for child in unknown:
        record.extension(child)
    stored = record.statuses(statuses, _KNOWN)
    if stored and (clash := clashes(frozenset(stored))):
        record.remark(Remark.CLASHING_STATUSES, clash)
    roid = record.handle(one.get("roid"), "ROID")
    if roid is None:
        record.remark(Remark.MISSING_ROID, "it has no ROID")
    found = tuple(a for a in (read_address(child.text, record) for child in addresses) if a)
    row = HostRow(
        number,
        record.line,
        name,
        0,
        0,
        0,
        roid,
        record.handle(one.get("clID"), "clID"),
        " ".join(sorted(stored)),
        record.instant(one.get("crDate"), "crDate"),
        record.registrar(one.get("crRr")),
        record.instant(one.get("upDate"), "upDate"),
        record.registrar(one.get("upRr")),
    )
    return row, found


def read_address(value: str | None, record: Record) -> str | None:
    """Give an address in its one spelling, or ``None`` for what is none."""
    written = record.token(value)
    if written is None:
        return None
    try:
        return str(parse_host_address(written))
    except RegistryError:
        record.remark(Remark.ODD_ADDRESS, "not an address that a name server can have")
    try:
        return str(parse_address(written))
    except RegistryError:
        return None
