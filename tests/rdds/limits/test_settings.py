"""The settings of the limits, and what clients are told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdds.limits.notice import limit_lines
from rdds.settings import load_settings
from rdds.settings.sections import Limits
from store.errors import Code, RegistryError


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("questions", "-1"), ("questions", "1.5"), ("questions", "1000001"), ("persons", '"many"'),
        ("persons", "true"), ("per_seconds", "0"), ("per_seconds", "86401"), ("connections", "-5"),
        ("server_questions", "1e9"), ("clients", "0"), ("clients", "4194305"),
        ("ipv4_prefix", "33"), ("ipv4_prefix", "0"), ("ipv6_prefix", "129"), ("ipv6_prefix", "0"),
        ("questions", "99999999999999999999999999"),
    ],
)  # fmt: skip
def test_wrong_value_is_refused_with_its_key(tmp_path: Path, key: str, value: str) -> None:
    """A limit that makes no sense is refused by name, not taken for the nearest that does."""
    file = tmp_path / "rdds.toml"
    file.write_text(f"[limits]\n{key} = {value}\n", encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load_settings(file, {})
    assert caught.value.code is Code.SETTINGS
    assert caught.value.field == f"limits.{key}"


def test_limits_are_on_by_default() -> None:
    """Out of the box clients are limited, above conformance.md 6.1.10's 100 in 600 s."""
    read = load_settings(None, {}).limits
    assert read.questions >= 100 * read.per_seconds / 600
    assert read.persons >= 3 * 100 * read.per_seconds / 600  # three on each of 100 names
    assert read.connections > 0
    assert read.server_questions == 0


def test_variable_sets_a_limit() -> None:
    """`RDDS_LIMITS_QUESTIONS` is `limits.questions`."""
    assert load_settings(None, {"RDDS_LIMITS_QUESTIONS": "7"}).limits.questions == 7


def test_client_is_told_each_limit_that_is_on() -> None:
    """conformance.md 1.11.1: the sentences for help name what is limited, in whole words."""
    assert limit_lines(Limits()) == (
        "A client may ask 1000 questions within 600 seconds, of WHOIS and RDAP together.",
        "Its answers may show the data of 300 contacts within 600 seconds.",
        "It may have 50 connections open at one time.",
        "A client is an IPv4 address or an IPv6 network of 64 bits.",
    )
    few = Limits(questions=1, persons=1, connections=1, per_seconds=1, ipv4_prefix=24)
    assert limit_lines(few) == (
        "A client may ask 1 question within a second, of WHOIS and RDAP together.",
        "Its answers may show the data of 1 contact within a second.",
        "It may have 1 connection open at one time.",
        "A client is an IPv4 network of 24 bits or an IPv6 network of 64 bits.",
    )


def test_nothing_is_said_of_limits_that_are_off() -> None:
    """Without limits there is nothing to tell; a limit alone is told alone."""
    assert limit_lines(Limits(questions=0, persons=0, connections=0)) == ()
    alone = limit_lines(Limits(questions=0, persons=0, ipv6_prefix=128))
    assert alone == (
        "It may have 50 connections open at one time.",
        "A client is an IPv4 address or an IPv6 address.",
    )
