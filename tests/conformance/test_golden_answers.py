"""The golden answers against the whole table, alone and in pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.published import PublishedDomain
from store.queries import Found
from tests.conformance.exchanges import Exchange, Pair, WhoisExchange
from tests.conformance.table import findings
from tests.golden import cases

GOLDEN = Path(cases.__file__).parent
BASE = "https://rdap.registry.example/"


def _exchanges(name: str) -> list[Exchange | WhoisExchange | Pair]:
    target, make = cases.CASES[name]
    answer = make()
    result = answer.result if isinstance(answer, Found) else None
    context = {
        "gtld": getattr(result, "notices", answer.notices).icann_profile,
        "registrar_mode": isinstance(result, PublishedDomain) and result.at_registrar,
    }
    rdap = Exchange(
        url=f"{BASE}{target}",
        base=BASE,
        status=200 if result is not None else 404,
        body=(GOLDEN / f"{name}.rdap.json").read_bytes(),
        **context,
    )
    text = GOLDEN / f"{name}.whois"
    if not text.exists():
        return [rdap]
    whois = WhoisExchange(
        question=target.rpartition("/")[2].encode(),
        answer=text.read_bytes(),
        redaction_text=answer.notices.redaction_text,
        **context,
    )
    return [rdap, whois, Pair(rdap=rdap, whois=whois)]


@pytest.mark.parametrize("name", cases.CASES)
def test_golden_answers_meet_every_rule(name: str) -> None:
    """No check has anything to say about a golden answer, in either protocol or both."""
    assert [found for each in _exchanges(name) for found in findings(each)] == []
