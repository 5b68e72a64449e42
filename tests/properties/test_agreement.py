"""Agreement: for any registration both doors say what the store publishes, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdds.checking import run_check
from rdds.checking.comparing import CheckReport, compare
from rdds.checking.facts import Facts
from rdds.checking.published_facts import published_facts
from rdds.checking.rdap_facts import own_base, rdap_facts
from rdds.checking.whois_facts import whois_facts
from rdds.settings import Settings
from rdds.settings.sections import Database as DatabaseSection
from store.policy import PROFILES, RegistryPolicy, ZonePolicy, ZoneRole
from store.publish import publish_domain
from store.queries import Found
from store.sql.database import Database
from tests.held_values import a_card, a_held_domain, a_holding
from tests.properties.answers import rdap_body, whois_body
from tests.registrations import Registration, registrations
from tests.running_doors import running_doors
from tests.stored_registrations import store_registrations

OWN_WHOIS = "whois.reg.example"  # some of the drawn registrars have it for theirs
AS_OF = datetime(2026, 5, 29, 20, 15, tzinfo=UTC)


def readings(registration: Registration) -> tuple[Facts, Facts, Facts, frozenset[str]]:
    """Publish, render through both doors, and read all three back."""
    published = registration.published()
    answer = Found(result=published, notices=published.notices, as_of=AS_OF)
    redactions = frozenset({published.notices.redaction_text})
    document = orjson.loads(rdap_body(answer, f"domain/{published.name}"))
    return (
        published_facts(answer, own_base=own_base(document), own_whois=OWN_WHOIS),
        whois_facts(whois_body(answer, OWN_WHOIS).decode(), redactions),
        rdap_facts(document),
        redactions,
    )


def differences(report: CheckReport) -> list[object]:
    """List the rows that differ."""
    return [row for row in report.rows if not row.agree]


@settings(max_examples=300, deadline=None)
@given(registrations())
def test_both_doors_say_what_the_store_publishes(registration: Registration) -> None:
    """The facts read back from either door's output are the facts of the published value."""
    store, whois, rdap, redactions = readings(registration)
    report = compare("x", store=store, whois=whois, rdap=rdap, redactions=redactions)
    assert differences(report) == []


@settings(max_examples=150, deadline=None)
@given(registrations())
def test_doors_agree_with_each_other_without_a_store(registration: Registration) -> None:
    """WHOIS and RDAP agree field by field also for one who sees nothing but the two."""
    _, whois, rdap, redactions = readings(registration)
    report = compare("x", store=None, whois=whois, rdap=rdap, redactions=redactions)
    assert differences(report) == []


def test_extension_without_a_number_is_shown_by_neither_door() -> None:
    """A deposit may bring one; RDAP writes an extension only behind its number."""
    holder = a_holding(card=a_card(voice=None, voice_ext="12", fax=None, fax_ext="34"))
    published = publish_domain(
        a_held_domain(contacts=(holder,)),
        PROFILES["irs"],
        repository="EXAMPLE",
        cipher=None,
        now=AS_OF,
    )
    answer = Found(result=published, notices=published.notices, as_of=AS_OF)
    document = orjson.loads(rdap_body(answer, f"domain/{published.name}"))
    store = published_facts(answer, own_base=own_base(document))
    whois = whois_facts(whois_body(answer).decode())
    report = compare("x", store=store, whois=whois, rdap=rdap_facts(document))
    assert differences(report) == []


POLICIES: Mapping[str, ZonePolicy] = {
    "example": PROFILES["gtld"],
    "co.example": PROFILES["irs"],
    "reg.example": replace(
        PROFILES["gtld"],
        role=ZoneRole.REGISTRAR,
        redaction_text="WITHHELD",
        contact_url="https://form.example/c?d={name}&r={role}",
    ),
}
SERIALS = count(1)  # one store, so no two registrations share a name


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_self_check_agrees_over_real_doors_and_stores(
    database: Database, data: st.DataObject
) -> None:
    """On either engine, through sockets: what the store would publish is what both answer."""
    drawn = [data.draw(registrations(serial=next(SERIALS), zones=POLICIES)) for _ in range(3)]
    store_registrations(database, *drawn)
    options = Settings(database=DatabaseSection(url=database.url), zones=POLICIES)
    with running_doors(database.url, RegistryPolicy(zones=POLICIES)) as doors:
        for registration in drawn:
            report = run_check(options, registration.held.name, whois=doors.whois, rdap=doors.rdap)
            assert differences(report) == []
            assert_store_is_read(report, registration)


def assert_store_is_read(report: CheckReport, registration: Registration) -> None:
    """See that the store's column is about the registration that was written."""
    cells = {row.field: row.store for row in report.rows}
    assert cells["Domain Name"] == registration.held.name
    for role in registration.contacts:
        assert any(
            key.startswith(role.value.title()) and cell is not None for key, cell in cells.items()
        )
