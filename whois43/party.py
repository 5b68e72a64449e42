"""The section of one role in a domain's record."""

from __future__ import annotations

from store.published import Party, Withheld
from whois43.labels import PARTY_KEYS, ROLE_WORDS
from whois43.lines import put, put_field

__all__ = ["party_lines"]

# Whole keys of each role with the member each prints, so that no answer has to make them.
_KEYS = {
    role: tuple((f"{word} {key}", member) for key, member in PARTY_KEYS)
    for role, word in ROLE_WORDS.items()
}


def party_lines(party: Party, redaction: str) -> list[str]:
    """Give the section of *party*, the wording *redaction* for what is withheld.

    A withheld street prints one line, not one for each it has (contacts.md 7.5).
    """
    lines: list[str] = []
    # conformance.md 6.4.7: the id is a ROID. D-32: a withheld one says so.
    put_field(lines, f"Registry {ROLE_WORDS[party.role]} ID", party.handle, redaction)
    for key, member in _KEYS[party.role]:
        match member:
            case "street":
                _put_street(lines, key, party.street, redaction)
            case "email":
                _put_email(lines, key, party, redaction)
            case _:
                put_field(lines, key, getattr(party, member), redaction)
    return lines


def _put_street(
    lines: list[str], key: str, street: tuple[str, ...] | Withheld, redaction: str
) -> None:
    if isinstance(street, Withheld):
        put(lines, key, redaction)
        return
    for part in street:
        put(lines, key, part)


def _put_email(lines: list[str], key: str, party: Party, redaction: str) -> None:
    """Print an address or else the URL of a form, never a sentence (contacts.md 7.5)."""
    if party.contact_uri and not isinstance(party.email, str):
        put(lines, key, party.contact_uri)
    else:
        put_field(lines, key, party.email, redaction)
