"""The index of what searches may find, brought in line with links (``store.sql.sights``)."""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, bindparam, select, text

from store.sql.schema import contact
from store.sql.sights import fill_sights

__all__ = ["settle_sights"]


def settle_sights(connection: Connection, numbers: Iterable[int]) -> None:
    """Bring the sights of the contacts with these row *numbers* in line with their links.

    It looks at each sight, not at each link: an edit costs the same for one name as for
    a hundred thousand.
    """
    wanted = sorted(set(numbers))
    if not wanted:
        return
    for statement in _settling(connection.dialect.name):
        connection.execute(statement, {"numbers": wanted})


@cache
def _settling(dialect: str) -> tuple[Executable, ...]:
    numbers: BindParameter[Any] = bindparam("numbers", expanding=True)
    refilling = (
        text("DELETE FROM contact_sight WHERE contact_id IN :numbers").bindparams(numbers),
        text(fill_sights(dialect, _SEEN)).bindparams(numbers),
    )
    if dialect == "sqlite":  # an editor is alone
        return refilling
    # Editors of other names of the same contacts wait; what follows sees what they committed.
    locking = select(contact.c.id).where(contact.c.id.in_(numbers)).order_by(contact.c.id)
    return locking.with_for_update(key_share=True), *refilling


# One step of an index for each sight a contact has.
_NEXT = "SELECT min(l.sight) FROM domain_contact l WHERE l.contact_id = {id} AND l.sight {after}"
_SEEN = (
    "WITH RECURSIVE seen (contact_id, sight) AS ("
    f"SELECT c.id, ({_NEXT.format(id='c.id', after='IS NOT NULL')})"
    " FROM contact c WHERE c.id IN :numbers UNION ALL"
    f" SELECT p.contact_id, ({_NEXT.format(id='p.contact_id', after='> p.sight')})"
    " FROM seen p WHERE p.sight IS NOT NULL)"
    " SELECT contact_id, sight FROM seen WHERE sight IS NOT NULL ORDER BY contact_id, sight"
)
