"""Walks through domains and hosts by the entities they show (RFC 9536, conformance.md 5.4)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from store.errors import Code, RegistryError
from store.folding import search_key
from store.policy import Part
from store.published import Party, PublicRole, PublishedDomain, PublishedHost, PublishedRegistrar
from store.queries import RelatedBy
from store.searching.people import SightSets
from store.searching.visibility import WORDS, Visibility
from store.searching.walks import (
    FIRST_CHUNK,
    MOST_JOINED,
    Counting,
    Hit,
    Paging,
    Walk,
    distinct,
    entries,
    number_of_distinct,
)
from store.sql.held_rows import Rows
from store.sql.reading import Fetch
from store.sql.sights import Sight

__all__ = ["ROLES", "Contacts", "Groups", "RelatedDomains", "Terms", "shows"]

ROLES = {
    PublicRole.REGISTRANT: "registrant",
    PublicRole.ADMIN: "administrative",
    PublicRole.TECH: "technical",
}
REGISTRAR = "registrar"
FIRST_CONTACTS = 64  # asked about at once, and more where these don't fill a page
MOST_CONTACTS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one entity must be: folded keys, ``None`` for any; ``role`` is RDAP's word."""

    name: str | None = None
    handle: str | None = None
    email: str | None = None
    role: str | None = None

    @classmethod
    def read(cls, terms: Sequence[tuple[RelatedBy, str]]) -> Terms | None:
        """Fold *terms*; ``None`` where two of one kind can't both hold.

        Raises:
            RegistryError: ``INVALID_VALUE`` where they name a role at most.
        """
        found: dict[RelatedBy, str] = {}
        for by, text in terms:
            key = text if by is RelatedBy.ROLE else search_key(text)
            if found.setdefault(by, key) != key:
                return None
        if not found.keys() - {RelatedBy.ROLE}:
            raise RegistryError(Code.INVALID_VALUE, "A role alone is no search.", field="role")
        return cls(
            name=found.get(RelatedBy.FULL_NAME),
            handle=found.get(RelatedBy.HANDLE),
            email=found.get(RelatedBy.EMAIL),
            role=found.get(RelatedBy.ROLE),
        )

    def meets_registrar(self, registrar: PublishedRegistrar) -> bool:
        """Tell whether the registrar entity of an object is meant; it has no e-mail there."""
        number = registrar.iana_id
        handle = search_key(registrar.handle) if number is None else str(number)
        return (
            self.role in {None, REGISTRAR}
            and self.email is None
            and self.name in {None, search_key(registrar.name)}
            and self.handle in {None, handle}
        )

    def meets_party(self, party: Party) -> bool:
        """Tell whether a contact's entity, as it is shown, is meant."""
        return (
            self.role in {None, ROLES[party.role]}
            and self._is(self.name, party.name)
            and self._is(self.handle, party.handle)
            and self._is(self.email, party.email)
        )

    @staticmethod
    def _is(key: str | None, shown: object) -> bool:
        return key is None or (isinstance(shown, str) and search_key(shown) == key)


def shows(found: object, terms: Terms) -> bool:
    """Tell whether the domain or host *found* shows an entity that *terms* mean."""
    match found:
        case PublishedDomain(registrar=registrar, parties=parties):
            return terms.meets_registrar(registrar) or any(map(terms.meets_party, parties))
        case PublishedHost(registrar=PublishedRegistrar() as registrar):
            return terms.meets_registrar(registrar)
        case _:
            return False


