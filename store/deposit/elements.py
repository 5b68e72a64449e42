"""The words of the deposit's elements, and how their text becomes values.

Elements match by namespace and never by prefix. What EPP's schemas say inside an
object (``contact:postalInfo``'s parts, ``domain:hostObj``) is also taken in the
object's own namespace, where some producers put it.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import timegm
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from lxml import etree

from store.deposit.defects import Defect, DepositDefect
from store.deposit.remarks import Notes, Remark
from store.errors import RegistryError
from store.names import ascii_name
from store.policy import RegistryPolicy
from store.statuses import COMPUTED, Status

__all__ = ["Record", "Tags", "line_of", "tags", "unix_microseconds", "uri"]

URN = "urn:ietf:params:xml:ns:"

_BLANKS = " \t\r\n"  # white space of XML 1.0 §2.3
_BREAKS = re.compile(r"[ \t\r\n]*[\t\r\n][ \t\r\n]*")
_RUNS = re.compile(r"[ \t\r\n]+")
# D-08: what no value may hold, beside the white space of XML.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]+")
# What old registrations look like that IDNA 2008 no longer allows, and hosts with `_`.
_LOOSE_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_MOST_OFFSET = 14 * 3600  # seconds east or west of UTC (XSD 3.3.7)
_MOST_LINE = 65_535
MOST_HANDLE = 255  # characters of an id or ROID; the schemas have 16 and 89
MOST_TEXT = 4096  # characters of any other value
MOST_MENTIONED = 10_000  # registrars named in passing that are remembered

Tags = dict[str, str]


def uri(kind: str) -> str:
    """Give the namespace URI of *kind*, such as ``rdeDomain-1.0``."""
    return URN + kind


def tags(kinds: str, names: str) -> Tags:
    """Map the full tags of *names* in each of the namespaces *kinds* to the bare names."""
    return {f"{{{URN}{kind}}}{name}": name for kind in kinds.split() for name in names.split()}


def line_of(element: etree._Element) -> int:
    """Give the line on which *element* begins.

    libxml2 keeps 16 bits of it for an element. Beyond that it has the line on which the
    next text ends, inside the element or behind it: the text's lines are taken off.
    """
    line: object = element.sourceline
    if not isinstance(line, int):
        return 0
    if line < _MOST_LINE:
        return line
    if element.text:
        return line - element.text.count("\n")
    if len(element):
        return line_of(element[0])
    return line - (element.tail or "").count("\n")


class Record:
    """The object being read: where it stands, what it is, and what is noticed of it.

    One object serves a whole import; ``line`` and ``subject`` move with the records.
    """

    def __init__(self, notes: Notes, policy: RegistryPolicy) -> None:
        self.notes = notes
        self.policy = policy
        self.line = 0
        self.subject = ""
        self.watermark = 0
        self.mentioned: dict[str, tuple[int, str]] = {}

    def remark(self, kind: Remark, sentence: str) -> None:
        """Note a fact about this object."""
        self.notes.note(kind, self.line, self.subject, sentence)

    def tolerate(self, defect: Defect, sentence: str) -> None:
        """Let a defect of this object pass, or refuse the deposit."""
        self.notes.tolerates(defect, sentence, line=self.line, subject=self.subject)

    def broken(self, sentence: str) -> DepositDefect:
        """Make the refusal of an object that lacks what every schema asks for."""
        return DepositDefect(
            Defect.NOT_A_DEPOSIT, sentence, line=self.line, subject=self.subject or None
        )

    def text(self, value: str | None) -> str | None:
        """Give free text (XSD normalizedString) in the store's form (D-08); nothing is ``None``.

        A line end and the blanks around it are one blank: deposits are pretty-printed.
        """
        if value is None:
            return None
        if len(value) > MOST_TEXT:
            value = self._cut(value)
        if value.isascii() and value.isprintable():
            return value.strip(" ") or None
        return self._cleaned(_BREAKS.sub(" ", value)) or None

    def token(self, value: str | None) -> str | None:
        """Give a token: as text, and inner runs of blanks are one blank."""
        if value is None:
            return None
        if len(value) > MOST_TEXT:
            value = self._cut(value)
        if value.isalnum() and value.isascii():
            return value  # most of them
        shown = value.strip(_BLANKS)
        if shown.isascii() and shown.isprintable() and "  " not in shown:
            return shown or None
        return self._cleaned(_RUNS.sub(" ", shown)) or None

    def handle(self, value: str | None, field: str) -> str | None:
        """Give an id or a ROID: a token that every index has room for.

        Raises:
            DepositDefect: ``not-a-deposit`` where it is longer.
        """
        handle = self.token(value)
        if handle is not None and len(handle) > MOST_HANDLE:
            raise self.broken(f"its {field} has more than {MOST_HANDLE} characters")
        return handle

    def _cut(self, value: str) -> str:
        value = value.strip(_BLANKS)
        if len(value) > MOST_TEXT:
            self.remark(Remark.ODD_LENGTH, f"a value was cut to {MOST_TEXT} characters")
        return value[:MOST_TEXT]

    def _cleaned(self, value: str) -> str:
        if _CONTROLS.search(value):
            self.remark(Remark.CONTROL_CHARACTER, "a control character was replaced by a blank")
            value = _RUNS.sub(" ", _CONTROLS.sub(" ", value))
        return unicodedata.normalize("NFC", value).strip()

    def registrar(self, value: str | None) -> str | None:
        """Give the handle of a registrar that is named in passing."""
        handle = self.token(value)
        if (
            handle is not None
            and handle not in self.mentioned
            and len(self.mentioned) < MOST_MENTIONED
        ):
            self.mentioned[handle] = (self.line, self.subject)
        return handle

    def instant(self, value: str | None, field: str) -> int | None:
        """Give the microseconds since 1970 of an ``xs:dateTime``; without a zone it is UTC."""
        if value is None or not (stripped := value.strip(_BLANKS)):
            return None
        instant = unix_microseconds(stripped)
        if instant is None:
            self.remark(Remark.UNREADABLE_VALUE, f"{field} is not a date and time")
        return instant

    def number(self, value: str | None, field: str, *, most: int = 2**31 - 1) -> int | None:
        """Give a whole number from 0 to *most*."""
        digits = self.token(value)
        if digits is None:
            return None
        bare = digits.removeprefix("+")
        if bare.isascii() and bare.isdigit() and len(bare) <= 20 and int(bare) <= most:
            return int(bare)
        self.remark(Remark.UNREADABLE_VALUE, f"{field} is not a number that fits")
        return None

    def name(self, value: str | None) -> str:
        """Give a domain's or host's name in inner form.

        A name that IDNA 2008 refuses is taken as it stands where the DNS could hold it.

        Raises:
            DepositDefect: ``not-a-deposit`` where it could not.
        """
        written = (value or "").strip(_BLANKS)
        if not written:
            raise self.broken("it has no name")
        try:
            name = ascii_name(written)
        except RegistryError:
            name = written.removesuffix(".").lower()
            if not _LOOSE_NAME.fullmatch(name):
                raise self.broken("its name is no domain name") from None
            self.remark(Remark.ODD_NAME, "the name is not one by IDNA 2008")
        if name is not written and name != written.removesuffix("."):
            self.remark(Remark.UPPER_CASE, "the name is not written in lower-case A-labels")
        return name

    def statuses(self, elements: list[etree._Element], known: frozenset[Status]) -> set[Status]:
        """Give the statuses to store, of those that are *known* for this kind of object."""
        found: set[Status] = set()
        for element in elements:
            word = (element.get("s") or "").strip(_BLANKS)
            status = _STATUSES.get(word)
            if status is None or status not in known:
                if status not in COMPUTED:
                    self.remark(Remark.UNKNOWN_STATUS, "a status not known for such an object")
            elif status not in COMPUTED:
                found.add(status)
            if element.text and element.text.strip():
                self.remark(Remark.STATUS_TEXT, "a status has a text, which is not kept")
        return found

    def extension(self, element: etree._Element) -> None:
        """Note an element that is not part of the object's schema."""
        if isinstance(element.tag, str):
            self.remark(Remark.UNKNOWN_EXTENSION, f"unknown element {element.tag[:100]}")


