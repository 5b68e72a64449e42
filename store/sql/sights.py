"""Through what a contact is seen: the store's own index of what searches may find.

A *sight* is one way in which names show a contact: a published role, a privacy mode that
doesn't put a service in the holder's place, and a zone. It is spelled ``rn example``: the
role's first letter, the mode's, and the zone. A link that shows nothing of its contact
(billing, or under a privacy service) has none. ``contact_sight`` holds each contact that has
some, with all of them as one text and the folded keys that searches compare. Few such texts
differ, so a search finds by policy which of them show the contact, and then walks exactly
the rows that it may show. Whoever writes links or contacts settles ``contact_sight`` in the
same transaction. What a zone redacts is policy and isn't here.
"""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from store.model import PrivacyMode, Role
from store.published import PublicRole

__all__ = [
    "HIDDEN",
    "SHOWN",
    "SIGHT",
    "UNSAID",
    "Sight",
    "fill_sights",
    "own_set",
    "said",
    "sight_of_link",
]

# A holder's word on one element (contacts.md 7.3).
HIDDEN, UNSAID, SHOWN = 0, 1, 2

MOST_SET = 1000  # characters of a set: an index has no room for any length
OWN = "#"  # a longer one is the contact's own, and spelled by its number

MODES = (PrivacyMode.NONE, PrivacyMode.WITHHOLD)

# The sight of a link, in SQL.
SIGHT = (
    "CASE WHEN {role} = 'billing' OR {privacy} = 'proxy' THEN NULL"
    " ELSE substr({role}, 1, 1) || substr({privacy}, 1, 1) || ' ' || {zone} END"
)

_ROLES = {role.value[0]: role for role in PublicRole}
_MODES = {mode.value[0]: mode for mode in MODES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One way in which names show a contact."""

    role: PublicRole
    mode: PrivacyMode
    zone: str

    def __str__(self) -> str:
        return f"{self.role.value[0]}{self.mode.value[0]} {self.zone}"

    @classmethod
    def read(cls, spelled: str) -> Sight:
        """Read what ``str`` gives.

        >>> Sight.read("rn example").zone
        'example'
        """
        return cls(role=_ROLES[spelled[0]], mode=_MODES[spelled[1]], zone=spelled[3:])


def sight_of_link(role: Role, mode: PrivacyMode, zone: str) -> str | None:
    """Give the sight of a link in *role* of a name in *zone*, ``None`` where it shows nothing."""
    if role is Role.BILLING or mode is PrivacyMode.PROXY:
        return None
    return f"{role.value[0]}{mode.value[0]} {zone}"


def said(dialect: str, element: Literal["name", "email"], column: str = "c.disclosures") -> str:
    """Give the SQL of the holder's word on *element*, in *column*: 0, 1 or 2."""
    if dialect == "sqlite":
        found, shown, hidden = f"json_type({column}, '$.{element}')", "integer", "null"
    else:
        found = f"json_typeof(CAST({column} AS json) -> '{element}')"
        shown, hidden = "number", "null"
    return (
        f"CASE {found} WHEN '{shown}' THEN {SHOWN} WHEN '{hidden}' THEN {HIDDEN} ELSE {UNSAID} END"
    )


def own_set(contact_id: int) -> str:
    """Spell the set of a contact whose sights are too many for a key: its own."""
    return f"{OWN}{contact_id}"


def fill_sights(dialect: str, links: str) -> str:
    """Give the statement that adds to ``contact_sight``; *links* gives each contact and sight once.

    They come in order, so that equal sets are spelled alike.
    """
    joined = "group_concat(l.sight, ',')"
    if dialect == "postgresql":
        joined = "string_agg(l.sight, ',' ORDER BY l.sight)"
    return (
        "INSERT INTO contact_sight (contact_id, sights, name_said, name_key, roid_key,"
        f" email_said, email_key) SELECT c.id, CASE WHEN length(s.sights) > {MOST_SET}"
        f" THEN '{OWN}' || c.id ELSE s.sights END, {said(dialect, 'name')}, c.name_key,"
        f" c.roid_key, {said(dialect, 'email')}, c.email_key"
        f" FROM (SELECT l.contact_id, {joined} AS sights FROM ({links}) AS l"
        " GROUP BY l.contact_id) AS s JOIN contact c ON c.id = s.contact_id"
    )
