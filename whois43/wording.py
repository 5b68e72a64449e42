"""What a zone's notices say in every answer: made once for each wording there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from store.published import Notices
from store.statuses import Status
from whois43.labels import status_text
from whois43.lines import clean, encoded

__all__ = ["Wording", "wording_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Notices as lines: clean, and ``terms`` and ``codes`` as they go out.

    ``redaction`` stands for a withheld value, ``statuses`` holds the whole line of each,
    ``complaint`` one line or none. ``codes`` follows the stamp of a domain's record,
    ``terms`` ends every answer.
    """

    redaction: str
    statuses: Mapping[Status, str]
    complaint: tuple[str, ...]
    codes: bytes
    terms: bytes


@lru_cache(maxsize=1024)
def wording_of(notices: Notices) -> Wording:
    """Give the wording of *notices*."""
    url, complaint = clean(notices.status_url), clean(notices.complaint_url or "")
    codes = f"For more information on Whois status codes, please visit {url}"
    # conformance.md 6.3.4: free text comes after a blank line.
    terms = ["", *map(clean, notices.terms)] if notices.terms else []
    return Wording(
        redaction=clean(notices.redaction_text),
        statuses={status: f"Domain Status: {status_text(status, url)}" for status in Status},
        # conformance.md 6.4.1
        complaint=(f"{clean(notices.complaint_text)}: {complaint}",) if complaint else (),
        codes=encoded(["", codes]),
        terms=encoded(terms),
    )
