"""Validators of an answer (RFC 9110 §8.8, §13): its weak entity-tag, and what a client holds."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["holds", "stamp_span", "weak_tag", "weak_tag_around"]

# As the document's writer spells it. A quote inside of a JSON string is escaped, so
# these bytes begin the value of that event and nothing else, whatever a holder's name is.
_DIGITS = 32  # of SHA-256, which processors have in hardware: a third of the time of BLAKE2
_STAMP = b'"eventAction":"last update of RDAP database","eventDate":"'


def weak_tag(body: bytes) -> str:
    """Make the entity-tag of the document *body*, weak: two bodies may share it.

    It is made of everything but the instant at which the store last changed, so an
    edit elsewhere in the store leaves it as it is. The asked URL stands in the links.
    """
    start, end = stamp_span(body) or (0, 0)
    return weak_tag_around(body[:start], body[end:])


def weak_tag_around(before: bytes, behind: bytes) -> str:
    """Make the same of what stands before and behind that instant; without one, of any two."""
    digest = sha256(before)
    digest.update(behind)
    return f'W/"{digest.hexdigest()[:_DIGITS]}"'


def stamp_span(body: bytes) -> tuple[int, int] | None:
    """Give where the instant of the store's last change stands in *body*, if it does."""
    start = body.find(_STAMP)
    if start < 0:
        return None
    start += len(_STAMP)
    return start, body.index(b'"', start)


def holds(field: str, tag: str) -> bool:
    r"""Tell whether an ``If-None-Match`` *field* names the weak *tag*, or any at all.

    The comparison is the weak one (RFC 9110 §8.8.3.2), and no entity-tag has a quote
    inside, so the quoted part is looked for as it is.

    >>> holds('"a", W/"b"', 'W/"b"'), holds("*", 'W/"b"'), holds('"ab"', 'W/"b"')
    (True, True, False)
    """
    return tag[2:] in field or field.strip() == "*"
