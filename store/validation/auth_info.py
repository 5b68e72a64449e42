"""Authorisation codes of contacts: needed at creation, kept as salted hashes (I-15, I-16)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from store.validation.text import limited

__all__ = ["check_auth_info", "hash_auth_info", "verify_auth_info"]

LEAST_CHARACTERS, MOST_CHARACTERS = 6, 64  # contacts.md, below the decisions

# RFC 7914 §2. 128 * cost * block octets of memory: 16 MiB, some 50 ms.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_MOST_MEMORY = 64 * 2**20
_SALT_OCTETS = 16
_KEY_OCTETS = 32


def check_auth_info(text: str, *, field: str = "auth_info") -> str:
    """Give the code in its normal form, 6 to 64 characters.

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE``.
    """
    return limited(text, field=field, least=LEAST_CHARACTERS, most=MOST_CHARACTERS)


def hash_auth_info(text: str) -> str:
    """Check a code and give its salted hash, ``scrypt$N$r$p$salt$key`` with base64 parts.

    Raises:
        RegistryError: as :func:`check_auth_info`.
    """
    salt = secrets.token_bytes(_SALT_OCTETS)
    key = _derived(check_auth_info(text), salt, (_COST, _BLOCK, _PARALLEL))
    parts = (base64.b64encode(octets).decode("ascii") for octets in (salt, key))
    return "$".join(("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL), *parts))


def verify_auth_info(text: str, stored: str) -> bool:
    """Tell whether *text* is the code whose hash is *stored*; a broken hash fits nothing.

    Raises:
        RegistryError: as :func:`check_auth_info`.
    """
    code = check_auth_info(text)
    try:
        scheme, cost, block, parallel, salt, key = stored.split("$")
        expected = base64.b64decode(key, validate=True)
        parameters = (int(cost), int(block), int(parallel))
        derived = _derived(code, base64.b64decode(salt, validate=True), parameters)
    except (ValueError, binascii.Error):
        return False
    return scheme == "scrypt" and hmac.compare_digest(derived, expected)


def _derived(code: str, salt: bytes, parameters: tuple[int, int, int]) -> bytes:
    cost, block, parallel = parameters
    return hashlib.scrypt(
        code.encode("utf-8"),
        salt=salt,
        n=cost,
        r=block,
        p=parallel,
        maxmem=_MOST_MEMORY,
        dklen=_KEY_OCTETS,
    )
