"""Which searches this server offers (conformance.md 1.6.11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from store.queries import By, Sought

__all__ = ["PROPERTIES", "Offers", "SearchPath"]

# RFC 9082 §3.2: the parameter that asks for each kind of match.
PROPERTIES: dict[Sought, dict[str, By]] = {
    Sought.DOMAINS: {"name": By.NAME, "nsLdhName": By.NS_NAME, "nsIp": By.ADDRESS},
    Sought.NAMESERVERS: {"name": By.NAME, "ip": By.ADDRESS},
    Sought.ENTITIES: {"fn": By.FULL_NAME, "handle": By.HANDLE},
}


class SearchPath(StrEnum):
    """A path below the public URL that can be switched."""

    DOMAINS = "domains"
    NAMESERVERS = "nameservers"
    ENTITIES = "entities"
    DOMAINS_BY_ENTITY = "domains/reverse_search/entity"
    NAMESERVERS_BY_ENTITY = "nameservers/reverse_search/entity"

    @property
    def sought(self) -> Sought:
        """Give the class of object that a search at this path gives."""
        return Sought(self.value.partition("/")[0])

    @property
    def is_reverse(self) -> bool:
        """Tell whether this is a reverse search (RFC 9536)."""
        return "/" in self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The searches that are on: whole paths, or exact values alone.

    ``whole`` are the paths that are on with all they can do. ``None``, where nothing is
    said: exact names, addresses and handles are answered; patterns, persons by name and
    reverse searches are not.
    """

    whole: frozenset[SearchPath] | None = None

    @classmethod
    def named(cls, words: Iterable[str] | None) -> Offers:
        """Read the paths that a setting names, ``all`` among them; ``None``: it is not set."""
        if words is None:
            return cls()
        named = frozenset(words)
        return cls(whole=frozenset(path for path in SearchPath if {path, "all"} & named))

    @property
    def paths(self) -> tuple[SearchPath, ...]:
        """Give the paths that answer anything at all, in one order."""
        return tuple(path for path in SearchPath if self.answers(path))

    def answers(self, path: SearchPath) -> bool:
        """Tell whether *path* answers anything."""
        return not path.is_reverse if self.whole is None else path in self.whole

    def answers_by(self, path: SearchPath, by: By) -> bool:
        """Tell whether a search at *path* may look at *by*; a person's name is not exact."""
        return self.answers(path) and (self.whole is not None or by is not By.FULL_NAME)

    @property
    def patterns(self) -> bool:
        """Tell whether the paths that are on take an asterisk."""
        return self.whole is not None
