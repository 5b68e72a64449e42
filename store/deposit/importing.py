"""The import of one deposit, all or nothing (conformance.md section 8).

Read and stage, check, merge, tell history and readers: one transaction, the caller's.
"""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

import gc
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Connection

from store.changes import Actor
from store.deposit import (
    checks,
    counting,
    name_servers,
    parties,
    registrant_changes,
    registrations,
    sights,
    zones,
)
from store.deposit.defects import TOLERABLE, Defect, DepositDefect, printable
from store.deposit.elements import Record, unix_microseconds
from store.deposit.headers import Header, check_menu, refuse_csv
from store.deposit.loading import Loader, Progress
from store.deposit.reading import DepositReader, Envelope
from store.deposit.remarks import Notes, Remark, RemarkCount
from store.deposit.source import pieces
from store.deposit.sql import Load
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.instants import from_micros, to_micros
from store.policy import RegistryPolicy
from store.sql.journal import log_changes, scrub_history, write_history
from store.sql.locks import lock_for_import

__all__ = ["ImportOptions", "ImportSummary", "Progress", "import_deposit"]

_TYPES = frozenset({"FULL", "INCR", "DIFF"})
_DEPOSIT_ID = re.compile(r"\w{1,13}")  # RFC 8909 §5

# Tables whose rows an import numbers itself.
_NUMBERED = ("domain", "contact", "host")
_ANALYZED = (
    *("domain", "domain_contact", "domain_host", "contact", "contact_sight"),
    *("host", "host_address"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import: what may pass, and who does it through which door.

    ``policy`` says what the entry rules of each zone are.

    Raises:
        RegistryError: ``USAGE`` for a defect that can't be let pass.
    """

    replace: bool = False
    tolerate: frozenset[Defect] = frozenset()
    strict: bool = False
    actor: str = "import"
    door: str = "cli"
    repository: str = "EXAMPLE"
    policy: RegistryPolicy = field(default_factory=RegistryPolicy)

    def __post_init__(self) -> None:
        for defect in sorted(self.tolerate - TOLERABLE):
            raise RegistryError(
                Code.USAGE, f"A deposit with {defect} can't be read at all.", field="tolerate"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What one deposit brought.

    ``objects`` counts its objects by kind, ``zones`` are those it fills, ``domains`` is
    how many names they hold now, and ``removed`` how many names went.
    """

    type: str
    id: str
    watermark: datetime
    zones: tuple[str, ...]
    objects: dict[str, int]
    domains: int
    removed: int
    remarks: tuple[RemarkCount, ...]
    octets: int
    seconds: float


def import_deposit(
    connection: Connection,
    stream: BinaryIO,
    options: ImportOptions,
    *,
    clock: Callable[[], datetime],
    progress: Callable[[Progress], None] | None = None,
) -> ImportSummary:
    """Load one deposit, plain or gzip, inside the transaction of *connection*.

    Raises:
        DepositDefect: ``DEFECT``, naming line and object; the caller rolls back.
        StrictRefusal: ``INVALID_VALUE``, under ``strict``.
        RegistryError: ``EXISTS`` for a FULL of a zone that the store holds already.
    """
    with _rare_collections():
        return _Import(connection, stream, options, clock=clock, progress=progress).run()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look less often: rows make no cycles (11 % of the time)."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Import:
    """One import under way."""

    def __init__(
        self,
        connection: Connection,
        stream: BinaryIO,
        options: ImportOptions,
        *,
        clock: Callable[[], datetime],
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._connection = connection
        self._options = options
        self._clock, self._now = clock, 0
        self._progress = progress
        self._begun = time.monotonic()
        self._reader = DepositReader(pieces(stream))
        self._notes = Notes(strict=options.strict, tolerate=options.tolerate)
        self._record = Record(self._notes, options.policy)

    def run(self) -> ImportSummary:
        # Rows are numbered here and compared in sets: other editors wait, readers don't.
        lock_for_import(self._connection)
        self._now = to_micros(self._clock())
        loader = self._load()
        load = Load(
            connection=self._connection,
            notes=self._notes,
            envelope=self._reader.envelope,
            now=self._now,
            watermark=self._record.watermark,
            repository=self._options.repository,
        )
        header = loader.header
        if header is not None:
            check_menu(load.envelope.menu, header, loader.counts, self._record)
        elif loader.counts:
            raise DepositDefect(Defect.NOT_A_DEPOSIT, "it has no header (rdeHeader:header)")
        else:
            header = zones.header_of_deletions(load)
        self._check(load, loader, header)
        filled = zones.list_zones(load)
        before = _names_in(load)
        registrant_changes.note_changes(load)
        removed = _merge(load)
        counting.check_totals(load, header, loader.counts)
        registrant_changes.settle_changes(load, self._session())
        self._tell(load, loader.counts, filled, before)
        domains = _names_in(load)
        loader.stage.drop()
        self._report(loader)
        return ImportSummary(
            type=load.envelope.type,
            id=load.envelope.id,
            watermark=from_micros(load.watermark),
            zones=filled,
            objects=dict(loader.counts),
            domains=domains,
            removed=removed,
            remarks=self._notes.summary(),
            octets=self._reader.octets,
            seconds=time.monotonic() - self._begun,
        )

    def _session(self) -> Session:
        """Give what ending a registrant change needs: it is an edit of this import's."""
        options, at = self._options, from_micros(self._now)
        return Session(
            connection=self._connection,
            policy=options.policy,
            actor=Actor(name=options.actor, door=options.door),
            now=at.replace(microsecond=0),
            logged_at=at,
        )

    def _load(self) -> Loader:
        """Read all records into the staging tables."""
        loader: Loader | None = None
        for found in self._reader.records():
            if loader is None:
                loader = self._begin()
            loader.take(found)
        if loader is None:
            loader = self._begin()
        loader.stage.finish()
        return loader

    def _begin(self) -> Loader:
        """Check the envelope, which stands before all records (RFC 8909 §5)."""
        envelope = self._reader.envelope
        self._record.watermark = _check_envelope(envelope)
        loader = Loader(
            self._connection,
            self._record,
            full=envelope.type == "FULL",
            report=lambda: self._report(loader),
        )
        return loader

    def _check(self, load: Load, loader: Loader, header: Header) -> None:
        counting.check_counts(load, header, loader.counts)
        zones.stage_zones(load, header)
        checks.check_zones(load)
        checks.check_deletions(load)
        zones.check_known(load, zones.list_zones(load), replace=self._options.replace)
        zones.check_chain(load, header)
        checks.check_duplicates(load)
        parties.check_other_contacts(load)
        checks.check_registrars(load, loader.stage, self._record.mentioned)
        parties.check_other_registrars(load)
        checks.check_links(load)
        checks.check_hosts(load)

    def _tell(
        self, load: Load, counts: dict[str, int], filled: tuple[str, ...], before: int
    ) -> None:
        """Write history and, for the readers, the one row that drops everything."""
        envelope, at = load.envelope, from_micros(self._now)
        changes: dict[str, tuple[object, object]] = {
            "deposit": (None, envelope.id),
            "type": (None, envelope.type),
            "watermark": (None, from_micros(load.watermark).isoformat()),
            "names": (before, _names_in(load)),
            **{f"{kind}_objects": (None, count) for kind, count in sorted(counts.items())},
        }
        who = {"actor": self._options.actor, "door": self._options.door}
        for zone in filled:
            write_history(
                self._connection,
                kind="zone",
                subject=zone,
                action="import",
                at=at,
                changes=changes,
                **who,
            )
        _tell_objects(load, **who)
        subject = filled[0] if filled else envelope.id
        log_changes(self._connection, [("everything", subject)], at=at)

    def _report(self, loader: Loader | None) -> None:
        if self._progress is not None and loader is not None:
            self._progress(
                Progress(
                    octets=self._reader.octets,
                    objects=dict(loader.counts),
                    seconds=time.monotonic() - self._begun,
                )
            )


def _check_envelope(envelope: Envelope) -> int:
    """Give the watermark in microseconds.

    Raises:
        DepositDefect: ``not-a-deposit``, or ``csv-model`` by the menu.
    """
    if envelope.type not in _TYPES:
        raise DepositDefect(
            Defect.NOT_A_DEPOSIT, "its type is not FULL, INCR or DIFF", line=1, subject="deposit"
        )
    if not _DEPOSIT_ID.fullmatch(envelope.id):
        raise DepositDefect(
            Defect.NOT_A_DEPOSIT,
            f"its id {printable(envelope.id)!r} is not 1 to 13 letters and digits",
            line=1,
            subject="deposit",
        )
    for namespace in envelope.menu:
        refuse_csv(namespace, 1)
    watermark = unix_microseconds(envelope.watermark)
    if watermark is None:
        raise DepositDefect(
            Defect.NOT_A_DEPOSIT,
            "it has no watermark before its contents, or one that is no date and time",
            line=1,
            subject="deposit",
        )
    return watermark


def _merge(load: Load) -> int:
    """Bring the store to the deposit's state; give how many names went."""
    parties.merge_registrars(load)
    sights.note_seen(load)
    removed = registrations.remove_domains(load)
    registrations.merge_domains(load)
    parties.merge_contacts(load)
    name_servers.merge_hosts(load)
    registrations.link_domains(load)
    registrations.merge_reserved(load)
    if load.full:
        name_servers.remove_stale_hosts(load)
    else:
        _delete(load)
    parties.mark_unlinked(load)
    sights.settle_seen(load)
    zones.write_zones(load)
    if load.connection.dialect.name == "postgresql":
        for table in _NUMBERED:
            load.run(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" greatest((SELECT coalesce(max(id), 1) FROM {table}),"
                f" nextval(pg_get_serial_sequence('{table}', 'id'))))"
            )
        for table in _ANALYZED:  # or the first plans are made for empty tables
            load.analyze(table)
    return removed


def _delete(load: Load) -> None:
    unknown = " AND ".join(
        f"NOT (x.kind = '{kind}' AND EXISTS (SELECT 1 FROM {table} o WHERE o.{column} = x.key))"
        for kind, table, column in (
            ("domain", "import_gone", "name"),
            ("contact", "contact", "handle"),
            ("host", "host", "name"),
            ("host", "host", "roid"),
            ("registrar", "registrar", "handle"),
        )
    )
    found = (
        "SELECT x.line, 'deleted ' || x.kind || ' ' || x.key AS subject, '' AS detail"
        f" FROM import_delete x WHERE x.kind <> 'nndn' AND {unknown}"
    )
    if load.remark(Remark.UNKNOWN_DELETE, found, "the store does not have it"):
        load.run(f"DELETE FROM import_delete AS x WHERE x.kind <> 'nndn' AND {unknown}")
    name_servers.delete_hosts(load)
    for handle in parties.delete_contacts(load):
        # Of a deleted contact history keeps its id and fingerprints alone (contacts.md 6).
        scrub_history(load.connection, kind="contact", subject=handle)
    parties.delete_registrars(load)


def _tell_objects(load: Load, *, actor: str, door: str) -> None:
    """Write a row of history for each object that a DIFF or INCR brought or took away.

    Of a FULL, the names that went have one. Deletions come first, as they are applied.
    """
    changes = json.dumps({"deposit": [None, load.envelope.id]})
    sources = [
        "SELECT 'domain', name, 'delete' FROM import_gone",
        (
            "SELECT x.kind, x.key, 'delete' FROM import_delete x WHERE x.kind = 'contact' AND"
            " NOT EXISTS (SELECT 1 FROM contact c WHERE c.handle = x.key)"
        ),
        (
            "SELECT x.kind, x.key, 'delete' FROM import_delete x WHERE x.kind = 'host' AND"
            " NOT x.by_roid AND NOT EXISTS (SELECT 1 FROM host h WHERE h.name = x.key)"
        ),
        "SELECT 'domain', name, 'import' FROM import_domain",
        "SELECT 'contact', handle, 'import' FROM import_contact",
        "SELECT 'host', name, 'import' FROM import_host WHERE attribute = 0",
    ]
    if load.full:
        del sources[1:]
    for source in sources:
        load.run(
            "INSERT INTO history (kind, subject, action, at, actor, door, changes)"
            " SELECT s.*, CAST(:now AS BIGINT), CAST(:actor AS TEXT), CAST(:door AS TEXT),"
            f" CAST(:changes AS TEXT) FROM ({source}) AS s",
            now=load.now,
            actor=actor,
            door=door,
            changes=changes,
        )


def _names_in(load: Load) -> int:
    return load.number("SELECT count(*) FROM domain WHERE zone IN (SELECT name FROM import_fill)")
