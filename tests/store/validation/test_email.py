from __future__ import annotations

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.validation.email import _PLAIN, _checked_email, parse_email
from tests.store.validation.refusals import outcome, refused

LABEL = st.text("abcxn019-", min_size=1, max_size=8)
LOCAL = st.text("abXY09.+_-'\"@ é", min_size=1, max_size=70)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("aroha@example.net", "aroha@example.net"),
        (" aroha@example.net\n", "aroha@example.net"),
        ("A.Ngata+x@EXAMPLE.Net", "A.Ngata+x@example.net"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@XN--ZZZZZZZ.example", "a@xn--zzzzzzz.example"),  # three Han letters
        ("a@faß.example", "a@xn--fa-hia.example"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
        ("x" * 64 + "@bücher.example", "x" * 64 + "@xn--bcher-kva.example"),
    ],
)
@pytest.mark.parametrize("smtputf8", [False, True])
def test_address_keeps_its_local_part_and_has_its_domain_in_a_labels(
    typed: str, stored: str, *, smtputf8: bool
) -> None:
    """D-10: the local part stands as typed, the domain as A-labels in lower case."""
    assert parse_email(typed, smtputf8=smtputf8) == stored


@pytest.mark.parametrize(
    "typed",
    [
        # conformance.md 9.1.1
        "example",
        "example.example",
        "@example.com",
        "@",
        "x" * 65 + "@example.org",
        "x" * 65 + "@bücher.example",
        # contacts.md 8.2
        '"a b"@example.org',
        "a@[192.0.2.1]",
        "a@192.0.2.1",
        "a@localhost",
        "a@example",
        "a@shop.test",
        "a@shop.invalid",
        "a@printer.local",
        "a@example.org\u202e",
        "a\r\nBcc: b@example.org",
        "Aroha <a@example.org>",
        "a b@example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@example..org",
        "a@-example.org",
        "a@ex--ample.org",
        "a@xn--zzzzzz99.example",
        "a@www.xn--ls8h.example.net",  # an emoji: IDNA 2003 alone
        "a@exa_mple.org",
        "a@b@example.org",
        "a@" + ".".join(["b" * 60] * 5) + ".org",
        "mailto:a@example.org,b@example.org",
    ],
)
@pytest.mark.parametrize("smtputf8", [False, True])
def test_text_that_is_no_address_is_refused(typed: str, *, smtputf8: bool) -> None:
    """8.2, 9.1.1: quoted, literal, dotless, special-use and malformed addresses fail."""
    with refused(Code.INVALID_VALUE, "abuse_email"):
        parse_email(typed, smtputf8=smtputf8, field="abuse_email")


def test_local_part_beyond_ascii_waits_for_its_setting() -> None:
    """D-10: local parts are ASCII unless SMTPUTF8 is open; then NFC is kept."""
    with refused(Code.INVALID_VALUE, "email"):
        parse_email("jose\u0301@example.org", smtputf8=False)
    assert parse_email("jose\u0301@bücher.example", smtputf8=True) == ("josé@xn--bcher-kva.example")


@pytest.mark.parametrize("typed", ["", " ", "\t"])
def test_empty_address_is_missing(typed: str) -> None:
    """9.1: an e-mail address has at least one character."""
    with refused(Code.MISSING_VALUE, "email"):
        parse_email(typed, smtputf8=False)


@given(
    st.builds(
        lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}",
        LOCAL,
        st.lists(LABEL, max_size=4),
        st.sampled_from(["example", "org", "test", "local", "arpa", "123", "x1", "a"]),
    )
)
def test_short_way_agrees_with_the_library(typed: str) -> None:
    """What is decided without the library is what the library decides, with its result."""
    expected = outcome(lambda: _checked_email(typed.strip(), smtputf8=False, field="email"))
    decided = outcome(lambda: parse_email(typed, smtputf8=False))
    if isinstance(expected, RegistryError):
        assert isinstance(decided, RegistryError)
    else:
        assert decided == expected


def test_short_way_knows_every_special_use_domain() -> None:
    """A special-use domain the library learns of later must be in the pattern as well."""
    for domain in email_validator.SPECIAL_USE_DOMAIN_NAMES:
        assert _PLAIN.fullmatch(f"a@shop.{domain}") is None
