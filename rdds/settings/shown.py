"""Settings as text for people and JSON: plain values, secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rdds.settings.tree import SECTIONS, Settings
from rdds.settings.zones import ZONE_READERS

__all__ = [
    "MASK",
    "ShownSetting",
    "list_settings",
    "toml_value",
    "without_password",
    "without_secrets",
]

MASK = "********"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One setting in force. ``value`` is made of texts, numbers, lists and ``None``."""

    key: str
    value: object
    origin: str


def without_password(url: str) -> str:
    """Mask the password in *url*, and what a query may hold of one.

    >>> without_password("postgresql://rdds:secret@db/rdds")
    'postgresql://rdds:********@db/rdds'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    query = MASK if "pass" in parts.query.lower() else parts.query
    netloc = f"{name}{colon}{MASK}{at}{host}" if colon else parts.netloc
    masked = urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))
    # urlunsplit drops the empty host of sqlite:///FILE.
    return url if netloc == parts.netloc and query == parts.query else masked


def without_secrets(url: str) -> str:
    """Mask who logs in with what, and the whole query, in a *url* that is a secret.

    >>> without_secrets("https://sms.example/send?key=secret")
    'https://sms.example/send?********'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    login = f"{name}:{MASK}" if colon else MASK
    netloc = f"{login}@{host}" if at else host
    query, fragment = (MASK if part else "" for part in (parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, parts.path, query, fragment))


def list_settings(settings: Settings) -> Iterator[ShownSetting]:
    """List every setting in the order of the manual, zones last."""
    for section, kind in SECTIONS.items():
        part = getattr(settings, section)
        for declared in fields(kind):
            value = plain_value(getattr(part, declared.name))
            key = f"{section}.{declared.name}"
            shown = _masked(value, secret=declared.metadata["secret"])
            yield ShownSetting(key=key, value=shown, origin=settings.origins.get(key, "default"))
    for zone, policy in settings.registry_policy().zones.items():
        for key in ZONE_READERS:
            dotted = f"zones.{zone}.{key}"
            origin = settings.origins.get(dotted, "default")
            value = plain_value(getattr(policy, key))
            yield ShownSetting(key=dotted, value=value, origin=origin)


def plain_value(value: object) -> object:
    """Give *value* as text, number, list or ``None``; sets in ascending order."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return str(value)
        case tuple():
            return [plain_value(item) for item in value]
        case frozenset():
            return sorted(str(plain_value(item)) for item in value)
        case Path():
            return str(value)
        case _:
            return str(value)


def _masked(value: object, *, secret: bool) -> object:
    match value:
        case list():
            return [_masked(item, secret=secret) for item in value]
        case str() if secret and "://" not in value:
            return MASK
        case str() if secret:
            return without_secrets(value)
        case str() if "://" in value:
            return without_password(value)
        case _:
            return value


def toml_value(value: object) -> str:
    """Spell a plain *value* on one line, as TOML would where TOML can; ``-`` is none."""
    match value:
        case None:
            return "-"
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(toml_value(item) for item in value)}]"
        case float() if value.is_integer():
            return str(int(value))
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
