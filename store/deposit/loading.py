"""From a stream of records to the staging tables: which element is what, counted."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree
from sqlalchemy import Connection

from store.deposit.contacts import read_contact
from store.deposit.defects import Defect
from store.deposit.domains import DomainFound, random_keys, read_domain
from store.deposit.elements import Record, uri
from store.deposit.headers import HEADER, KINDS, PASSED_OVER, Header, read_header, refuse_csv
from store.deposit.hosts import read_host
from store.deposit.nndns import read_nndn
from store.deposit.reading import Deletion, Found
from store.deposit.registrars import read_registrar
from store.deposit.remarks import Remark
from store.deposit.rows import AddressRow, DelegationRow, DeletionRow, HostRow
from store.deposit.staging import Stage

__all__ = ["Loader", "Progress"]

# The record of each kind, by its tag; an element of that namespace with another name is none.
_RECORDS = {
    f"{{{uri('rdeDomain-1.0')}}}domain": "domain",
    f"{{{uri('rdeHost-1.0')}}}host": "host",
    f"{{{uri('rdeContact-1.0')}}}contact": "contact",
    f"{{{uri('rdeRegistrar-1.0')}}}registrar": "registrar",
    f"{{{uri('rdeNNDN-1.0')}}}NNDN": "nndn",
    f"{{{uri('rdeIDN-1.0')}}}idnTableRef": "idn-table",
    f"{{{uri('rdeEppParams-1.0')}}}eppParams": "epp-parameters",
    f"{{{uri('rdePolicy-1.0')}}}policy": "policy",
    f"{{{HEADER}}}header": "header",
}
_DELETES = {f"{{{namespace}}}delete": kind for namespace, kind in KINDS.items()}
_DELETED_BY = {
    "domain": ("name",),
    "host": ("name", "roid"),
    "contact": ("id",),
    "registrar": ("id",),
    "nndn": ("aName",),
}
_PASSED_OVER = {
    "idn-table": Remark.IDN_TABLE,
    "epp-parameters": Remark.EPP_PARAMETERS,
    "policy": Remark.POLICY_OBJECT,
}
PROGRESS_EVERY = 2000  # records


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is: octets read (unpacked), objects of each kind, seconds."""

    octets: int
    objects: dict[str, int]
    seconds: float


class Loader:
    """Stage one record after the other.

    ``counts`` are the objects by kind as the deposit has them; ``header`` is set once
    it was met.
    """

    def __init__(
        self, connection: Connection, record: Record, *, full: bool, report: Callable[[], None]
    ) -> None:
        self.stage = Stage(connection)
        self.header: Header | None = None
        self.counts: dict[str, int] = {}
        self._record = record
        self._full = full
        self._report = report
        self._keys = random_keys()
        self._last = {kind: _last_row(connection, kind) for kind in ("domain", "contact", "host")}
        self._seen = 0

    def take(self, found: Found | Deletion) -> None:
        """Stage one record, or one entry of a list of deletions.

        Raises:
            DepositDefect, StrictRefusal: as the reader of its kind.
        """
        self._record.line = found.line
        self._record.subject = ""
        if isinstance(found, Deletion):
            self._delete(found)
        else:
            self._take_record(found.element)
        self._seen += 1
        if self._seen % PROGRESS_EVERY == 0:
            self._report()

    def _take_record(self, element: etree._Element) -> None:
        kind = _RECORDS.get(str(element.tag))
        if kind is None:
            self._unknown(element)
            return
        self.counts[kind] = self.counts.get(kind, 0) + 1
        match kind:
            case "domain":
                number = self._next("domain")
                self._domain(
                    read_domain(element, self._record, number=number, keys=self._keys), number
                )
            case "contact":
                contact, form = read_contact(element, self._record, number=self._next("contact"))
                self.stage.add(contact)
                if form is not None:
                    self.stage.add(form)
            case "host":
                host, addresses = read_host(element, self._record, number=self._next("host"))
                self.stage.add(host)
                for address in addresses:
                    self.stage.add(AddressRow(host.name, address))
            case "registrar":
                self.stage.add(
                    read_registrar(element, self._record, number=self.counts["registrar"])
                )
            case "nndn":
                self.stage.add(read_nndn(element, self._record, number=self.counts["nndn"]))
            case "header":
                self._header(element)
            case _:
                self._record.subject = kind
                self._record.remark(_PASSED_OVER[kind], "it is counted and not kept")

    def _domain(self, found: DomainFound, number: int) -> None:
        stage = self.stage
        stage.add(found.row)
        for host in found.hosts:
            stage.add(DelegationRow(number, host))
        for key in found.keys:
            stage.add(key)
        for attribute in found.attributes:
            stage.add(_bare_host(self._next("host"), self._record.line, attribute.name))
            for address in attribute.addresses:
                stage.add(AddressRow(attribute.name, address))

    def _header(self, element: etree._Element) -> None:
        header = read_header(element, self._record)
        if self.header is None:
            self.header = header
        else:
            self._record.tolerate(Defect.DUPLICATE_OBJECT, "the deposit has two headers")

    def _unknown(self, element: etree._Element) -> None:
        namespace = etree.QName(element).namespace or ""
        refuse_csv(namespace, self._record.line)
        self._record.subject = "object"
        self._record.remark(
            Remark.UNKNOWN_OBJECT, f"{str(element.tag)[:100]} is not known and was passed over"
        )

    def _delete(self, found: Deletion) -> None:
        """Stage a deletion; a FULL deletes by what it lacks, so its lists are ignored (8.1.3)."""
        namespace = found.kind[1:].partition("}")[0]
        refuse_csv(namespace, found.line)
        kind = _DELETES.get(found.kind)
        entry = etree.QName(found.element)
        if kind is None:
            if namespace not in PASSED_OVER:
                self._record.subject = "deletion"
                self._record.remark(Remark.UNKNOWN_OBJECT, "a deletion of an unknown kind")
        elif entry.localname not in _DELETED_BY[kind]:
            self._record.extension(found.element)
        elif not self._full:
            by_roid = entry.localname == "roid"
            is_name = kind in {"domain", "host", "nndn"} and not by_roid
            self._record.subject = f"deleted {kind}"
            text = found.element.text
            key = self._record.name(text) if is_name else self._record.handle(text, "id")
            if key is not None:
                self.stage.add(DeletionRow(found.line, kind, key, by_roid))

    def _next(self, kind: str) -> int:
        self._last[kind] += 1
        return self._last[kind]


def _bare_host(number: int, line: int, name: str) -> HostRow:
    return HostRow(number, line, name, 0, 0, 1, None, None, "", None, None, None, None)


def _last_row(connection: Connection, table: str) -> int:
    """Give the highest number that a row of *table* has or ever had.

    None comes back: ROIDs and aliases of what was deleted must not come to mean another.
    """
    drawn = f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'"
    if connection.dialect.name == "postgresql":
        drawn = f"SELECT pg_sequence_last_value(pg_get_serial_sequence('{table}', 'id')::regclass)"
    last: int | None = connection.exec_driver_sql(drawn).scalar_one_or_none()
    highest: int | None = connection.exec_driver_sql(f"SELECT max(id) FROM {table}").scalar_one()
    return max(last or 0, highest or 0)
