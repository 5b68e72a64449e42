from __future__ import annotations

import pytest

from store.errors import Code
from store.validation.auth_info import check_auth_info, hash_auth_info, verify_auth_info
from tests.store.validation.refusals import refused


@pytest.mark.parametrize("code", ["x" * 6, "x" * 64, "Kōwhai 2026"])
def test_code_of_6_to_64_characters_passes(code: str) -> None:
    """contacts.md: codes have 6 to 64 characters here."""
    assert check_auth_info(code) == code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", Code.MISSING_VALUE),
        ("x" * 5, Code.INVALID_VALUE),
        ("x" * 65, Code.INVALID_VALUE),
        ("secret\x00", Code.INVALID_VALUE),
    ],
)
def test_code_of_another_length_is_refused(code: str, reason: Code) -> None:
    """I-15: a code is required, and within its limits."""
    with refused(reason, "auth_info"):
        hash_auth_info(code)


def test_hash_fits_its_code_alone_and_has_a_salt() -> None:
    """The stored form tells nothing of the code, and two of the same code differ."""
    first, second = hash_auth_info("opens nothing"), hash_auth_info("opens nothing")
    assert first != second
    assert first.startswith("scrypt$16384$8$1$")
    assert "opens" not in first
    assert verify_auth_info("opens nothing", first)
    assert verify_auth_info(" opens nothing\n", second)
    assert not verify_auth_info("opens nothin", first)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain",
        "scrypt$0$8$1$AAAA$AAAA",
        "scrypt$x$8$1$AAAA$AAAA",
        "scrypt$16384$8$1$?$?",
        "scrypt$1048576$8$1$AAAA$AAAA",
        "scrypt$16384$8$1$AAAA$",
    ],
)
def test_broken_hash_fits_nothing(stored: str) -> None:
    """A hash that can't be read never lets a code pass, nor costs memory without bound."""
    assert not verify_auth_info("opens nothing", stored)
