"""Facts of life in a deposit: taken as they are, counted by kind, with examples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from store.deposit.defects import Defect, DepositDefect, StrictRefusal, printable

__all__ = ["Example", "Notes", "Remark", "RemarkCount"]

MOST_EXAMPLES = 3


class Remark(StrEnum):
    """Kinds of facts worth telling the person who imports."""

    # Values that break today's entry rules; ``--strict`` refuses these.
    ODD_PHONE = "odd-phone"
    ODD_EXTENSION = "odd-extension"
    ODD_EMAIL = "odd-email"
    ODD_COUNTRY = "odd-country"
    ODD_LENGTH = "odd-length"  # a one-letter organisation, a street of 300 letters
    ODD_HANDLE = "odd-handle"
    ODD_NAME = "odd-name"  # not a name by IDNA 2008
    ODD_ADDRESS = "odd-address"
    ODD_DNSSEC = "odd-dnssec"
    NOT_ASCII = "not-ascii"  # letters outside ASCII in an international address
    CONTROL_CHARACTER = "control-character"
    MISSING_VALUE = "missing-value"
    MISSING_ROLE = "missing-role"
    CLASHING_STATUSES = "clashing-statuses"
    # Facts that no entry rule forbids.
    UPPER_CASE = "upper-case"
    STATUS_TEXT = "status-text"
    UNKNOWN_STATUS = "unknown-status"
    UNREADABLE_VALUE = "unreadable-value"
    MISSING_ROID = "missing-roid"
    MISSING_GLUE = "missing-glue"
    EXTERNAL_HOST = "external-host"
    FOREIGN_OBJECT = "foreign-object"
    ROID_TAKEN = "roid-taken"
    STILL_USED = "still-used"
    NO_IANA_ID = "no-iana-id"
    UNKNOWN_REGISTRAR = "unknown-registrar"
    UNKNOWN_EXTENSION = "unknown-extension"
    UNKNOWN_OBJECT = "unknown-object"
    UNKNOWN_DELETE = "unknown-delete"
    IDN_TABLE = "idn-table"
    EPP_PARAMETERS = "epp-parameters"
    POLICY_OBJECT = "policy-object"
    ODD_DATES = "odd-dates"
    HEADER_COUNTS = "header-counts"
    BELOW_ZONE = "below-zone"
    TOLERATED = "tolerated"


ENTRY_RULES = frozenset(
    {
        Remark.ODD_PHONE,
        Remark.ODD_EXTENSION,
        Remark.ODD_EMAIL,
        Remark.ODD_COUNTRY,
        Remark.ODD_LENGTH,
        Remark.ODD_HANDLE,
        Remark.ODD_NAME,
        Remark.ODD_ADDRESS,
        Remark.ODD_DNSSEC,
        Remark.NOT_ASCII,
        Remark.CONTROL_CHARACTER,
        Remark.MISSING_VALUE,
        Remark.MISSING_ROLE,
        Remark.CLASHING_STATUSES,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One place where a remark was made."""

    line: int | None
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkCount:
    """How often a kind of remark was made, with the first few places.

    ``kind`` is a :class:`Remark`, or ``tolerated:CODE`` for a defect that was let pass.
    """

    kind: str
    count: int
    examples: tuple[Example, ...]


class Notes:
    """What was noticed in one import. Holds a count and a few examples for each kind."""

    def __init__(self, *, strict: bool, tolerate: frozenset[Defect]) -> None:
        self.strict = strict
        self.tolerate = tolerate
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[Example]] = {}

    def note(
        self, kind: Remark, line: int | None, subject: str, sentence: str, *, count: int = 1
    ) -> None:
        """Count a fact of life.

        Raises:
            StrictRefusal: under ``--strict``, if it breaks an entry rule.
        """
        if self.strict and kind in ENTRY_RULES:
            raise StrictRefusal(kind, sentence, line=line, subject=subject)
        self._count(kind, line, subject, sentence, count)

    def tolerates(
        self,
        defect: Defect,
        sentence: str,
        *,
        line: int | None = None,
        subject: str | None = None,
        count: int = 1,
    ) -> None:
        """Let *defect* pass and count it.

        Raises:
            DepositDefect: if it was not to be tolerated.
        """
        if defect not in self.tolerate:
            raise DepositDefect(defect, sentence, line=line, subject=subject)
        self._count(f"{Remark.TOLERATED}:{defect}", line, subject or "deposit", sentence, count)

    def summary(self) -> tuple[RemarkCount, ...]:
        """Give all that was noticed, by kind."""
        return tuple(
            RemarkCount(kind=str(kind), count=count, examples=tuple(self._examples[kind]))
            for kind, count in sorted(self._counts.items())
        )

    def _count(self, kind: str, line: int | None, subject: str, sentence: str, count: int) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + count
        examples = self._examples.setdefault(kind, [])
        if len(examples) < MOST_EXAMPLES:
            examples.append(Example(line=line, subject=printable(subject), sentence=sentence))
