"""A name that is no domain object: reserved or blocked (RFC 9022 §5.6)."""

from __future__ import annotations

from lxml import etree

from store.deposit.elements import Record, tags
from store.deposit.remarks import Remark
from store.deposit.rows import ReservedRow

__all__ = ["read_nndn"]

_TAGS = tags("rdeNNDN-1.0", "aName uName idnTableId originalName nameState crDate")


def read_nndn(element: etree._Element, record: Record, *, number: int) -> ReservedRow:
    """Read ``rdeNNDN:NNDN``. Withheld and mirrored names are reserved ones.

    Raises:
        DepositDefect: ``not-a-deposit`` without a name.
    """
    one: dict[str, str | None] = {}
    unknown: list[etree._Element] = []
    for child in element:
        key = _TAGS.get(child.tag)
        if key is None:
            unknown.append(child)
        else:
            one[key] = child.text
    record.subject = f"name {(one.get('aName') or '').strip()}"
    name = record.name(one.get("aName") or one.get("uName"))
    record.subject = f"name {name}"
    for child in unknown:
        record.extension(child)
    state = (record.token(one.get("nameState")) or "").lower()
    if state not in {"blocked", "withheld", "mirrored"}:
        record.remark(Remark.UNREADABLE_VALUE, "the state is withheld, blocked or mirrored")
    return ReservedRow(
        number, record.line, name, state == "blocked", record.instant(one.get("crDate"), "crDate")
    )
