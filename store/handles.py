r"""Public handles: ROIDs, the random handle of a link, and privacy aliases.

A ROID is ``(\w|_){1,80}-\w{1,8}`` (RFC 5730 §2.8). A link's handle has that shape
and is random (D-26). An alias is a keyed, reversible token of a name, a role and
the holder's generation (D-12).
"""

from __future__ import annotations

import base64
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from store.values import value

__all__ = ["Alias", "AliasCipher", "link_handle", "new_public_id", "parse_link_handle", "roid"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing to misread
_PAIRS = tuple(one + other for one in _ALPHABET for other in _ALPHABET)
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_DIGITS = 13  # 63 bits in base 32
_ROLES = ("registrant", "admin", "tech")


def roid(kind: str, number: int, repository: str) -> str:
    """Spell the ROID of the object *number*; *kind* is one letter, ``C``, ``D`` or ``H``."""
    return f"{kind}{number}-{repository}"


def new_public_id() -> int:
    """Draw a random 63-bit number for a new link."""
    return secrets.randbits(63)


def link_handle(public_id: int, repository: str) -> str:
    """Spell a link's number as a handle, ``L`` and thirteen base-32 digits before the repository.

    >>> link_handle(1, "EXAMPLE")
    'L0000000000001-EXAMPLE'
    """
    n, two = public_id, _PAIRS  # two digits at a time: a third of the time of one
    return (
        f"L{_ALPHABET[n >> 60]}{two[n >> 50 & 1023]}{two[n >> 40 & 1023]}{two[n >> 30 & 1023]}"
        f"{two[n >> 20 & 1023]}{two[n >> 10 & 1023]}{two[n & 1023]}-{repository}"
    )


def parse_link_handle(handle: str, repository: str) -> int | None:
    """Give the link's number that *handle* spells, case aside, or ``None``."""
    head, _, tail = handle.upper().partition("-")
    if len(head) != _DIGITS + 1 or head[0] != "L" or tail != repository.upper():
        return None
    number = 0
    for digit in head[1:]:
        value = _VALUES.get(digit)
        if value is None:
            return None
        number = number << 5 | value
    return number if number < 1 << 63 else None


@value(frozen=True, slots=True, kw_only=True)
class Alias:
    """What an alias stands for: a domain's row, a role, and the holder's generation."""

    domain_id: int
    role: str
    generation: int


class AliasCipher:
    """Make and read privacy aliases under the store's secret of 32 bytes.

    One AES block holds one alias, so tokens neither repeat nor tell anything, and
    a forged one fails on its empty bits.
    """

    def __init__(self, secret: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305 - one block, never two alike

    def token(self, alias: Alias) -> str:
        """Give the local part of the alias, 26 lower-case letters and digits."""
        block = struct.pack(">QBIxxx", alias.domain_id, _ROLES.index(alias.role), alias.generation)
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(block) + encryptor.finalize()
        return base64.b32encode(sealed).decode("ascii").rstrip("=").lower()

    def read(self, token: str) -> Alias | None:
        """Give what *token* stands for, or ``None`` if this store never made it."""
        try:
            sealed = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except ValueError:
            return None
        if len(sealed) != 16:
            return None
        decryptor = self._cipher.decryptor()
        block = decryptor.update(sealed) + decryptor.finalize()
        if block[13:] != b"\0\0\0" or block[8] >= len(_ROLES):
            return None
        domain_id, role, generation = struct.unpack(">QBIxxx", block)
        return Alias(domain_id=domain_id, role=_ROLES[role], generation=generation)
