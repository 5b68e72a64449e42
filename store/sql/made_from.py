"""What an answer was made from: the objects and instants in the rows that its look-up read.

An object is told by the hash of its kind and its subject, as the change log names them, so
that a cached answer carries a few numbers; two objects with one hash only cost an answer
that need not have been dropped. What a look-up did *not* find counts as well: a name that
isn't there may be there after the next edit.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import TypeVar

from store.folding import contact_key, fold_handle
from store.sql.reading import Fetch, Rows
from store.sql.statements import CONTACT, DOMAIN, HOST, REGISTRAR

__all__ = ["ANY", "EVERYTHING", "MadeFrom", "collected", "subject_of", "touched_by"]

T = TypeVar("T")

EVERYTHING = "everything"  # the kind of a log row after which nothing cached counts
ANY = "*"  # what was made from whichever objects of a kind there are

_FOLDED = frozenset({"registrar", "privacy-service"})


def subject_of(kind: str, subject: str) -> int:
    """Give the number that stands for an object, called as people do; case aside in handles."""
    return _number(kind, contact_key(subject) if kind == "contact" and subject != ANY else subject)


def _number(kind: str, logged: str) -> int:
    """Give the number of what the log calls *logged*."""
    return hash((kind, fold_handle(logged) if kind in _FOLDED else logged))


def touched_by(rows: Iterable[tuple[str, str]]) -> tuple[int, ...] | None:
    """Give the numbers that log *rows*, each a kind and a subject, touch; ``None`` for all."""
    touched: list[int] = []
    for kind, subject in rows:
        if kind == EVERYTHING:
            return None
        touched += (_number(kind, subject), _number(kind, ANY))
    return tuple(touched)


class MadeFrom:
    """Gathers what one answer is made from: ``subjects`` and, in microseconds, ``instants``."""

    __slots__ = ("instants", "subjects")

    def __init__(self) -> None:
        self.subjects: set[int] = set()
        self.instants: list[int] = []

    def forget(self) -> None:
        """Begin again, as the look-up does."""
        self.subjects.clear()
        self.instants.clear()

    def add(self, kind: str, subject: object) -> None:
        """Note an object."""
        self.subjects.add(subject_of(kind, str(subject)))

    def bounds(self, begun: float, ended: float) -> tuple[float, float] | None:
        """Give from when until when, in unix seconds, time doesn't change the answer.

        ``None`` where it never does. The answer was made between *begun* and *ended*; where an
        instant lies between them, nobody knows on which side of it, and the bounds hold nothing.
        """
        if not self.instants:
            return None
        moments = [micros / 1e6 for micros in self.instants]
        if ended < begun or any(begun < each <= ended for each in moments):
            return float("inf"), float("-inf")
        return (
            max((each for each in moments if each <= begun), default=float("-inf")),
            min((each for each in moments if each > begun), default=float("inf")),
        )


def collected(reading: Generator[Fetch, Rows, T], made_from: MadeFrom) -> Generator[Fetch, Rows, T]:
    """Run *reading*, and note in *made_from* what every fetch of it read."""
    try:
        name, value = next(reading)
        while True:
            rows = yield name, value
            _NOTING[name](made_from, value, rows)
            name, value = reading.send(rows)
    except StopIteration as stop:
        result: T = stop.value
        return result


_Noting = Callable[[MadeFrom, object, Rows], None]

# Places in a row of `domain_by_name`: after the stamp and whether a deposit brought the zone.
_DOMAIN = 2
_NAME = _DOMAIN + DOMAIN.index("name")
_INSTANTS = tuple(
    _DOMAIN + DOMAIN.index(each)
    for each in ("locked_until", "holder_locked_until", "change_until", "holder_change_until")
)
_SPONSOR = _DOMAIN + len(DOMAIN)
_SERVICE = _SPONSOR + len(REGISTRAR)
_HANDLE = len(CONTACT)  # of a contact, behind what is published of it
_HOST_NAME = HOST.index("name")
_HOST_SPONSOR = len(HOST) + 4  # behind an address, whether it is linked, and two dates


def _nothing(_made: MadeFrom, _value: object, _rows: Rows) -> None:
    """An import alone changes it, and that changes everything."""


def _domain(made: MadeFrom, value: object, rows: Rows) -> None:
    for row in rows:
        if row[_DOMAIN] is None:
            made.add("domain", value)
            continue
        made.add("domain", row[_NAME])
        made.add("registrar", row[_SPONSOR])
        if row[_SERVICE] is not None:
            made.add("privacy-service", row[_SERVICE])
        made.instants += [row[each] for each in _INSTANTS if row[each] is not None]


def _contacts(made: MadeFrom, _value: object, rows: Rows) -> None:
    for row in rows:
        made.add("contact", row[_HANDLE])


def _nested_hosts(made: MadeFrom, _value: object, rows: Rows) -> None:
    for row in rows:
        made.add("host", row[_HOST_NAME])


def _host(made: MadeFrom, value: object, rows: Rows) -> None:
    made.add("host", value)
    for row in rows:
        if row[_HOST_SPONSOR] is not None:
            made.add("registrar", row[_HOST_SPONSOR])


def _any_host(made: MadeFrom, _value: object, rows: Rows) -> None:
    made.add("host", ANY)
    _host(made, ANY, rows)


def _any_registrar(made: MadeFrom, _value: object, _rows: Rows) -> None:
    made.add("registrar", ANY)


def _reserved(made: MadeFrom, value: object, _rows: Rows) -> None:
    made.add("domain", value)  # reserving a name touches it (store.editing.reserved_names)


def _by_roid(made: MadeFrom, _value: object, rows: Rows) -> None:
    """Numbers are given in turn: any new contact may get the one that was asked for."""
    if rows:
        _by_handle(made, None, rows)
    else:
        made.add("contact", ANY)


def _by_handle(made: MadeFrom, value: object, rows: Rows) -> None:
    if value is not None:
        made.add("contact", value)
    for row in rows:
        made.add("contact", row[1])


def _link(made: MadeFrom, _value: object, rows: Rows) -> None:
    """A link's number is random and never given twice; that of none stays that of none."""
    if not rows:
        made.add("domain", ANY)


_NOTING: Mapping[str, _Noting] = {
    "stamp": _nothing,  # spliced in anew wherever it is shown
    "zones": _nothing,
    "secret": _nothing,
    "reserved": _reserved,
    "domain_by_name": _domain,
    "domain_by_id": _domain,
    "domain_contacts": _contacts,
    "domain_hosts": _nested_hosts,
    "domain_dnssec": _nothing,  # the domain's own
    "host_by_name": _host,
    "hosts_by_address": _any_host,
    "registrar_by_gurid": _any_registrar,
    "registrar_by_handle": _any_registrar,
    "registrar_by_handle_key": _any_registrar,
    "registrar_by_name_key": _any_registrar,
    "contact_by_roid": _by_roid,
    "contact_by_handle": _by_handle,
    "contact_by_handle_key": _by_handle,
    "contact_values": _nothing,  # of a contact that was found by its handle or ROID
    "contact_sights": _nothing,  # links touch their contacts
    "link_by_public_id": _link,
}
