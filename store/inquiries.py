"""What operators ask: private records, complete lists, history. Never for the public doors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Column, Connection, RowMapping, select

from store.contact_report import ContactReport, report_on
from store.details import (
    ContactDetail,
    ContactLink,
    DomainDetail,
    ForwardedAlias,
    HistoryEntry,
    HostDetail,
    LockDetail,
)
from store.model import Contact, Domain, PrivacyService, Registrar, ReservedName, Role
from store.names import ascii_name
from store.policy import RegistryPolicy
from store.refusals import missing
from store.registrant_changes import ChangeKind, RegistrantChange
from store.rules.lifecycle import ContactState, contact_state, next_states
from store.rules.shown_statuses import is_locked, shown_statuses
from store.rules.uses import Use
from store.sql import schema
from store.sql.database import Database
from store.sql.listing import LONG_PAGE, PAGE, list_pages
from store.sql.records import (
    contacts,
    domains,
    hosts,
    names,
    privacy_services,
    registrant_changes,
    registrars,
    transfer_locks,
)
from store.sql.records.contact_uses import uses_of_contacts
from store.sql.records.forwards import forwards_of
from store.sql.records.histories import entries_of, history_of, last_entry
from store.sql.records.links import links_of_contact
from store.sql.records.timed import timed_of
from store.statuses import linked_statuses

__all__ = ["Inquiries"]

T = TypeVar("T")


class Inquiries:
    """Answers operators from the private store.

    Methods named ``find_…`` raise ``NOT_FOUND`` for what isn't there and ``AMBIGUOUS``
    where only the case would tell two apart; ``list_…`` give everything, in ascending
    order, with a bounded part of it in memory.
    """

    def __init__(
        self, database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock

    def find_contact(self, handle: str) -> ContactDetail:
        """Give a contact, its state, what comes next, all its links and open changes."""

        def work(connection: Connection) -> ContactDetail:
            found = contacts.find_contact(connection, handle) or missing("contact", handle, "id")
            detail = self._contact_detail(found, links=links_of_contact(connection, found.id))
            naming = registrant_changes.list_open_naming(connection, found.id)
            return replace(detail, changes=self._open(naming))

        return self._database.read(work)

    def list_contacts(
        self,
        registrar: str | None = None,
        state: str | None = None,
    ) -> Iterator[ContactDetail]:
        """List contacts by handle, of one *registrar* or in one *state*.

        *state* is ``linked``, ``orphaned`` or ``pendingDelete``.
        """
        table = schema.contact
        statement = select(table)
        if registrar is not None:
            statement = statement.where(table.c.registrar == self._registrar(registrar))
        if state is not None:
            linked = state == ContactState.LINKED
            unlinked = table.c.unlinked_at
            statement = statement.where(unlinked.is_(None) if linked else unlinked.is_not(None))

        def read(connection: Connection, rows: list[RowMapping]) -> list[ContactDetail]:
            details = map(self._contact_detail, contacts.contacts_of(connection, rows))
            return [detail for detail in details if state is None or detail.state == state]

        return list_pages(self._database, statement, table.c.handle, read)

    def report_contacts(self, registrar: str | None = None) -> ContactReport:
        """Report what contacts lack, all or one *registrar*'s, with a page of them in memory."""
        statement = select(schema.contact)
        if registrar is not None:
            mine = schema.contact.c.registrar == self._registrar(registrar)
            statement = statement.where(mine)

        def read(
            connection: Connection, rows: list[RowMapping]
        ) -> list[tuple[Contact, tuple[Use, ...]]]:
            uses = uses_of_contacts(connection, [row["id"] for row in rows])
            found = contacts.contacts_of(connection, rows)
            return [(contact, uses.get(contact.id, ())) for contact in found]

        listed = list_pages(self._database, statement, schema.contact.c.handle, read)
        return report_on(listed, self._policy)

    def find_domain(self, name: str) -> DomainDetail:
        """Give a registration and the registrant change that is open for it."""
        wanted = ascii_name(name)

        def work(connection: Connection) -> DomainDetail:
            domain = domains.find_domain(connection, wanted) or missing("name", wanted, "name")
            (detail,) = self._domain_details(connection, [domain])
            return replace(detail, changes=self._open(_about(connection, domain)))

        return self._database.read(work)

    def find_lock(self, name: str) -> LockDetail:
        """Give the transfer lock of a name, if it has one, and how the last one was lifted."""
        wanted = ascii_name(name)

        def work(connection: Connection) -> LockDetail:
            domain = domains.find_domain(connection, wanted) or missing("name", wanted, "name")
            now = self._clock()
            lock = transfer_locks.find_lock(connection, domain, now=now)
            until = None if lock is None else lock.until
            holds = is_locked(until, self._policy.zone(domain.zone), now=now)
            return LockDetail(
                name=domain.name,
                lock=lock if holds else None,
                lifted=last_entry(connection, "domain", domain.name, action="unlocked"),
            )

        return self._database.read(work)

    def list_domains(
        self, registrar: str | None = None, contact: str | None = None
    ) -> Iterator[DomainDetail]:
        """List registrations by name, of one *registrar* or with one *contact* in any role."""
        table, link = schema.domain, schema.domain_contact
        statement = select(table)
        if registrar is not None:
            statement = statement.where(table.c.registrar == self._registrar(registrar))
        if contact is not None:
            number = self._contact_number(contact)
            linked = select(link.c.domain_id).where(link.c.contact_id == number)
            statement = statement.where(table.c.id.in_(linked))

        def read(connection: Connection, rows: list[RowMapping]) -> list[DomainDetail]:
            return self._domain_details(connection, domains.domains_of(connection, rows))

        # A contact's names are sorted anew for each page: fewer, longer ones.
        size = PAGE if contact is None else LONG_PAGE
        return list_pages(self._database, statement, table.c.name, read, size=size)

    def find_host(self, name: str) -> HostDetail:
        """Give a name server."""
        wanted = ascii_name(name)

        def work(connection: Connection) -> HostDetail:
            host = hosts.find_host(connection, wanted) or missing("host", wanted, "name")
            linked = hosts.count_delegations(connection, host.id) > 0
            return HostDetail(host=host, statuses=linked_statuses(host.statuses, linked=linked))

        return self._database.read(work)

    def find_registrar(self, handle: str) -> Registrar:
        """Give a registrar."""

        def work(connection: Connection) -> Registrar:
            found = registrars.find_registrar(connection, handle)
            return found or missing("registrar", handle, "id")

        return self._database.read(work)

    def list_registrars(self) -> Iterator[Registrar]:
        """List registrars by handle."""
        return self._list(schema.registrar.c.handle, registrars.registrar_of)

    def find_privacy_service(self, handle: str) -> PrivacyService:
        """Give a privacy service."""

        def work(connection: Connection) -> PrivacyService:
            found = privacy_services.find_privacy_service(connection, handle)
            return found or missing("privacy service", handle, "id")

        return self._database.read(work)

    def list_privacy_services(self) -> Iterator[PrivacyService]:
        """List privacy services by handle."""
        key = schema.privacy_service.c.handle
        return self._list(key, privacy_services.privacy_service_of)

    def list_aliases(self, service: str) -> Iterator[ForwardedAlias]:
        """List the aliases under *service* by name and role, and where each forwards now.

        Empty for a service with a form. An alias goes to the role's contact, to the
        e-mail that it has now (P-12).
        """
        found = self.find_privacy_service(service)
        table = schema.domain
        statement = select(table).where(table.c.privacy_service == found.handle)
        domain = found.alias_domain
        if domain is None:
            return iter(())

        def read(connection: Connection, rows: list[RowMapping]) -> list[ForwardedAlias]:
            return forwards_of(
                connection,
                domains.domains_of(connection, rows),
                alias_domain=domain,
                policy=self._policy,
            )

        return list_pages(self._database, statement, table.c.name, read)

    def list_reserved_names(self) -> Iterator[ReservedName]:
        """List the names that can't be registered."""
        return self._list(schema.reserved_name.c.name, names.reserved_name_of)

    def list_history(self, kind: str, subject: str) -> Iterator[HistoryEntry]:
        """List what happened to an object, oldest first; also to one that is deleted.

        *kind* is ``contact``, ``domain`` or ``host``. For an object that a deposit
        brought, the imports of its zone stand for its creation.

        Raises:
            RegistryError: ``NOT_FOUND`` where there never was such an object.
        """
        wanted = ascii_name(subject) if kind in {"domain", "host"} else subject
        statement = self._database.read(lambda connection: history_of(connection, kind, wanted))
        if statement is None:
            missing(kind, wanted, "id" if kind == "contact" else "name")
        return list_pages(self._database, statement, schema.history.c.id, entries_of)

    def _contact_detail(
        self, contact: Contact, links: tuple[ContactLink, ...] | None = None
    ) -> ContactDetail:
        now, lifecycle = self._clock(), self._policy.lifecycle
        state = contact_state(contact, now=now, lifecycle=lifecycle)
        ending = state in {ContactState.PENDING_DELETE, ContactState.DUE}
        return ContactDetail(
            contact=contact,
            # One that is due is in pendingDelete until it is deleted (L-07).
            state=ContactState.PENDING_DELETE if ending else state,
            statuses=linked_statuses(
                contact.statuses, linked=state is ContactState.LINKED, pending_delete=ending
            ),
            next_states=next_states(contact, now=now, lifecycle=lifecycle),
            links=links,
        )

    def _domain_details(self, connection: Connection, found: list[Domain]) -> list[DomainDetail]:
        """Give the full statuses beside each domain, with one statement for all."""
        now, ends = self._clock(), timed_of(connection, (domain.id for domain in found))
        return [
            DomainDetail(
                domain=domain,
                statuses=shown_statuses(
                    domain.statuses,
                    delegated=bool(domain.hosts),
                    locked_until=ends[domain.id].locked_until,
                    change_until=ends[domain.id].change_until,
                    policy=self._policy.zone(domain.zone),
                    now=now,
                ),
            )
            for domain in found
        ]

    def _open(self, changes: Iterable[RegistrantChange]) -> tuple[int, ...]:
        """Give the numbers of those that a party may still answer, ascending."""
        now = self._clock()
        return tuple(sorted(change.id for change in changes if change.is_open(now)))

    def _contact_number(self, handle: str) -> int:
        def work(connection: Connection) -> int:
            found = contacts.find_contact(connection, handle)
            return (found or missing("contact", handle, "contact")).id

        return self._database.read(work)

    def _registrar(self, handle: str) -> str:
        def work(connection: Connection) -> str:
            found = registrars.find_registrar(connection, handle)
            return (found or missing("registrar", handle, "registrar")).handle

        return self._database.read(work)

    def _list(self, key: Column[str], read_one: Callable[[RowMapping], T]) -> Iterator[T]:
        def read(_connection: Connection, rows: list[RowMapping]) -> list[T]:
            return [read_one(row) for row in rows]

        return list_pages(self._database, select(key.table), key, read)


def _about(connection: Connection, domain: Domain) -> list[RegistrantChange]:
    """Give the changes not yet closed that would bring *domain* a new registrant."""
    found = registrant_changes.list_open_of_domains(connection, (domain.id,))
    holder = domain.link(Role.REGISTRANT)
    if holder is None:
        return found
    theirs = registrant_changes.list_open_of_contacts(connection, (holder.contact_id,))
    return found + [change for change in theirs if change.kind is ChangeKind.EDIT]
