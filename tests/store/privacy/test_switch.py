"""A privacy service switched on and off: at once, whole, and without a trace of the holder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from store.model import PrivacyMode
from store.sql.database import Database
from tests.store.editing_values import links
from tests.store.privacy.veils import NAME, SECOND, Veils, switched, veils_over

NONE, WITHHOLD, PROXY = PrivacyMode.NONE, PrivacyMode.WITHHOLD, PrivacyMode.PROXY


@pytest.fixture
def veils(database: Database, store_url: str) -> Iterator[Veils]:
    """Give two names of one holder under a privacy service."""
    with veils_over(database, store_url) as veils:
        yield veils


def test_switch_holds_at_once_and_needs_nobody_p10(veils: Veils) -> None:
    """P-10: the next answer of either door shows it; nothing is asked and nothing locked."""
    for mode, seen in ((NONE, {"CA1", "CA2"}), (PROXY, set()), (NONE, {"CA1", "CA2"})):
        outcome = veils.registry.apply(switched(mode))
        assert (outcome.action, outcome.held) == ("updated", None)
        assert veils.shows("CA1", "CA2") == seen
    for table in ("registrant_change", "outbox", "transfer_lock"):
        assert veils.registry.count(table) == 0


def test_switch_is_one_names_own_p10(veils: Veils) -> None:
    """P-10, T-15: the same holder is open on one name and masked on another."""
    veils.registry.apply(switched(NONE, SECOND))
    assert veils.shows("CA1", "CA2", name=SECOND) == {"CA1", "CA2"}
    assert veils.shows("CA1", "CA2") == set()


def test_all_published_roles_switch_together_p11_t13_t14(veils: Veils) -> None:
    """P-11, T-13, T-14: registrant, admin and tech all carry the service's card."""
    lines = veils.whois().splitlines()
    for role in ("Registrant", "Admin", "Tech"):
        assert f"{role} Organization: Veil Limited" in lines
    for role in ("registrant", "administrative", "technical"):
        assert "Veil Limited" in json.dumps(veils.parties()[role])


def test_place_and_phone_are_the_services_p13(veils: Veils) -> None:
    """P-13: country, state and phone are the service's in every role, on both doors."""
    lines = veils.whois().splitlines()
    for role in ("Registrant", "Admin", "Tech"):
        for line in ("Country: IS", "State/Province: Capital Region", "Phone: +354.4212434"):
            assert f"{role} {line}" in lines
    assert not re.search(r"\bTV\b", veils.whois() + json.dumps(veils.rdap()))


def test_names_of_one_holder_share_no_token_p14(veils: Veils) -> None:
    """P-14: two masked names of one holder have in common what those of two holders have."""
    registry = veils.registry
    registry.register("other.co.example", links=links("CA3", "CA3", "CA3"))
    registry.apply(switched(PROXY, "other.co.example"))

    def words(name: str) -> set[str]:
        return set(re.findall(r"[\w.@+-]+", veils.said(name).replace(name, "")))

    ours, theirs = words(NAME) & words(SECOND), words(NAME) & words("other.co.example")
    assert ours <= theirs


def test_what_the_service_says_is_no_redaction_p15(veils: Veils) -> None:
    """P-15: nothing but the handles left out is told as redacted, and those are."""
    redacted = {each["name"]["type"] for each in veils.rdap().get("redacted", [])}
    assert redacted == {"Registry Registrant ID", "Registry Tech ID"}


@pytest.mark.parametrize(("mode", "status"), [(PROXY, "proxy"), (WITHHOLD, "private")])
def test_entities_say_how_they_are_masked_d15_p16(
    veils: Veils, mode: PrivacyMode, status: str
) -> None:
    """D-15, P-16: ``proxy`` on entities that are replaced, ``private`` on withheld ones."""
    veils.registry.apply(switched(mode))
    for party in veils.parties().values():
        assert status in party["status"]
    veils.registry.apply(switched(NONE))
    for party in veils.parties().values():
        assert not {"proxy", "private"} & set(party["status"])


def test_alias_is_one_for_each_name_and_role_d12_p12(veils: Veils) -> None:
    """D-12, P-12: no two roles or names have the same, and nothing of either is in it."""
    aliases = [*veils.emails().values(), *veils.emails(SECOND).values()]
    assert len(set(aliases)) == 6
    for alias in aliases:
        token, _, domain = alias.partition("@")
        assert domain == "alias.example"
        assert re.fullmatch(r"[a-z2-7]{26}", token)


def test_alias_dies_with_the_service_p12(veils: Veils) -> None:
    """P-12: dead when privacy goes off, alive when it comes back, to the present e-mail."""
    alias = veils.emails()["tech"]
    assert veils.forward(alias) == "quokka@mail.example.net"
    veils.registry.apply(switched(NONE))
    assert veils.forward(alias) is None
    veils.registry.apply(switched(PROXY))
    assert veils.emails()["tech"] == alias
    assert veils.forward(alias) == "quokka@mail.example.net"


def test_alias_dies_with_its_name_p12(veils: Veils) -> None:
    """P-12: a purged name's alias is dead, and no later registration has it again."""
    from store.changes import DeleteDomain

    alias = veils.emails()["registrant"]
    veils.registry.apply(DeleteDomain(name=NAME))
    assert veils.forward(alias) is None
    veils.registry.register(NAME, links=links("CA1", "CA1", "CA2"))
    veils.registry.apply(switched(PROXY))
    assert veils.forward(alias) is None
    assert veils.emails()["registrant"] != alias
