"""The one read door: a question in, a published answer out, from one snapshot.

Time and policy enter here; both protocol doors ask through it and no other way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from store import instants
from store.errors import RegistryError, StoreUnavailableError
from store.handles import AliasCipher, link_handle, parse_link_handle
from store.model import PrivacyMode
from store.names import split_name
from store.policy import RegistryPolicy
from store.publish import (
    HeldDomain,
    publish_domain,
    publish_host,
)
from store.published import (
    Absence,
    Help,
    Notices,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import (
    Absent,
    Answer,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    Found,
    ListHosts,
    LookUp,
    Made,
    Query,
    Result,
    ReverseSearch,
    Search,
)
from store.searching.answering import Searches
from store.seen import entity_of_link, publish_seen
from store.sql import reading
from store.sql.made_from import MadeFrom, collected
from store.sql.reading import DomainRow, Fetch, Rows
from store.sql.sources import Source

__all__ = ["ReadDoor"]

Answering = Generator[Fetch, Rows, Answer]
Kind = type[PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity]


def _likely(query: LookUp) -> Fetch | None:
    """Tell what *query* comes to, where it doesn't begin with that question."""
    match query:
        case FindName(name=str(name)) if "." in name:
            return reading.NAME, name
        case _:
            return None


@lru_cache(maxsize=4)
def _cipher(secret: bytes) -> AliasCipher:
    return AliasCipher(secret)


