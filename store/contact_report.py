"""The report on what contacts lack, counted as they are read (contacts.md 3, Portal)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from store.model import Contact, Role
from store.policy import RegistryPolicy
from store.rules.quality import UNLIKELY, list_lacks
from store.rules.uses import Use

__all__ = ["ContactReport", "Lack", "report_on"]

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One kind of lack: how many contacts have it, and the first of them by handle."""

    kind: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReport:
    """How complete contacts are.

    ``complete`` and ``incomplete`` count those that are registrant of some name;
    ``insufficient`` counts all that lack something. What is merely unlikely makes nobody
    incomplete. ``lacks`` stand in ascending order of their kinds.
    """

    contacts: int
    complete: int
    incomplete: int
    insufficient: int
    lacks: tuple[Lack, ...]


def report_on(
    contacts: Iterable[tuple[Contact, tuple[Use, ...]]], policy: RegistryPolicy
) -> ContactReport:
    """Count *contacts*, each with its uses; one at a time is in memory."""
    seen = registrants = incomplete = insufficient = 0
    counts: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for contact, uses in contacts:
        lacks = list_lacks(contact, uses, policy)
        lacking = any(not kind.startswith(UNLIKELY) for kind in lacks)
        registrant = any(use.role is Role.REGISTRANT for use in uses)
        seen += 1
        registrants += registrant
        insufficient += lacking
        incomplete += lacking and registrant
        for kind in lacks:
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] <= MOST_EXAMPLES:
                examples.setdefault(kind, []).append(contact.handle)
    return ContactReport(
        contacts=seen,
        complete=registrants - incomplete,
        incomplete=incomplete,
        insufficient=insufficient,
        lacks=tuple(
            Lack(kind=kind, count=counts[kind], examples=tuple(examples[kind]))
            for kind in sorted(counts)
        ),
    )
