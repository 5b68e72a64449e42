"""The checks themselves: silent on good answers, and each speaks when its rule is broken."""

from __future__ import annotations

import pytest

from tests.conformance.good_answers import GOOD
from tests.conformance.mutations import Broken
from tests.conformance.mutations_of_cards import OF_CARDS
from tests.conformance.mutations_of_form import OF_FORM
from tests.conformance.mutations_of_profile import OF_PROFILE
from tests.conformance.mutations_of_searches import OF_SEARCHES
from tests.conformance.mutations_of_whois import OF_WHOIS
from tests.conformance.table import CHECKS, MODULES, findings, rules

TABLES = (OF_FORM, OF_CARDS, OF_PROFILE, OF_SEARCHES, OF_WHOIS)
BROKEN = [
    pytest.param(rule, broken, id=f"{rule} {number}")
    for table in TABLES
    for rule, several in table.items()
    for number, broken in enumerate(several)
]


@pytest.mark.parametrize("name", GOOD)
def test_checks_say_nothing_of_a_good_answer(name: str) -> None:
    """An answer that meets every rule is reported by no check."""
    assert list(findings(GOOD[name])) == []


@pytest.mark.parametrize(("rule", "broken"), BROKEN)
def test_check_speaks_when_its_rule_is_broken(rule: str, broken: Broken) -> None:
    """Each check finds an answer that was good until its rule was broken in it."""
    assert rule in rules(broken.exchange())


def test_every_check_has_a_broken_answer() -> None:
    """No check stands in the table that nothing has ever made speak, and none is named twice."""
    assert MODULES
    broken = [rule for table in TABLES for rule in table]
    assert sorted(broken) == sorted(CHECKS)


def test_every_check_names_its_source() -> None:
    """Each has a clause and a sentence, and a number that begins with its section."""
    for rule, each in CHECKS.items():
        assert each.source
        assert each.sentence.endswith(".")
        assert rule.partition("/")[0].replace(".", "").isdigit()
