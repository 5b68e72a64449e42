"""What a client's ``Accept`` and ``Accept-Encoding`` say (RFC 9110 §12.5).

The media type of an answer is settled whatever ``Accept`` holds (conformance.md 1.1.7);
what can't be read is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from rdap.members import MEDIA_TYPE

__all__ = ["WORTH_GZIP", "accepted_extensions", "smallest_gzip"]

WORTH_GZIP = 1400  # octets: what is shorter travels in one packet either way

_REMEMBERED = 256  # different fields; browsers and libraries send few
_LONGEST_REMEMBERED = 500  # characters: a client may send hundreds of thousands in many lines
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_CODING = re.compile(
    rf"\s*({_WORD})\s*(?:;\s*q\s*=\s*(0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?)\s*)?", re.IGNORECASE
)
# Text up to a separator that stands outside of quotes; possessive, so that no text is
# read twice.
_MEMBER = re.compile(r'(?:[^",]++|"(?:[^"\\]++|\\.)*+"?+)++')
_PARAMETER = re.compile(r'(?:[^";]++|"(?:[^"\\]++|\\.)*+"?+)++')
_ESCAPED = re.compile(r"\\(.)")


Read = TypeVar("Read")


def _remembering(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Have *read* remember what it made of short fields; a long one is read each time."""
    remembered = lru_cache(maxsize=_REMEMBERED)(read)

    @wraps(read)
    def reading(field: str) -> Read:
        return remembered(field) if len(field) <= _LONGEST_REMEMBERED else read(field)

    return reading


@_remembering
def smallest_gzip(accept_encoding: str) -> int | None:
    """Give the octets from which on a body goes out in gzip; ``None`` where none may.

    A client that refuses the plain form gets even the shortest body in gzip.

    >>> smallest_gzip("br, gzip;q=0.5"), smallest_gzip("gzip;q=0, *"), smallest_gzip("*;q=0, gzip")
    (1400, None, 0)
    """
    weights: dict[str, float] = {}
    for member in accept_encoding.split(","):
        match = _CODING.fullmatch(member)
        if match is not None:
            weights.setdefault(match[1].lower(), float(match[2] or 1))
    others = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", others))
    plain = weights.get("identity", 0.0 if "*" in weights and not others else None)
    if not gzip or (plain is not None and plain > gzip):
        return None
    return 0 if plain == 0 else WORTH_GZIP


@_remembering
def accepted_extensions(accept: str) -> frozenset[str]:
    """Name the extensions that an ``Accept`` field asks for (conformance.md 5.9).

    They stand in the parameter ``exts_list`` of RDAP's media type, parted by blanks.

    >>> sorted(accepted_extensions('application/rdap+json;exts_list="rdap_level_0 jscontact"'))
    ['jscontact', 'rdap_level_0']
    """
    asked: set[str] = set()
    for member in _MEMBER.findall(accept):
        kind, *parameters = _PARAMETER.findall(member) or [""]
        if kind.strip().lower() != MEDIA_TYPE:
            continue
        values = dict(map(_parameter, parameters))
        if float(_weight(values.get("q", "1"))):
            asked.update(values.get("exts_list", "").split())
    return frozenset(asked)


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    value = value.strip()
    if value.startswith('"'):
        value = _ESCAPED.sub(r"\1", value[1:].removesuffix('"'))
    return name.strip().lower(), value


def _weight(text: str) -> str:
    return text if re.fullmatch(r"[01](?:\.[0-9]{0,3})?", text) else "1"
