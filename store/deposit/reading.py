"""Reading a deposit as a stream: its envelope, then one record after the other.

libxml2 parses piece by piece into a tree, and whatever is finished below
``rde:contents`` and ``rde:deletes`` is handed on and removed at once. No event is
raised for single elements, so Python touches records alone (5 us each, against some
40 us with events), and the tree never holds more than a piece's worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from store.deposit.defects import Defect, DepositDefect, printable
from store.deposit.elements import line_of

__all__ = ["Deletion", "DepositReader", "Envelope", "Found"]

RDE = "urn:ietf:params:xml:ns:rde-1.0"
_DEPOSIT, _CONTENTS, _DELETES = f"{{{RDE}}}deposit", f"{{{RDE}}}contents", f"{{{RDE}}}deletes"

MOST_PROLOG = 256 * 1024  # octets before the root element
MOST_RECORD = 4 * 1024 * 1024  # octets without a finished record
SNIFF = 512

_ENTITY_ERRORS = frozenset({"ERR_ENTITY_LOOP", "ERR_ENTITY_PROCESSING", "ERR_INVALID_DEC_CHARREF"})
_SIZE_WORDS = ("huge", "exceeded", "excessive", "too long", "too many", "too big", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What ``rde:deposit`` says of itself (RFC 8909 §5), as text."""

    type: str
    id: str
    previous: str | None
    watermark: str
    menu: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A finished record of ``rde:contents``; read it before asking for the next."""

    line: int
    element: etree._Element


@dataclass(frozen=True, slots=True)
class Deletion:
    """One entry of a list of ``rde:deletes``; *kind* is the tag of the list."""

    line: int
    kind: str
    element: etree._Element


class DepositReader:
    """Read one deposit from *pieces* of bytes.

    ``envelope`` is set before the first record is given.

    Raises (while records are read):
        DepositDefect: ``not-a-deposit``, ``not-well-formed``, ``entity-declaration``
            or ``too-large``.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._parser = _parser(tag=f"{{{RDE}}}*")
        self._root: etree._Element | None = None
        self._sections: list[etree._Element] = []
        self._idle = 0  # octets since a record was finished
        self._envelope: Envelope | None = None
        self.octets = 0

    @property
    def envelope(self) -> Envelope:
        """The deposit's envelope; known once the first record is, or all is read."""
        if self._envelope is None:
            raise DepositDefect(
                Defect.NOT_A_DEPOSIT, "it has no rde:contents and no rde:deletes", line=self._line()
            )
        return self._envelope

    def records(self) -> Iterator[Found | Deletion]:
        """Give every record in the order of the deposit."""
        for piece in _checked_start(self._pieces):
            self._feed(piece)
            yield from self._finished(last=False)
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _defect(error) from error
        self._look()
        yield from self._finished(last=True)

    def _feed(self, piece: bytes) -> None:
        self.octets += len(piece)
        self._idle += len(piece)
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError as error:
            raise _defect(error) from error
        self._look()

    def _look(self) -> None:
        for element in _begun(self._parser):
            if element.tag == _DEPOSIT and self._root is None:
                self._root = element
            elif element.tag in {_CONTENTS, _DELETES} and element.getparent() is self._root:
                self._sections.append(element)
        if self._envelope is None and self._sections and self._root is not None:
            self._envelope = _envelope(self._root)
            self._idle = 0

    def _finished(self, *, last: bool) -> Iterator[Found | Deletion]:
        for number, section in enumerate(self._sections):
            # The section still being read keeps its last child: it may be unfinished.
            whole = last or number < len(self._sections) - 1
            if section.tag == _CONTENTS:
                yield from self._records_of(section, keep=0 if whole else 1)
            else:
                yield from self._deletions_of(section, whole=whole)
        if self._idle > MOST_RECORD:
            raise DepositDefect(
                Defect.TOO_LARGE,
                f"one object is larger than {MOST_RECORD // 1024 // 1024} MiB",
                line=self._line(),
            )

    def _records_of(self, section: etree._Element, *, keep: int) -> Iterator[Found]:
        for element in _taken(section, keep=keep):
            yield Found(line_of(element), element)
            self._idle = 0

    def _deletions_of(self, section: etree._Element, *, whole: bool) -> Iterator[Deletion]:
        for group in _taken(section, keep=0 if whole else 1):
            yield from self._entries_of(group, keep=0)
            self._idle = 0
        if len(section):  # the list still being read may be long: take what is finished
            yield from self._entries_of(section[0], keep=1)

    def _entries_of(self, group: etree._Element, *, keep: int) -> Iterator[Deletion]:
        kind = str(group.tag)
        for entry in _taken(group, keep=keep):
            yield Deletion(line_of(entry), kind, entry)
            self._idle = 0

    def _line(self) -> int | None:
        if self._sections:
            section = self._sections[-1]
            return line_of(section[-1] if len(section) else section)
        return line_of(self._root) if self._root is not None else 1


