"""The section of one role in a domain's record."""

from __future__ import annotations

from operator import attrgetter

from store.published import Field, Party, PublicRole
from whois43.labels import PARTY_KEYS, ROLE_WORDS

__all__ = ["party_lines"]

# conformance.md 6.4.7: the id is a ROID. D-32: a withheld one says so.
_FIELDS = (("ID", "handle"), *PARTY_KEYS)
_values = attrgetter(*(member for _, member in _FIELDS))


def _keys(role: PublicRole) -> tuple[str, ...]:
    word = ROLE_WORDS[role]
    return (f"Registry {word} ID: ", *(f"{word} {key}: " for key, _ in PARTY_KEYS))


# The beginning of every line of each role, so that no answer has to make them.
_KEYS = {role: _keys(role) for role in PublicRole}
_MEMBERS = tuple(member for _, member in _FIELDS)
_STREET, _EMAIL = _MEMBERS.index("street"), _MEMBERS.index("email")


def party_lines(party: Party, redaction: str) -> list[str]:
    """Give the section of *party*, the wording *redaction* for what is withheld.

    Values stand as they are, for the caller to look through (``lines.are_clean``). A withheld
    street prints one line, not one for each it has (contacts.md 7.5), and so does whatever
    else is withheld (D-22); with an empty wording none.
    """
    lines: list[str] = []
    values: tuple[Field | tuple[str, ...], ...] = _values(party)
    # What takes an address's place is the URL of a form, never a sentence (contacts.md 7.5).
    if party.contact_uri and values[_EMAIL].__class__ is not str:
        values = (*values[:_EMAIL], party.contact_uri)
    for key, value in zip(_KEYS[party.role], values, strict=True):
        # By class: this runs forty times an answer, at half the price of `isinstance`.
        if value.__class__ is str:
            if value:
                lines.append(f"{key}{value}")
        elif value.__class__ is tuple:
            lines += [f"{key}{part}" for part in value if part]
        elif value is not None and redaction:
            lines.append(key + redaction)
    return lines
