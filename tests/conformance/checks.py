"""The table of checks: each has the rule's number, its source, a sentence and what it is about.

A check is a small pure function that yields a finding for each way in which an exchange
breaks the rule; none means that it is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.conformance.exchanges import Exchange, Pair, Subject, Twins, WhoisExchange

__all__ = [
    "ANSWERS",
    "CHECKS",
    "LOOKUPS",
    "OBJECTS",
    "Check",
    "check",
    "findings",
    "rules",
]

LOOKUPS = (Subject.DOMAIN, Subject.NAMESERVER, Subject.REGISTRAR, Subject.CONTACT)
OBJECTS = (*LOOKUPS, Subject.SEARCH)
ANSWERS = (*OBJECTS, Subject.HELP)
EVERYTHING = (*Subject, None)

Asked = Exchange | WhoisExchange | Pair | Twins
Test = Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule that an exchange can break.

    ``rule`` is the number of the rule in ``docs/conformance.md``, with a word behind a
    slash where a rule is held by several checks. ``source`` is the clause it comes from.
    """

    rule: str
    source: str
    sentence: str
    takes: type[Any]
    on: tuple[Subject | None, ...]
    gtld: bool
    mode: str | None
    test: Test

    def applies(self, asked: Asked) -> bool:
        """Tell whether the rule is about *asked*."""
        if not isinstance(asked, self.takes) or asked.subject not in self.on:
            return False
        answer = asked.rdap if isinstance(asked, Pair) else asked
        answer = answer.get if isinstance(answer, Twins) else answer
        if self.gtld and not answer.gtld:
            return False
        return self.mode is None or answer.registrar_mode == (self.mode == "registrar")


CHECKS: dict[str, Check] = {}


def check(
    rule: str,
    source: str,
    sentence: str,
    *,
    takes: type[Any] = Exchange,
    on: tuple[Subject | None, ...] = EVERYTHING,
    gtld: bool = False,
    mode: str | None = None,
) -> Callable[[Test], Test]:
    """Put a check into the table.

    ``gtld``: it holds for answers under ICANN's profile alone; ``mode``: for a registry's
    or a registrar's alone.
    """

    def register(test: Test) -> Test:
        assert rule not in CHECKS, rule
        CHECKS[rule] = Check(
            rule=rule,
            source=source,
            sentence=sentence,
            takes=takes,
            on=on,
            gtld=gtld,
            mode=mode,
            test=test,
        )
        return test

    return register


def findings(asked: Asked) -> Iterator[tuple[str, str]]:
    """Run every check that is about *asked*; give rule and finding."""
    for each in CHECKS.values():
        if each.applies(asked):
            for finding in each.test(asked):
                yield each.rule, finding


def rules(asked: Asked) -> set[str]:
    """Give the rules that *asked* breaks."""
    return {rule for rule, _ in findings(asked)}
