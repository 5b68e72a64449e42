"""Set-based statements on the staging tables, the same text for both engines."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from store.deposit.defects import Defect, printable
from store.deposit.reading import Envelope
from store.deposit.remarks import Notes, Remark

__all__ = ["Load", "foreign", "owned"]


def owned(column: str) -> str:
    """Give the condition that the name in *column* lies in the deposit's own zones.

    A zone of the store below one of them, told by a deposit of its own, is not.
    """
    like = f"{column} LIKE z.pattern ESCAPE '!'"
    return (
        f"(EXISTS (SELECT 1 FROM import_zone z WHERE z.kind = 'own' AND {like})"
        f" AND NOT EXISTS (SELECT 1 FROM import_zone z WHERE z.kind = 'inner' AND {like}))"
    )


def foreign(column: str) -> str:
    """Give the condition that the name in *column* lies in a zone of another deposit."""
    return (
        f"(NOT {owned(column)} AND EXISTS (SELECT 1 FROM import_zone z"
        f" WHERE z.kind IN ('inner', 'other') AND {column} LIKE z.pattern ESCAPE '!'))"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One import on its way from the staging tables into the store.

    ``now`` and ``watermark`` are microseconds since 1970; ``replace`` is true where a
    FULL swaps names that the store holds.
    """

    connection: Connection
    notes: Notes
    envelope: Envelope
    now: int
    watermark: int
    repository: str

    @property
    def full(self) -> bool:
        """Whether objects that the deposit lacks don't exist (RFC 8909 §4)."""
        return self.envelope.type == "FULL"

    def run(self, statement: str, **values: object) -> int:
        """Execute *statement* and give the number of rows it touched."""
        return self.connection.execute(text(statement), values).rowcount

    def analyze(self, table: str) -> None:
        """Tell PostgreSQL's planner what a staging table holds by now; SQLite needs no telling."""
        if self.connection.dialect.name == "postgresql":
            self.run(f"ANALYZE {table}")

    def rows(self, statement: str, **values: object) -> list[Row[*tuple[Any, ...]]]:
        """Give all rows of *statement*."""
        return list(self.connection.execute(text(statement), values))

    def number(self, statement: str, **values: object) -> int:
        """Give the one number that *statement* yields."""
        found: int | None = self.connection.execute(text(statement), values).scalar_one()
        return found or 0

    def refuse(self, defect: Defect, found: str, sentence: str, **values: object) -> bool:
        """Refuse the deposit for the first row of *found*, or let it pass; tell if there is one.

        *found* selects ``line``, ``subject`` and ``detail``; the sentence may use ``{}``
        for the detail.

        Raises:
            DepositDefect: if *defect* is not to be tolerated.
        """
        first = self.rows(f"{found} ORDER BY 1 LIMIT 1", **values)
        for line, subject, detail in first:
            many = 1 if defect not in self.notes.tolerate else self._count(found, **values)
            self.notes.tolerates(
                defect,
                sentence.format(printable(str(detail))),
                line=line,
                subject=subject,
                count=many,
            )
        return bool(first)

    def remark(self, kind: Remark, found: str, sentence: str, **values: object) -> bool:
        """Note each row of *found* (``line``, ``subject``, ``detail``); tell if there is one."""
        examples = self.rows(f"{found} ORDER BY 1 LIMIT 3", **values)
        total = self._count(found, **values) if examples else 0
        for line, subject, detail in examples:
            self.notes.note(
                kind, line, subject, sentence.format(printable(str(detail))), count=total
            )
            total = 0  # the first example carries the count
        return bool(examples)

    def _count(self, found: str, **values: object) -> int:
        return self.number(f"SELECT count(*) FROM ({found}) AS f", **values)