class ReadDoor:
    """Answers queries from a source under the policy in force (``store.queries.Reader``)."""

    def __init__(
        self,
        source: Source,
        policy: RegistryPolicy,
        *,
        clock: Callable[[], datetime] = instants.now,
        epoch: Callable[[], int] = int,
        unproven: Source | None = None,
    ) -> None:
        """Read *source*; *epoch* gives that of the cache that keeps what :meth:`make` makes.

        Where *source* can't vouch, *unproven* is read, if there is one, and what it shows is
        old.
        """
        self._source = source
        self._unproven = unproven
        self._policy = policy
        self._clock = clock
        self._epoch = epoch
        self._notices = policy.notices()
        self._searches = Searches(policy, clock=clock)

    async def answer(self, query: Query) -> Answer:
        """Answer *query* from one snapshot, no older than the call.

        Raises:
            StoreUnavailableError: the store can't vouch for an answer.
            RegistryError: a search's cursor or order can't be, or its time ran out.
        """
        try:
            return await self._ask(self._source, query)
        except StoreUnavailableError:
            if self._unproven is None:
                raise
            return await self._old(self._unproven, query)

    async def _ask(self, source: Source, query: Query) -> Answer:
        if isinstance(query, Search | ReverseSearch):
            return await source.search(self._searches.answer(query))
        return await source.run(lambda: self._answering(query), _likely(query))

    async def _old(self, unproven: Source, query: Query) -> Found:
        """Give what is known of *query*, which may be old: never that there is nothing."""
        answer = await self._ask(unproven, query)
        if isinstance(answer, Absent):
            # What is said to be free may have been registered since.
            raise StoreUnavailableError("Nobody can vouch that there is nothing.")
        return replace(answer, is_old=True)

    async def make(self, query: LookUp) -> Made:
        """Answer the look-up *query* as :meth:`answer` does, and tell what it was made from.

        Raises:
            StoreUnavailableError: the store can't vouch for an answer.
        """
        # From before the snapshot: what is committed meanwhile is judged, seen or not.
        epoch, begun = self._epoch(), self._clock().timestamp()
        made_from = MadeFrom()

        def begin() -> Answering:
            made_from.forget()
            return collected(self._answering(query), made_from)

        try:
            answer = await self._source.run(begin, _likely(query))
        except StoreUnavailableError:
            if self._unproven is None:
                raise
            return Made(answer=await self._old(self._unproven, query), subjects=(), epoch=-1)
        return Made(
            answer=answer,
            subjects=tuple(made_from.subjects),
            epoch=epoch,
            between=made_from.bounds(begun, self._clock().timestamp()),
        )

    def _answering(self, query: LookUp) -> Answering:
        match query:
            case FindDomain(name=name):
                return (yield from self._domain(name))
            case FindHost(name=name):
                return (yield from self._host(name))
            case ListHosts():
                hosts = yield from reading.list_hosts(str(query.address))
                if not hosts:
                    return (yield from self._absent(PublishedHost, None))
                found = tuple(publish_host(host, self._notices) for host in hosts)
                return (yield from self._found(found))
            case FindRegistrar(text=text):
                return (yield from self._registrar(text))
            case FindName():
                return (yield from self._name(query))
            case FindEntity(handle=handle):
                return (yield from self._entity(handle))
            case FindHelp():
                zones = yield from self._zones()
                return (
                    yield from self._found(Help(zones=tuple(sorted(zones)), notices=self._notices))
                )

    def _domain(self, name: str) -> Answering:
        row = yield from reading.find_domain("domain_by_name", name)
        domain = self._served(row)
        if domain is None:
            return (yield from self._absent(PublishedDomain, name, as_of=row.as_of))
        published = yield from self._publish(domain)
        return Found(result=published, notices=published.notices, as_of=row.as_of)

    def _served(self, row: DomainRow) -> HeldDomain | None:
        """Give the row's domain if its zone is one we still serve."""
        domain = row.domain
        if domain is None or not (row.imported or domain.zone in self._policy.zones):
            return None
        return domain

    def _publish(self, domain: HeldDomain) -> Generator[Fetch, Rows, PublishedDomain]:
        cipher = None
        if domain.privacy is PrivacyMode.PROXY:
            cipher = _cipher((yield from reading.read_secret()))
        return publish_domain(
            domain,
            self._policy.zone(domain.zone),
            repository=self._policy.repository,
            cipher=cipher,
            now=self._clock(),
        )

    def _host(self, name: str) -> Answering:
        host = yield from reading.find_host(name)
        if host is None:
            return (yield from self._absent(PublishedHost, name))
        return (yield from self._found(publish_host(host, self._notices)))

    def _registrar(self, text: str) -> Answering:
        registrar = yield from reading.find_registrar(text)
        if registrar is None:
            return (yield from self._absent(PublishedRegistrar, None))
        return (yield from self._found(registrar))

    def _name(self, query: FindName) -> Answering:
        """Decide what a bare word asks for (conformance.md 6.2.2)."""
        if query.name is None or "." not in query.name:
            return (yield from self._registrar(query.text))
        zones = yield from self._zones()
        try:
            split = split_name(query.name, zones)
        except RegistryError:
            return (yield from self._outside(query, query.name, zones))
        if not split.below:
            return (yield from self._domain(query.name))
        return (yield from self._host(query.name))

    def _outside(self, query: FindName, name: str, zones: frozenset[str]) -> Answering:
        """Look for a host or a registrar with a dotted name; else say that it isn't ours."""
        if name in zones:
            return (yield from self._domain(name))
        host = yield from reading.find_host(name)
        if host is not None:
            return (yield from self._found(publish_host(host, self._notices)))
        registrar = yield from reading.find_registrar(query.text)
        if registrar is not None:
            return (yield from self._found(registrar))
        return (yield from self._absent(PublishedDomain, name))

    def _entity(self, handle: str) -> Answering:
        """Answer what one name space holds: an exact spelling before any other (1.10.2)."""
        registrar = yield from reading.find_exact_registrar(handle)
        if registrar is not None:
            return (yield from self._found(registrar))
        link = yield from reading.find_link(handle, self._policy.repository)
        if link is not None:
            row = yield from reading.find_domain("domain_by_id", link.domain_id)
            domain = self._served(row)
            published = None if domain is None else (yield from self._publish(domain))
            if published is not None:
                asked = self._canonical(handle)
                entity = entity_of_link(published, link.role, asked=asked)
                if entity is not None:
                    return Found(result=entity, notices=published.notices, as_of=row.as_of)
            return (yield from self._absent(PublishedEntity, None))
        contact = yield from self._contact(handle, exact=True)
        if contact is not None:
            return contact
        registrar = yield from reading.find_caseless_registrar(handle)
        if registrar is not None:
            return (yield from self._found(registrar))
        contact = yield from self._contact(handle, exact=False)
        return contact or (yield from self._absent(PublishedEntity, None))

    def _canonical(self, handle: str) -> str:
        public_id = parse_link_handle(handle, self._policy.repository)
        return handle if public_id is None else link_handle(public_id, self._policy.repository)

    def _contact(self, handle: str, *, exact: bool) -> Generator[Fetch, Rows, Found | None]:
        """Answer with the contact of that handle; one that nothing shows is in nobody's way."""
        for attempt in reading.contact_attempts(handle, exact=exact):
            contact = yield from reading.find_contact(attempt)
            if contact is None:
                continue
            zones = yield from self._zones()
            held, sights = yield from reading.contact_sights(contact.id)
            entity = publish_seen(
                held, sights, asked=contact.asked, zones=zones, policy=self._policy
            )
            if entity is not None:
                return (yield from self._found(entity, entity.notices))
        return None

    def _zones(self) -> Generator[Fetch, Rows, frozenset[str]]:
        imported = yield from reading.list_zones()
        return imported | frozenset(self._policy.zones)

    def _found(
        self, result: Result, notices: Notices | None = None
    ) -> Generator[Fetch, Rows, Found]:
        if notices is None:
            notices = yield from self._zoneless_notices()
        as_of = yield from reading.read_stamp()
        return Found(result=result, notices=notices, as_of=as_of)

    def _zoneless_notices(self) -> Generator[Fetch, Rows, Notices]:
        """Give the notices of what belongs to no zone: a gTLD may be known by its deposit alone."""
        if self._notices.icann_profile:
            return self._notices
        return self._policy.notices((yield from self._zones()))

    def _absent(
        self, asked: Kind, name: str | None, *, as_of: datetime | None = None
    ) -> Generator[Fetch, Rows, Absent]:
        """Say why there is nothing: unregistered, kept back, blocked, or not ours."""
        absence, by, notices = Absence.NOT_FOUND, None, self._notices
        if name is not None and asked is PublishedDomain:
            zones = yield from self._zones()
            absence, notices = self._whose(name, zones)
            reserved = yield from reading.find_reserved(name)
            if reserved is not None and absence is Absence.NOT_FOUND:
                absence, by = (Absence.BLOCKED if reserved[0] else Absence.RESERVED), reserved[1]
        stamp = as_of or (yield from reading.read_stamp())
        return Absent(absence=absence, asked=asked, name=name, by=by, notices=notices, as_of=stamp)

    def _whose(self, name: str, zones: frozenset[str]) -> tuple[Absence, Notices]:
        if name in zones:
            return Absence.NOT_FOUND, self._policy.zone(name).notices()
        try:
            zone = split_name(name, zones).zone
        except RegistryError:  # its only refusal: UNSERVED_ZONE
            return Absence.UNSERVED, self._notices
        return Absence.NOT_FOUND, self._policy.zone(zone).notices()
