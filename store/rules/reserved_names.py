"""Names that can't be registered: kept back by the registry or blocked by a service."""

from __future__ import annotations

from datetime import datetime

from store.changes import AddReservedName
from store.errors import Code, RegistryError
from store.model import ReservedName
from store.validation.text import limited

__all__ = ["add_reserved_name"]

MOST_BY = 255  # characters of a service's name


def add_reserved_name(change: AddReservedName, *, name: str, now: datetime) -> ReservedName:
    """Give the name to keep back; *name* is in inner form.

    Raises:
        RegistryError: ``POLICY`` for a service beside a name that isn't blocked,
            ``INVALID_VALUE``.
    """
    by = None
    if change.by is not None:
        if not change.blocked:
            raise RegistryError(
                Code.POLICY, "A service blocks names; a reserved name has none.", field="by"
            )
        by = limited(change.by, field="by", least=1, most=MOST_BY)
    return ReservedName(name=name, blocked=change.blocked, by=by, created=now)
