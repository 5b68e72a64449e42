"""Coded errors: one list for the whole product.

Each door holds a total table from :class:`Code` to its own reply.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Code", "RegistryError", "StoreUnavailableError"]


class Code(StrEnum):
    """Why a change or a question was refused."""

    # Wrong input.
    INVALID_NAME = "INVALID_NAME"
    INVALID_ADDRESS = "INVALID_ADDRESS"
    INVALID_VALUE = "INVALID_VALUE"
    MISSING_VALUE = "MISSING_VALUE"
    # Objects and their relations.
    NOT_FOUND = "NOT_FOUND"
    AMBIGUOUS = "AMBIGUOUS"
    EXISTS = "EXISTS"
    IN_USE = "IN_USE"
    UNSERVED_ZONE = "UNSERVED_ZONE"
    NAME_RESERVED = "NAME_RESERVED"
    ROLE_REQUIRED = "ROLE_REQUIRED"
    NOT_SPONSOR = "NOT_SPONSOR"
    NOT_ALLOWED = "NOT_ALLOWED"  # whoever acts has no role that may do this (contacts.md 9)
    # Rules that stand in the way.
    STATUS_PROHIBITS = "STATUS_PROHIBITS"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"  # a transfer lock that no status shows
    POLICY = "POLICY"
    CONFLICT = "CONFLICT"
    CLOSED = "CLOSED"  # a registrant change that has ended, or a link that was used
    UNBOUNDED = "UNBOUNDED"  # a search that no index answers
    DEFECT = "DEFECT"
    # Settings and use.
    SETTINGS = "SETTINGS"
    USAGE = "USAGE"
    # The store or a peer.
    STORE_MISSING = "STORE_MISSING"
    STORE_OUTDATED = "STORE_OUTDATED"
    STORE_BUSY = "STORE_BUSY"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    PEER_UNREACHABLE = "PEER_UNREACHABLE"
    TIMED_OUT = "TIMED_OUT"


class RegistryError(Exception):
    """A refusal with a stable code, a sentence for people and the field's name.

    *field* is the option's name with underscores (``voice_ext``), or ``None``
    where no single field is to blame.
    """

    def __init__(self, code: Code, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class StoreUnavailableError(RegistryError):
    """The store can't be reached or can't be trusted just now; trying later may help."""

    def __init__(self, message: str, *, code: Code = Code.STORE_UNAVAILABLE) -> None:
        super().__init__(code, message)