class Contacts:
    """Contacts that *terms* may mean, with the sights that show what they ask for."""

    def __init__(self, terms: Terms, visibility: Visibility, sets: SightSets) -> None:
        self._terms = terms
        self._visibility = visibility
        self._sets = sets
        self._zones: frozenset[str] = frozenset()
        self._fit: dict[tuple[str, int, int], list[Sight]] = {}
        self.asked: dict[str, Any] = {
            "any_name": terms.name is None,
            "name": terms.name or "",
            "any_roid": terms.handle is None,
            "roid": terms.handle or "",
            "any_email": terms.email is None,
            "email": terms.email or "",
        }
        # The key that tells most apart leads: a handle is one contact's.
        self._by = "roid" if terms.handle else "email" if terms.email else "name"
        # By e-mail, a name that isn't shown must not decide what is read.
        self._reading = self.asked | ({"any_name": True} if self._by == "email" else {})

    def within(self, zones: Sequence[str]) -> None:
        """Look at names of *zones* alone."""
        self._zones = frozenset(zones)
        self._fit.clear()

    def fits(self, sight: Sight, name_word: int, email_word: int) -> bool:
        """Tell whether *sight* shows all that is asked for."""
        terms, shown = self._terms, self._visibility.shows
        if terms.role not in {None, ROLES[sight.role]} or sight.zone not in self._zones:
            return False
        # D-26: the admin role never shows the contact's own handle.
        if terms.handle is not None and sight.role is PublicRole.ADMIN:
            return False
        by_name = terms.name is not None or terms.handle is not None
        return (
            self._visibility.counts(sight)
            and (not by_name or shown(sight, Part.NAME, name_word))
            and (terms.email is None or shown(sight, Part.EMAIL, email_word))
        )

    def words(self, zones: frozenset[str]) -> list[str]:
        """Spell each sight of *zones* with the words about name and e-mail that make it fit."""
        sights = {s for sights in self._sets.values() for s in sights if s.zone in zones}
        return [
            f"{sight} {name}{email}"
            for sight in sorted(sights, key=str)
            for name in WORDS
            for email in WORDS
            if self.fits(sight, name, email)
        ]

    def page(
        self, begin: int, limit: int
    ) -> Generator[Fetch, Rows, tuple[list[tuple[int, Sight]], int | None]]:
        """Give pairs of contact and sight from the contact *begin* on, and where to go on.

        There are some *limit* contacts, in order of their numbers.
        """
        sets = self._fitting_sets()
        if not sets:
            return [], None
        share = max(4, 2 * limit // len(sets))  # of each set; what none is read beyond is whole
        value = self._reading | {"sets": sets, "contact": begin, "limit": share}
        found = [entries((row,)) for row in (yield f"contacts_by_{self._by}", value)]
        ends = [each[-1][0] for each in found if len(each) >= share]
        end = min(ends, default=None)
        pairs = [
            (number, sight)
            for number, spelled, name, email, key in sorted(chain.from_iterable(found))
            if (end is None or number <= end) and self._terms.name in {None, key}
            for sight in self._fitting(spelled, name, email)
        ]
        return pairs, (None if end is None else end + 1)

    def every(self, limit: int) -> Generator[Fetch, Rows, list[int]]:
        """Give all domains that show them, in any order; of more than *limit*, some more."""
        sets = self._fitting_sets()
        if not sets:
            return []
        value = self._shown_by(sets)
        return (yield from distinct(f"by_{self._by}", value, limit, times=len(ROLES)))

    def count(self, limit: int) -> Counting:
        """Count the domains that show them; of more than *limit*, some number that is larger."""
        sets = self._fitting_sets()
        if not sets:
            return 0
        value = self._shown_by(sets)
        return (yield from number_of_distinct(f"by_{self._by}", value, limit, times=len(ROLES)))

    def _shown_by(self, sets: list[tuple[str, int]]) -> dict[str, Any]:
        """Give what is asked of domains that show contacts of *sets*."""
        shown = {"sets": sets, "shown": self.words(self._zones)}
        return self._reading | shown | {"any_key": self._terms.name is None}

    def _fitting_sets(self) -> list[tuple[str, int]]:
        """Give each set with each word about what leads under which some contact may fit."""
        if self._terms.role == REGISTRAR:
            return []
        by_email = self._by == "email"
        return [
            (spelled, word)
            for spelled, sights in self._sets.items()
            for word in WORDS
            if any(
                self.fits(sight, other, word) if by_email else self.fits(sight, word, other)
                for sight in sights
                for other in WORDS
            )
        ]

    def _fitting(self, spelled: str, name_word: int, email_word: int) -> list[Sight]:
        key = (spelled, name_word, email_word)
        if key not in self._fit:
            sights = sorted(self._sets[spelled], key=str)
            self._fit[key] = [each for each in sights if self.fits(each, name_word, email_word)]
        return self._fit[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """What is known at once: objects found by themselves, registrars and services."""

    singles: tuple[int, ...] = ()
    registrars: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


SINGLE, SPONSORED, PROXIED, LINKED = range(4)


class RelatedDomains(Walk):
    """Domains of *zones* that show a matching entity, each at the first of its matches.

    In the order: found by themselves, by registrar, by privacy service, by contact.
    """

    most_counted = MOST_JOINED

    def __init__(
        self, groups: Groups, contacts: Contacts, zones: list[str], published: list[str]
    ) -> None:
        self._groups = groups
        self._contacts = contacts
        contacts.within(zones)
        self._shared: dict[str, Any] = {
            "zones": zones,
            "published": published,
            "registrars": list(groups.registrars),
            "singles": list(groups.singles),
        }

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:  # noqa: ARG002 - the protocol's
        """Give the first *limit* hits after the position *after*."""
        stage = after[0] if after else SINGLE
        hits: list[Hit] = []
        if stage == SINGLE:
            hits += [
                Hit(position=[SINGLE, number], kind="domain", key=number)
                for number in self._groups.singles
                if after is None or number > after[1]
            ]
        for this, key, names in (
            (SPONSORED, "sponsors", self._groups.registrars),
            (PROXIED, "services", self._groups.services),
        ):
            if stage <= this and len(hits) < limit:
                place = after if after and stage == this else None
                hits += yield from self._named(this, key, names, place, limit - len(hits))
        if len(hits) < limit:
            place = after if after and stage == LINKED else None
            hits += yield from self._linked(place, limit - len(hits))
        return hits[:limit]

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        numbers = yield from self._numbers(limit)
        return [Hit(position=[], kind="domain", key=number) for number in numbers]

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        if self._groups == Groups():
            return (yield from self._contacts.count(limit))
        return len((yield from self._numbers(limit)))

    def _numbers(self, limit: int) -> Generator[Fetch, Rows, dict[int, None]]:
        numbers = dict.fromkeys(self._groups.singles)
        for key, names in (
            ("sponsors", self._groups.registrars),
            ("services", self._groups.services),
        ):
            if names and len(numbers) <= limit:
                value = self._shared | {key: list(names), "limit": limit + 1}
                rows = yield f"every_domain_of_{key}", value
                numbers |= dict.fromkeys(row[0] for row in rows)
        if len(numbers) <= limit:
            numbers |= dict.fromkeys((yield from self._contacts.every(limit)))
        return numbers

    def _named(
        self, stage: int, key: str, names: Sequence[str], after: list[Any] | None, limit: int
    ) -> Paging:
        hits: list[Hit] = []
        first, last = (after[1], after[2]) if after else (None, -1)
        rest = [name for name in names if first is None or name >= first]
        while rest and len(hits) < limit:
            chunk, rest = rest[:FIRST_CHUNK], rest[FIRST_CHUNK:]
            value = self._shared | {key: chunk, "first": first, "after": last, "limit": limit}
            found = {row[0]: entries((row,), 1) for row in (yield f"domains_of_{key}", value)}
            hits += [
                Hit(position=[stage, name, number], kind="domain", key=number)
                for name in chunk
                for (number,) in found.get(name, ())
            ]
        return hits[:limit]

    def _linked(self, after: list[Any] | None, limit: int) -> Paging:
        hits: list[Hit] = []
        begin, sight, last = (after[1], after[2], after[3]) if after else (-1, "", -1)
        first, chunk = (begin if after else None), FIRST_CONTACTS
        following: int | None = begin
        while following is not None and len(hits) < limit:
            pairs, following = yield from self._contacts.page(following, chunk)
            groups = [
                (number, str(seen))
                for number, seen in pairs
                if first is None or (number, str(seen)) >= (first, sight)
            ]
            if groups:
                value = self._asked(pairs) | {"contacts": groups, "limit": limit - len(hits)}
                value |= {"first": first, "sight": sight, "after": last}
                rows = yield "domains_of_contacts", value
                found = {(row[0], row[1]): entries((row,), 2) for row in rows}
                hits += [
                    Hit(position=[LINKED, *group, number], kind="domain", key=number)
                    for group in groups
                    for (number,) in found.get(group, ())
                ]
            chunk = min(chunk * 4, MOST_CONTACTS)
        return hits[:limit]

    def _asked(self, pairs: Sequence[tuple[int, Sight]]) -> dict[str, Any]:
        """Give what is asked of names that contacts show by these sights."""
        zones = frozenset(seen.zone for _, seen in pairs)
        return self._shared | self._contacts.asked | {"shown": self._contacts.words(zones)}
