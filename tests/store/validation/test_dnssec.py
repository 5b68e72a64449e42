from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.published import DsData, KeyData
from store.validation.dnssec import (
    ALGORITHMS,
    DIGEST_OCTETS,
    MOST_KEY_OCTETS,
    check_ds,
    check_key,
    parse_ds,
)
from tests.store.validation.refusals import outcome, refused


def a_ds(**changes: Any) -> DsData:
    """Give a good DS record."""
    return replace(DsData(key_tag=12345, algorithm=13, digest_type=2, digest="AB" * 32), **changes)


def a_key(**changes: Any) -> KeyData:
    """Give a good key."""
    plain = KeyData(flags=257, protocol=3, algorithm=13, public_key="AQPJ////4Q==")
    return replace(plain, **changes)


@pytest.mark.parametrize(
    "text",
    [
        f"12345 13 2 {'AB' * 32}",
        f"12345 13 2 {'ab' * 32}",
        f"  12345\t13 2  {'ab' * 16} {'AB' * 16}\n",
        "12345 13 2 " + " ".join(["abab"] * 16),
    ],
)
def test_ds_record_is_read_as_zone_files_write_it(text: str) -> None:
    """Blanks inside the digest are joined, hex is stored in upper case."""
    assert parse_ds(text) == a_ds()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345 13 2",
        "12345 13 2 ",
        f"65536 13 2 {'AB' * 32}",
        f"-1 13 2 {'AB' * 32}",
        f"１２ 13 2 {'AB' * 32}",
        f"12345 RSA 2 {'AB' * 32}",
        f"12345 13 2 {'AB' * 31}",
        f"12345 13 2 {'AB' * 33}",
        f"12345 13 2 {'AB' * 31}A",
        f"12345 13 2 {'XY' * 32}",
        f"12345 13 1 {'AB' * 32}",
        f"12345 13 0 {'AB' * 32}",
        f"12345 13 255 {'AB' * 32}",
        f"12345 0 2 {'AB' * 32}",
        f"12345 255 2 {'AB' * 32}",
        f"12345 13 2 {'AB' * 32} ; note",
        "9" * 5000,
        f"12345 13 2 {'A B ' * 5000}",
    ],
)
def test_ds_record_out_of_rule_is_refused(text: str) -> None:
    """9.4.11: tag 0 to 65535, algorithm and digest type known, a digest of the right length."""
    with refused(Code.INVALID_VALUE, "ds"):
        parse_ds(text)


@pytest.mark.parametrize("digest_type", DIGEST_OCTETS)
@pytest.mark.parametrize("tag", [0, 65535])
def test_digest_has_the_length_of_its_type(digest_type: int, tag: int) -> None:
    """9.4.11: each digest type has one length."""
    digest = "0A" * DIGEST_OCTETS[digest_type]
    ds = a_ds(key_tag=tag, digest_type=digest_type, digest=digest)
    assert check_ds(ds) == ds
    for wrong in ("", digest[:-2], digest[:-1], digest + "00"):
        with refused(Code.INVALID_VALUE, "ds"):
            check_ds(replace(ds, digest=wrong))


@given(st.text() | st.from_regex(r"\d{1,5} \d{1,3} \d [0-9a-f ]{0,100}", fullmatch=True))
def test_any_text_is_a_ds_record_or_refused(text: str) -> None:
    """Parsers never raise anything but a coded refusal, and what they give they take."""
    ds = outcome(lambda: parse_ds(text))
    if isinstance(ds, RegistryError):
        assert ds.code is Code.INVALID_VALUE
    else:
        assert check_ds(ds) == ds
        assert ds.algorithm in ALGORITHMS


def test_good_key_is_kept_without_blanks() -> None:
    """RFC 4034 §2.2 allows blanks in the base64."""
    assert check_key(a_key(public_key="AQPJ ////\n4Q==")) == a_key()
    assert check_key(a_key(flags=256)) == a_key(flags=256)


@pytest.mark.parametrize(
    "changes",
    [
        {"flags": 1},
        {"flags": -1},
        {"flags": 0},
        {"flags": 258},
        {"protocol": 2},
        {"algorithm": 0},
        {"algorithm": 2},
        {"public_key": ""},
        {"public_key": "?"},
        {"public_key": "AQPJ////4Q"},
        {"public_key": "ＡＱＰＪ"},
        {"public_key": base64.b64encode(bytes(MOST_KEY_OCTETS + 1)).decode()},
    ],
)
def test_key_out_of_rule_is_refused(changes: dict[str, object]) -> None:
    """9.4.11: flags 256 or 257, protocol 3, a known algorithm, base64."""
    with refused(Code.INVALID_VALUE, "key"):
        check_key(a_key(**changes))
