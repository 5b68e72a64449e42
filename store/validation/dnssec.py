"""DS and key data of a signed delegation (RFC 5910, conformance.md 9.4.11)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace

from store.errors import Code, RegistryError
from store.published import DsData, KeyData

__all__ = ["ALGORITHMS", "DIGEST_OCTETS", "check_ds", "check_key", "parse_ds"]

# IANA, DNS Security Algorithm Numbers: those that sign zones, old ones included.
ALGORITHMS = frozenset({1, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 23, 253, 254})

# IANA, DS RR Type Digest Algorithms: SHA-1, SHA-256, GOST 94, SHA-384, GOST 2012, SM3.
DIGEST_OCTETS: Mapping[int, int] = {1: 20, 2: 32, 3: 32, 4: 48, 5: 32, 6: 32}

KEY_FLAGS = frozenset({256, 257})  # zone key without and with secure entry point
KEY_PROTOCOL = 3  # RFC 4034 §2.1.2
MOST_KEY_OCTETS = 4096  # RSA of 4096 bits has 516; room for what comes

_DS = re.compile(r"([0-9]{1,5})\s+([0-9]{1,3})\s+([0-9]{1,3})\s+([0-9A-Fa-f\s]+)", re.ASCII)
_HEX = re.compile(r"[0-9A-F]+")
_BLANKS = re.compile(r"\s+", re.ASCII)
MOST_DS_CHARACTERS = 1024


def parse_ds(text: str, *, field: str = "ds") -> DsData:
    """Read a DS record as zone files write it: tag, algorithm, digest type, hex digits.

    Blanks inside the digest are joined.

    Raises:
        RegistryError: ``INVALID_VALUE``.

    >>> parse_ds("12345 13 2 " + "ab" * 32).digest == "AB" * 32
    True
    """
    match = _DS.fullmatch(text.strip()) if len(text) <= MOST_DS_CHARACTERS else None
    if match is None:
        raise RegistryError(
            Code.INVALID_VALUE,
            "A DS record is written TAG ALGORITHM TYPE DIGEST, the digest in hex.",
            field=field,
        )
    tag, algorithm, digest_type, digest = match.groups()
    ds = DsData(
        key_tag=int(tag), algorithm=int(algorithm), digest_type=int(digest_type), digest=digest
    )
    return check_ds(ds, field=field)


def check_ds(ds: DsData, *, field: str = "ds") -> DsData:
    """Check a DS record; give it with the digest in upper-case hex without blanks.

    Raises:
        RegistryError: ``INVALID_VALUE``.
    """
    digest = _BLANKS.sub("", ds.digest).upper()
    octets = DIGEST_OCTETS.get(ds.digest_type)
    if not 0 <= ds.key_tag <= 65535:
        raise _refusal("A key tag is 0 to 65535.", field)
    _check_algorithm(ds.algorithm, field)
    if octets is None:
        raise _refusal(f"There is no DS digest type {ds.digest_type}.", field)
    if not _HEX.fullmatch(digest) or len(digest) != 2 * octets:
        raise _refusal(
            f"A digest of type {ds.digest_type} has {2 * octets} hex digits.",
            field,
        )
    return replace(ds, digest=digest)


def check_key(key: KeyData, *, field: str = "key") -> KeyData:
    """Check a DNSKEY; give it with the public key's base64 without blanks.

    Raises:
        RegistryError: ``INVALID_VALUE``.
    """
    if key.flags not in KEY_FLAGS:
        raise _refusal("The flags of a zone's key are 256 or 257.", field)
    if key.protocol != KEY_PROTOCOL:
        raise _refusal("The protocol of a key is 3.", field)
    _check_algorithm(key.algorithm, field)
    public_key = _BLANKS.sub("", key.public_key)
    try:
        octets = base64.b64decode(public_key, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refusal("A public key is written in base64.", field) from error
    if not 0 < len(octets) <= MOST_KEY_OCTETS:
        raise _refusal(f"A public key has 1 to {MOST_KEY_OCTETS} octets.", field)
    return replace(key, public_key=public_key)


def _check_algorithm(algorithm: int, field: str) -> None:
    if algorithm not in ALGORITHMS:
        raise _refusal(f"No algorithm {algorithm} signs zones.", field)


def _refusal(sentence: str, field: str) -> RegistryError:
    return RegistryError(Code.INVALID_VALUE, sentence, field=field)
