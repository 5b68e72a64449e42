"""What is wrong with a deposit: a stable code, a line, an object, one sentence."""

from __future__ import annotations

from enum import StrEnum

from store.errors import Code, RegistryError

__all__ = ["TOLERABLE", "Defect", "DepositDefect", "LocatedError", "StrictRefusal", "printable"]

MOST_SHOWN = 120  # characters of a deposit's own text in one message


class Defect(StrEnum):
    """Why a deposit is refused; scripts and ``--tolerate`` name these codes."""

    NOT_A_DEPOSIT = "not-a-deposit"
    NOT_WELL_FORMED = "not-well-formed"
    ENTITY_DECLARATION = "entity-declaration"
    TOO_LARGE = "too-large"
    COUNT_MISMATCH = "count-mismatch"
    MENU_MISMATCH = "menu-mismatch"
    DUPLICATE_OBJECT = "duplicate-object"
    DUPLICATE_ROLE = "duplicate-role"
    MISSING_CONTACT = "missing-contact"
    MISSING_HOST = "missing-host"
    MISSING_REGISTRAR = "missing-registrar"
    OUTSIDE_ZONE = "outside-zone"
    WRONG_PREVIOUS = "wrong-previous"
    CSV_MODEL = "csv-model"


# What a person who knows better may let pass; the rest can't be read at all.
TOLERABLE = frozenset(
    {
        Defect.COUNT_MISMATCH,  # the header is not believed
        Defect.MENU_MISMATCH,  # nor is the menu
        Defect.DUPLICATE_OBJECT,  # the first is kept; of two registries' the store's
        Defect.DUPLICATE_ROLE,  # the first is kept
        Defect.MISSING_CONTACT,  # the link is left out
        Defect.MISSING_HOST,  # the host is known by its name alone
        Defect.MISSING_REGISTRAR,  # a registrar of that id and name is made
        Defect.OUTSIDE_ZONE,  # the object is left out
        Defect.WRONG_PREVIOUS,  # applied on what is there
    }
)


def printable(text: str) -> str:
    r"""Give *text* of a deposit fit for a line of a message: no controls, not long.

    >>> printable("a\x9bb")
    'a?b'
    """
    shown = text[: MOST_SHOWN + 1]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "?" for c in shown)
    return shown if len(shown) <= MOST_SHOWN else shown[:MOST_SHOWN] + "…"


class LocatedError(RegistryError):
    """A refusal that names a place in the deposit."""

    def __init__(
        self, code: Code, kind: str, sentence: str, *, line: int | None, subject: str | None
    ) -> None:
        self.line = line
        self.subject = None if subject is None else printable(subject)
        where = [f"line {line}"] if line is not None else []
        where += [self.subject] if self.subject is not None else []
        message = f"{kind}: {', '.join(where)}: {sentence}" if where else f"{kind}: {sentence}"
        super().__init__(code, message)


class DepositDefect(LocatedError):  # noqa: N818 - the word of the trade
    """A refusal of a deposit: ``DEFECT``.

    ``defect`` is the stable code, ``line`` the line of the deposit and ``subject``
    the object, such as ``domain shop.example``, where there are such.
    """

    def __init__(
        self, defect: Defect, sentence: str, *, line: int | None = None, subject: str | None = None
    ) -> None:
        super().__init__(Code.DEFECT, defect, sentence, line=line, subject=subject)
        self.defect = defect


class StrictRefusal(LocatedError):  # noqa: N818 - as above
    """A value that breaks today's entry rules, refused under ``--strict``: ``INVALID_VALUE``.

    ``kind`` is the kind of remark it would have been.
    """

    def __init__(self, kind: str, sentence: str, *, line: int | None, subject: str | None) -> None:
        super().__init__(Code.INVALID_VALUE, kind, sentence, line=line, subject=subject)
        self.kind = kind
