"""RDAP's statuses read back to EPP's words (RFC 8056 §2), written from the RFC alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["EPP_STATUS"]

_SPACED = (
    *("add period", "auto renew period", "client delete prohibited", "client hold"),
    *("client renew prohibited", "client transfer prohibited", "client update prohibited"),
    *("inactive", "pending create", "pending delete", "pending renew", "pending restore"),
    *("pending transfer", "pending update", "redemption period", "renew period"),
    *("server delete prohibited", "server renew prohibited", "server transfer prohibited"),
    *("server update prohibited", "server hold", "transfer period"),
)


def _camel(words: str) -> str:
    first, *others = words.split(" ")
    return first + "".join(word.capitalize() for word in others)


# The two that don't follow from the words, and all the others.
EPP_STATUS: Final[Mapping[str, str]] = MappingProxyType(
    {"active": "ok", "associated": "linked"} | {words: _camel(words) for words in _SPACED}
)
