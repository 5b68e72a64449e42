"""What policy lets searches find: zones, and the sets of sights that show a contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from store.errors import RegistryError
from store.names import split_name
from store.policy import Part, RegistryPolicy
from store.queries import Sought
from store.sql.sights import HIDDEN, SHOWN, UNSAID, Sight

__all__ = ["WORDS", "Visibility", "sights_in"]

WORDS = (HIDDEN, UNSAID, SHOWN)


@lru_cache(maxsize=4096)
def sights_in(spelled: str) -> tuple[Sight, ...]:
    """Read a set of sights."""
    return tuple(map(Sight.read, spelled.split(",")))


class Visibility:
    """What can be found under *policy* in the served *zones*."""

    def __init__(self, policy: RegistryPolicy, zones: frozenset[str]) -> None:
        self._policy = policy
        self._served = zones
        self._least: dict[tuple[str, Part], int] = {}

    def zones(self, sought: Sought) -> list[str]:
        """Give the zones whose objects of this class may be found, in ascending order."""
        return sorted(zone for zone in self._served if sought in self._policy.zone(zone).searches)

    def finds_host(self, name: str) -> bool:
        """Tell whether the host *name* may be found: below no zone that says otherwise."""
        try:
            zone = split_name(name, self._served).zone
        except RegistryError:  # its only refusal: UNSERVED_ZONE
            return True
        return Sought.NAMESERVERS in self._policy.zone(zone).searches

    def shows(self, sight: Sight, part: Part, word: int) -> bool:
        """Tell whether *sight* shows *part* (name or e-mail) of a holder whose *word* this is.

        It says what ``store.publish`` decides for such a name (contacts.md 7.3).
        """
        return self.counts(sight) and word >= self._least_word(sight.zone, part)

    def finds(self, sights: Iterable[Sight], word: int) -> bool:
        """Tell whether a contact seen so is found by name or handle.

        As its look-up has it: every name that shows it must show that (contacts.md 7.3),
        and one of them must be of a zone where people may be found.
        """
        counted = [sight for sight in sights if self.counts(sight)]
        return all(self.shows(sight, Part.NAME, word) for sight in counted) and any(
            Sought.ENTITIES in self._policy.zone(sight.zone).searches for sight in counted
        )

    def found_sets(self, sets: Mapping[str, tuple[Sight, ...]]) -> list[tuple[str, int]]:
        """Give each set of sights with each word about the name under which it is found."""
        return [
            (spelled, word)
            for spelled, sights in sets.items()
            for word in WORDS
            if self.finds(sights, word)
        ]

    def published(self, zones: Iterable[str]) -> list[str]:
        """Spell each role that each of *zones* publishes, as ``role zone``."""
        return [
            f"{role.value} {zone}"
            for zone in zones
            for role in sorted(self._policy.zone(zone).published_roles, key=lambda r: r.value)
        ]

    def counts(self, sight: Sight) -> bool:
        """Tell whether names show a contact so: the zone is served, and publishes the role."""
        published = self._policy.zone(sight.zone).published_roles
        return sight.zone in self._served and sight.role in published

    def _least_word(self, zone: str, part: Part) -> int:
        """Give what a holder must have said at least for *part* to be shown."""
        key = (zone, part)
        if key not in self._least:
            policy = self._policy.zone(zone)
            if part in policy.redacted:
                self._least[key] = SHOWN
            else:
                self._least[key] = HIDDEN if part in policy.always_shown else UNSAID
        return self._least[key]
