"""What a policy is known by, and whether this node's is the one in force."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from hashlib import sha256

import orjson

from store.policy import RegistryPolicy
from store.sql.policy_in_force import read_in_force
from store.sql.sources import Source

__all__ = ["check_policy", "fingerprint"]

_log = logging.getLogger("rdds.policy")


def fingerprint(policy: RegistryPolicy) -> str:
    """Give 32 hexadecimal digits, the same for the same policy in every process."""
    plain = orjson.dumps(_plain(policy), option=orjson.OPT_SORT_KEYS)
    return sha256(plain).hexdigest()[:32]


def check_policy(source: Source, own: str) -> Callable[[], Awaitable[str | None]]:
    """Ask whether the policy *own* is in force; where none is, it may be any.

    A change is logged once.
    """
    told: list[str | None] = [None]

    async def check() -> str | None:
        in_force = await source.run(read_in_force)
        if in_force is None or in_force == own:
            told[0] = None
            return None
        if told[0] != in_force:
            told[0] = in_force
            _log.error("this node's policy is %s, in force is %s", own, in_force)
        return f"This node's policy is {own}, in force is {in_force}."

    return check


def _plain(value: object) -> object:
    """Give *value* in terms of JSON, sets in one order whatever the process."""
    match value:
        case Enum():
            return _plain(value.value)
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case set() | frozenset():
            return sorted((_plain(each) for each in value), key=orjson.dumps)
        case tuple() | list():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value
