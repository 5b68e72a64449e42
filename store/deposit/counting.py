"""The header's counts against what is there (conformance.md 8.3)."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from collections.abc import Mapping

from store.deposit.defects import Defect
from store.deposit.headers import COUNTED, HEADER, KINDS, Header
from store.deposit.remarks import Remark
from store.deposit.sql import Load, owned

__all__ = ["check_counts", "check_totals"]


def check_counts(load: Load, header: Header, present: Mapping[str, int]) -> None:
    """Refuse a FULL whose header counts other objects than it has.

    Raises:
        DepositDefect: ``count-mismatch``.
    """
    if not load.full:
        return
    for namespace, count in header.counts.items():
        kind = COUNTED.get(namespace)
        if kind is None:
            if namespace != HEADER:
                load.notes.note(
                    Remark.HEADER_COUNTS, header.line, "header", "counts of an unknown kind"
                )
        elif present.get(kind, 0) != count:
            _refuse(load, header, f"it counts {count} {kind} objects, there are", present, kind)


def check_totals(load: Load, header: Header, present: Mapping[str, int]) -> None:
    """Hold the header of a DIFF or INCR against the store after it.

    RFC 9022 counts the repository at the watermark, whatever the type of deposit; some
    producers count the deposit's own objects. Either will do. Contacts, hosts and
    registrars are shared among zones, so where the store holds several, only names and
    reserved names are certain.

    Raises:
        DepositDefect: ``count-mismatch``.
    """
    if load.full:
        return
    totals = {
        "domain": "SELECT count(*) FROM domain WHERE zone IN (SELECT name FROM import_fill)",
        "nndn": f"SELECT count(*) FROM reserved_name WHERE {owned('reserved_name.name')}",
        "contact": "SELECT count(*) FROM contact",
        "host": "SELECT count(*) FROM host WHERE roid IS NOT NULL",
        "registrar": "SELECT count(*) FROM registrar",
    }
    alone = load.number(
        "SELECT count(*) FROM zone WHERE name NOT IN (SELECT name FROM import_fill)"
    )
    for namespace, count in header.counts.items():
        kind = KINDS.get(namespace)
        if kind is None or present.get(kind, 0) == count:
            continue
        if load.number(totals[kind]) == count:
            continue
        if kind in {"domain", "nndn"} or not alone:
            sentence = (
                f"it counts {count} {kind} objects, neither those of the deposit nor the store's"
            )
            load.notes.tolerates(
                Defect.COUNT_MISMATCH, sentence, line=header.line, subject="header"
            )
        else:
            load.notes.note(
                Remark.HEADER_COUNTS, header.line, "header", f"counts of {kind} can't be compared"
            )


def _refuse(
    load: Load, header: Header, sentence: str, present: Mapping[str, int], kind: str
) -> None:
    load.notes.tolerates(
        Defect.COUNT_MISMATCH,
        f"{sentence} {present.get(kind, 0)}",
        line=header.line,
        subject="header",
    )
