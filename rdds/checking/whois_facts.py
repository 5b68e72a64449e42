"""What WHOIS said: the text of a domain's answer as facts (conformance.md 6.3, 6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rdds.checking.facts import REGISTERED, STAMP, UNREGISTERED, Facts, Gathering, Hidden
from rdds.checking.fields import FIELDS, MASKABLE, SINGLE, UNORDERED, WHOIS_ASIDE
from rdds.checking.neutral import mailbox, neutral_instant, neutral_url

__all__ = ["OTHER_LINE", "REDACTIONS", "NoAnswerError", "whois_facts"]

# conformance.md 6.5.1: the wordings of 2018 and of 2024.
REDACTIONS = frozenset({"REDACTED FOR PRIVACY", "REDACTED"})

OTHER_LINE = "Line without a key"

_KEY = re.compile(r"([^:]{1,100}):(?:[ \t]+(.*))?")
_STAMP = re.compile(r">>> *last update of .*?: *(\S+) *<<<", re.IGNORECASE)
# The page of the codes is each zone's own (conformance.md 6.4.4).
_STATUS = re.compile(r"([A-Za-z]+) https?://[^\s#]+#\1")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_COMPARED = frozenset(field.key.lower() for field in FIELDS)
_NONE = re.compile(
    r"no match|.*not found|no data found|no nameservers found|no registrar found|nothing found"
    r"|reserved: |blocked(?: by .*)?: |.*is not served here|server name: ",
    re.IGNORECASE,
)

_INSTANTS = frozenset(
    {"Updated Date", "Creation Date", "Registry Expiry Date"}
    | {"Registrar Registration Expiration Date"}
)
_NAMES = frozenset({"Domain Name", "Name Server"})
_SPELLING: Mapping[str, str] = MappingProxyType({key.lower(): key for key in WHOIS_ASIDE})


class NoAnswerError(ValueError):
    """The text is no answer about a domain; the message says what it is instead."""


def whois_facts(text: str, redactions: Iterable[str] = REDACTIONS) -> Facts:
    """Read the answer *text*, in which one of *redactions* stands for a withheld value.

    The record ends at the line of the last update; what follows is for people.

    Raises:
        NoAnswerError: the text neither is a record nor says that there is none.
    """
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise NoAnswerError("what it says is empty")
    record, stamp = _record(lines)
    if not any(line.lower().startswith("domain name:") for line in record):
        return _no_record(lines[0], stamp)
    gathering = Gathering()
    gathering.add(REGISTERED, "yes")
    if stamp is not None:
        gathering.add(STAMP, neutral_instant(stamp))
    texts = frozenset(redactions)
    for line in record:
        _gather_line(gathering, line, texts)
    return _with_redactions(gathering.facts(UNORDERED, SINGLE), texts)


def _record(lines: list[str]) -> tuple[list[str], str | None]:
    """Split off the record and the instant that ends it."""
    for at, line in enumerate(lines):
        match = _STAMP.fullmatch(line)
        if match:
            return _without_complaints(lines[:at]), match[1]
    return lines, None


def _without_complaints(record: list[str]) -> list[str]:
    """Leave out the line for complaints, the record's last, in whatever words a zone has it."""
    match = _KEY.fullmatch(record[-1]) if record else None
    if match is None or match[1].strip().lower() in _COMPARED or not _URL.fullmatch(match[2] or ""):
        return record
    return record[:-1]


def _no_record(first: str, stamp: str | None) -> Facts:
    # A failure says "Error: …" or "temporarily unavailable" (conformance.md 6.8.5).
    if first.lower().startswith("error:") or not _NONE.match(first):
        raise NoAnswerError("what it says is no answer about a domain")
    found = {} if stamp is None else {STAMP: (neutral_instant(stamp),)}
    return {**UNREGISTERED, **found}


def _gather_line(gathering: Gathering, line: str, redactions: frozenset[str]) -> None:
    match = _KEY.fullmatch(line)
    if match is None:
        gathering.add(OTHER_LINE, line)
        return
    key, value = match[1].strip(), (match[2] or "").strip()
    if key.lower() not in _SPELLING:
        gathering.add(key, value if value in redactions else _neutral(key, value))


def _neutral(key: str, value: str) -> str:
    if not value:
        return value
    if key in _NAMES:
        return value.lower()
    if key in _INSTANTS:
        return neutral_instant(value)
    if key == "Domain Status":
        status = _STATUS.fullmatch(value)
        return status[1] if status else value
    if key == "Registrar URL":
        return neutral_url(value)
    if key in {"Registrant Email", "Admin Email", "Tech Email"}:
        return mailbox(value)
    return value


def _with_redactions(facts: Facts, redactions: frozenset[str]) -> Facts:
    return {
        key: Hidden.WITHHELD
        if key in MASKABLE and isinstance(value, tuple) and set(value) <= redactions
        else value
        for key, value in facts.items()
    }