_STATUSES = {status.value: status for status in Status}


def unix_microseconds(text: str) -> int | None:
    """Give the microseconds since 1970 of an ``xs:dateTime``, or ``None``.

    Digits beyond the microsecond are cut off. A time without a zone is UTC: RFC 9022
    has UTC alone. An instant outside the years 1 to 9999 of UTC is none.

    >>> unix_microseconds("1970-01-01T01:00:00.0000019+01:00")
    1
    """
    if len(text) == 20 and text[19] == "Z" and text[7] == "-" and text[13] == ":":
        try:  # the usual form, three times as fast as the pattern
            since = datetime.fromisoformat(text) - _EPOCH
        except ValueError:
            pass
        else:
            return (since.days * 86_400 + since.seconds) * 1_000_000
    return _unusual_instant(text)


def _unusual_instant(text: str) -> int | None:
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    date, hour, minute, second, fraction, zone = match.groups()
    day = _day(date)
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
    # 24:00:00 is midnight (XSD); 60 is a leap second, told as the next second.
    if day is None or seconds > 86_400 or int(minute) > 59 or int(second) > 60:
        return None
    if zone is not None and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[4:]) * 60
        if offset > _MOST_OFFSET or int(zone[4:]) > 59:
            return None
        seconds -= int(zone[0] + "1") * offset
    micro = int(fraction[:6].ljust(6, "0")) if fraction else 0
    instant = day + seconds * 1_000_000 + micro
    return instant if _FIRST <= instant <= _LAST else None


@lru_cache(maxsize=16_384)
def _day(date: str) -> int | None:
    """Give the microseconds of the beginning of *date*, ``YYYY-MM-DD``."""
    try:
        start = datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC)
        start + timedelta(days=2)  # the end of time is no date of a deposit
    except (ValueError, OverflowError):
        return None
    return timegm(start.timetuple()) * 1_000_000