def _taken(parent: etree._Element, *, keep: int) -> Iterator[etree._Element]:
    """Give and remove the children of *parent* but the last *keep* (0 or 1) of them."""
    child = next(iter(parent), None)
    while child is not None:
        follower = child.getnext()
        if follower is None and keep:
            return
        yield child
        parent.remove(child)
        child = follower


def _parser(*, tag: str | None) -> etree.XMLPullParser:
    # Nothing is fetched and libxml2's own limits stand. A document type is refused before
    # anything of it is used, so all that is left to resolve are XML's own five entities
    # (with resolve_entities=False lxml would pass over the error of an unknown one).
    return etree.XMLPullParser(
        events=("start",),
        tag=tag,
        huge_tree=False,
        resolve_entities="internal",  # type: ignore[arg-type] # newer than the stubs
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _checked_start(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give *pieces* unchanged, once it is sure that they begin like a deposit.

    A parser of its own reads up to the root element in small steps, so a document type
    is refused before a single entity of it is used.
    """
    parser, held, size = _parser(tag=None), [], 0
    root: etree._Element | None = None
    for piece in pieces:
        held.append(piece)
        for start in range(0, len(piece), SNIFF):
            step = piece[start : start + SNIFF]
            root = _sniff(parser, step, first=size == 0)
            size += len(step)
            if root is not None or size > MOST_PROLOG:
                break
        if root is not None:
            break
        if size > MOST_PROLOG:
            raise DepositDefect(Defect.TOO_LARGE, "too much stands before the root element")
    if root is None:
        raise _no_root(b"".join(held))
    if root.getroottree().docinfo.internalDTD is not None:
        raise DepositDefect(
            Defect.ENTITY_DECLARATION, "a deposit has no document type and no entities", line=1
        )
    if root.tag != _DEPOSIT:
        raise DepositDefect(
            Defect.NOT_A_DEPOSIT,
            f"the root element is {printable(str(root.tag))}, not rde:deposit",
            line=line_of(root),
        )
    yield from held
    yield from pieces


def _sniff(parser: etree.XMLPullParser, octets: bytes, *, first: bool) -> etree._Element | None:
    try:
        parser.feed(octets)
    except etree.XMLSyntaxError as error:
        if first and not _looks_like_xml(octets):
            raise _no_root(octets) from error
        raise _defect(error) from error
    return next(_begun(parser), None)


def _begun(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    """Give the elements that began since the last look."""
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):  # noqa: SLF001 - lxml's only name for it
            yield element


def _looks_like_xml(octets: bytes) -> bool:
    return octets.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _no_root(octets: bytes) -> DepositDefect:
    if not octets.strip():
        return DepositDefect(Defect.NOT_A_DEPOSIT, "the file is empty")
    if _looks_like_xml(octets):
        return DepositDefect(Defect.NOT_WELL_FORMED, "the XML is cut off before its root element")
    # RFC 9580 §4.2: the first octet of an OpenPGP message has its top bit set.
    if octets[0] & 0x80 or octets.startswith(b"-----BEGIN PGP"):
        sentence = "this is no XML; an encrypted .ryde deposit must be decrypted first"
    else:
        sentence = "this is no XML"
    return DepositDefect(Defect.NOT_A_DEPOSIT, sentence, line=1)


def _envelope(root: etree._Element) -> Envelope:
    watermark = root.findtext(f"{{{RDE}}}watermark") or ""
    uris = root.iterfind(f"{{{RDE}}}rdeMenu/{{{RDE}}}objURI")
    previous = (root.get("prevId") or "").strip()
    return Envelope(
        type=(root.get("type") or "").strip(),
        id=(root.get("id") or "").strip(),
        previous=previous or None,
        watermark=watermark.strip(),
        menu=tuple((uri.text or "").strip() for uri in uris),
    )


def _defect(error: etree.XMLSyntaxError) -> DepositDefect:
    """Say what libxml2 stumbled over."""
    sentence = printable((error.msg or "broken XML").split(", line ")[0])
    name = etree.ErrorTypes._getName(getattr(error, "code", 0), "")  # noqa: SLF001 - lxml's table
    if name in _ENTITY_ERRORS or "ntity reference loop" in sentence or "amplification" in sentence:
        defect = Defect.ENTITY_DECLARATION
    elif name in {"ERR_RESOURCE_LIMIT", "ERR_NAME_TOO_LONG"} or any(
        word in sentence.lower() for word in _SIZE_WORDS
    ):
        defect = Defect.TOO_LARGE
    else:
        defect = Defect.NOT_WELL_FORMED
    return DepositDefect(defect, sentence, line=error.lineno or None)
