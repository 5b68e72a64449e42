"""Validators of an answer (RFC 9110 §8.8, §13): its weak entity-tag, and what a client holds."""

from __future__ import annotations

from hashlib import blake2b

__all__ = ["holds", "weak_tag"]

# As the document's writer spells it. A quote inside of a JSON string is escaped, so
# these bytes begin the value of that event and nothing else, whatever a holder's name is.
_STAMP = b'"eventAction":"last update of RDAP database","eventDate":"'


def weak_tag(body: bytes) -> str:
    """Make the entity-tag of the document *body*, weak: two bodies may share it.

    It is made of everything but the instant at which the store last changed, so an
    edit elsewhere in the store leaves it as it is. The asked URL stands in the links.
    """
    start = body.find(_STAMP)
    if start < 0:
        return f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    start += len(_STAMP)
    digest = blake2b(body[:start], digest_size=16)
    digest.update(body[body.index(b'"', start) :])
    return f'W/"{digest.hexdigest()}"'


def holds(field: str, tag: str) -> bool:
    r"""Tell whether an ``If-None-Match`` *field* names the weak *tag*, or any at all.

    The comparison is the weak one (RFC 9110 §8.8.3.2), and no entity-tag has a quote
    inside, so the quoted part is looked for as it is.

    >>> holds('"a", W/"b"', 'W/"b"'), holds("*", 'W/"b"'), holds('"ab"', 'W/"b"')
    (True, True, False)
    """
    return tag[2:] in field or field.strip() == "*"
