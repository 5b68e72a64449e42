"""What an edit did, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One edit's result; a dry run's is the same.

    ``kind`` is ``contact``, ``domain``, ``host``, ``registrar``, ``privacy-service`` or
    ``reserved-name``; ``subject`` the handle or name. ``action`` is ``created``,
    ``updated``, ``deleted``, ``split``, ``transferred``, ``added``, ``removed`` or
    ``unchanged``. ``changes`` maps a field, named as its option with underscores, to its
    old and new value, ``None`` for none, fit for JSON. ``copies`` maps the contacts that
    were copied to their copies' ids (a split, a transfer).
    """

    kind: str
    subject: str
    action: str
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
