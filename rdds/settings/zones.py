"""``[zones.NAME]``: a profile and whatever a zone says otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from rdds.settings.addresses import service_url
from rdds.settings.readers import Reader, choice, flag, listed, optional, parsed, text, word_of
from store.model import PostalType, PrivacyMode, Role
from store.policy import CHANGE_PROFILES, PROFILES, LockStatus, Part, ZonePolicy, ZoneRole
from store.published import PublicRole
from store.queries import Sought
from whois43.labels import DOMAIN_KEYS

__all__ = ["ZONE_READERS", "zone_policy"]

# conformance.md 11.2.2 and D-35: clients take these for a negative answer wherever they
# stand, and the last word stands in no answer at all.
_UNSAYABLE = ("not found", "no match", "billing")
_MOST_LINE = 500
_MOST_LINES = 100
_MOST_KEY = 100


def _refuse_phrases(words: str) -> None:
    squeezed = re.sub(r"\s+", " ", words).lower()
    for phrase in _UNSAYABLE:
        if phrase in squeezed:
            raise ValueError(f"says `{phrase}`, which answers of this kind must not")


def _sayable(line: str) -> str:
    _refuse_phrases(line)
    if len(line) > _MOST_LINE:
        raise ValueError(f"has a line of more than {_MOST_LINE} characters")
    return line


def _redaction_text(line: str) -> str:
    if not line.strip():
        raise ValueError("is empty")
    return _sayable(line.strip())


def _terms(raw: object) -> tuple[str, ...]:
    lines = raw.splitlines() if isinstance(raw, str) else listed(raw)
    if len(lines) > _MOST_LINES:
        raise ValueError(f"has more than {_MOST_LINES} lines")
    terms = tuple(_sayable(text(line).rstrip()) for line in lines)
    _refuse_phrases(" ".join(terms))  # nor what two lines make between them
    return terms


def _terms_url(line: str) -> str:
    return service_url(_sayable(line))


def _complaint_text(line: str) -> str:
    """Read the key of the complaint line of port 43: a text that no other key has."""
    key = _redaction_text(line)
    if ":" in key or len(key) > _MOST_KEY:
        raise ValueError(f"has a colon or more than {_MOST_KEY} characters")
    if key.lower() in {taken.lower() for taken in DOMAIN_KEYS}:
        raise ValueError("is a key of the record itself")  # conformance.md 6.3.8
    return key


def _status_url(line: str) -> str:
    if "#" in line:
        raise ValueError("has a fragment, which is each code's own")  # conformance.md 6.4.4
    return _terms_url(line)


def _contact_url(line: str) -> str:
    filled = line.replace("{name}", "shop.example").replace("{role}", "registrant")
    try:
        service_url(_sayable(filled))
    except ValueError as error:
        if "{" in filled or "}" in filled:
            raise ValueError("has a place other than {name} and {role}") from error
        raise
    return line


def _without_none(modes: frozenset[PrivacyMode]) -> frozenset[PrivacyMode]:
    if PrivacyMode.NONE not in modes:
        raise ValueError("lacks none, the mode of a new name")
    return modes


def _then(reader: Reader[frozenset[PrivacyMode]]) -> Reader[frozenset[PrivacyMode]]:
    return Reader(read=lambda raw: _without_none(reader.read(raw)), spell=reader.spell)


def _role(raw: object) -> ZoneRole:
    return ZoneRole(word_of(tuple(role.value for role in ZoneRole)).read(raw))


def _lock_status(raw: object) -> LockStatus:
    return LockStatus(word_of(tuple(status.value for status in LockStatus)).read(raw))


ZONE_READERS: Mapping[str, Reader[object]] = {
    "profile": word_of(tuple(PROFILES)),
    "role": Reader(read=_role),
    "required_roles": choice(Role),
    "published_roles": choice(PublicRole),
    "postal_types": choice(PostalType),
    "phone_required_roles": choice(Role),
    "privacy_modes": _then(choice(PrivacyMode)),
    "redacted": choice(Part),
    "always_shown": choice(Part),
    "registrant_change": word_of(tuple(CHANGE_PROFILES)),
    "material_address": flag(),
    "lock_status": Reader(read=_lock_status),
    "pending_update": flag(),
    "redaction_text": parsed(_redaction_text),
    "terms": Reader(read=_terms),
    "terms_url": optional(_terms_url),
    "contact_url": optional(_contact_url),
    "complaint_text": parsed(_complaint_text),
    "complaint_url": optional(_terms_url),
    "status_url": parsed(_status_url),
    "searches": choice(Sought),
}


def zone_policy(given: Mapping[str, object], refuse: Callable[[str, str], Exception]) -> ZonePolicy:
    """Build a zone's policy from the values *given*, each already read.

    *refuse* makes the error for a key and a sentence's end.

    Raises:
        Exception: what *refuse* makes, where two values contradict each other.
    """
    base = PROFILES[str(given.get("profile", "gtld"))]
    policy: ZonePolicy = replace(base, **given)  # type: ignore[arg-type]  # the readers' types
    both = policy.redacted & policy.always_shown
    if both:
        key = "redacted" if "redacted" in given else "always_shown"
        other = "always_shown" if key == "redacted" else "redacted"
        raise refuse(key, f"names {', '.join(sorted(both))}, which {other} names too")
    if not policy.postal_types:
        raise refuse("postal_types", "is empty: no contact could be linked")
    return policy
