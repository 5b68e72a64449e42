"""Which language a page is in: the one a link names, else the browser's first that we have."""

from __future__ import annotations

import re

from pages.catalogue import LANGUAGES

__all__ = ["named_language", "negotiated_language"]

_MOST_RANGES = 30  # languages a browser may list; nobody reads more
_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?"
)


def named_language(asked: str) -> str | None:
    """Give the language that a link names, ``None`` for none of ours."""
    return asked if asked in LANGUAGES else None


def negotiated_language(accepted: str) -> str:
    """Choose a language by the field ``Accept-Language`` (RFC 9110 §12.5.4).

    The first of ours where none is asked for; what can't be read counts for nothing.

    >>> negotiated_language("de;q=0.9, it-CH;q=0.8, *;q=0.1"), negotiated_language("de")
    ('it', 'en')
    """
    weights: dict[str, float] = {}
    for each in accepted.split(",")[:_MOST_RANGES]:
        read = _RANGE.fullmatch(each)
        if read is not None:
            weight = 1.0 if read[2] is None else float(read[2])
            language = read[1].lower()
            weights[language] = max(weight, weights.get(language, 0.0))
    others = weights.get("*", 0.0)
    best = max(LANGUAGES, key=lambda language: weights.get(language, others))
    return best if weights.get(best, others) > 0 else LANGUAGES[0]
