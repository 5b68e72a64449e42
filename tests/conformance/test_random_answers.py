"""Random registrations, published and rendered by both doors, against the whole table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.policy import PROFILES, ZonePolicy, ZoneRole
from store.queries import Found
from tests.conformance.exchanges import Exchange, Pair, WhoisExchange
from tests.conformance.excuses import excused
from tests.conformance.table import findings
from tests.properties.answers import rdap_body, whois_body
from tests.registration_parts import RDAP_BASE
from tests.registrations import Registration, registrations

AS_OF = datetime(2026, 5, 29, 20, 15, tzinfo=UTC)
FORM = "https://form.example/c?d={name}&r={role}"
POLICIES: Mapping[str, ZonePolicy] = {
    "gtld-registry": PROFILES["gtld"],
    "gtld-registrar": replace(PROFILES["gtld"], role=ZoneRole.REGISTRAR, contact_url=FORM),
    "irs-registry": PROFILES["irs"],
    "irs-registrar": replace(PROFILES["irs"], role=ZoneRole.REGISTRAR),
}


def _exchanges(registration: Registration) -> tuple[Exchange, WhoisExchange, Pair]:
    published = registration.published()
    answer = Found(result=published, notices=published.notices, as_of=AS_OF)
    path = f"domain/{published.name}"
    gtld = published.notices.icann_profile
    registrar_mode = registration.policy.role is ZoneRole.REGISTRAR
    rdap = Exchange(
        url=f"{RDAP_BASE}{path}",
        base=RDAP_BASE,
        body=rdap_body(answer, path),
        gtld=gtld,
        registrar_mode=registrar_mode,
    )
    whois = WhoisExchange(
        question=published.name.encode(),
        answer=whois_body(answer),
        gtld=gtld,
        registrar_mode=registrar_mode,
        redaction_text=published.notices.redaction_text,
    )
    return rdap, whois, Pair(rdap=rdap, whois=whois)


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_random_answers_meet_every_rule(name: str, data: st.DataObject) -> None:
    """Whatever the record, a door breaks no rule that the record itself doesn't break."""
    registration = data.draw(registrations(zones={"example": POLICIES[name]}))

    found = {each for exchange in _exchanges(registration) for each in findings(exchange)}

    allowed = excused(registration)
    assert {each for each in found if each[0] not in allowed} == set()
