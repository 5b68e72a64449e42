"""Reverse searches: objects by the entities they show (RFC 9536)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rdap.members import JsonObject
from rdap.search.offers import SearchPath
from rdap.search.patterns import whole_text
from rdap.statuses import RDAP_ROLE
from store.errors import Code, RegistryError
from store.queries import RelatedBy, ReverseSearch, Sought

__all__ = ["RELATED", "ROLES", "mapping_member", "parse_predicates", "properties_member"]

ROLES = (*RDAP_ROLE.values(), "registrar")  # those that an answer of this door shows

# A name server shows its registrar alone, and that without an address.
RELATED: Mapping[Sought, tuple[RelatedBy, ...]] = MappingProxyType(
    {
        Sought.DOMAINS: tuple(RelatedBy),
        Sought.NAMESERVERS: (RelatedBy.FULL_NAME, RelatedBy.HANDLE, RelatedBy.ROLE),
    }
)

# RFC 9536 §8; a server invents none of its own (§3).
_PATHS: Mapping[RelatedBy, str] = MappingProxyType(
    {
        RelatedBy.FULL_NAME: "$.entities[*].vcardArray[1][?(@[0]=='fn')][3]",
        RelatedBy.HANDLE: "$.entities[*].handle",
        RelatedBy.EMAIL: "$.entities[*].vcardArray[1][?(@[0]=='email')][3]",
        RelatedBy.ROLE: "$.entities[*].roles",
    }
)


def parse_predicates(values: Mapping[str, str]) -> tuple[tuple[RelatedBy, str], ...]:
    """Read the predicates among the parameters *values*; all of them are to hold.

    Raises:
        RegistryError: ``MISSING_VALUE`` where nothing says whom the entity is,
            ``INVALID_VALUE`` for a role that no answer shows, and what
            :func:`~rdap.search.patterns.whole_text` raises.
    """
    terms = [
        (by, whole_text(values[by.value], field=by.value)) for by in RelatedBy if by.value in values
    ]
    if all(by is RelatedBy.ROLE for by, _ in terms):
        raise RegistryError(
            Code.MISSING_VALUE, "One of fn, handle and email says whom to look for."
        )
    if values.get("role", ROLES[0]) not in ROLES:
        raise RegistryError(Code.INVALID_VALUE, f"The roles are {', '.join(ROLES)}.", field="role")
    return tuple(terms)


def mapping_member(query: ReverseSearch) -> list[JsonObject]:
    """Make ``reverse_search_properties_mapping`` (RFC 9536 §5): paths within a result."""
    return [{"property": by.value, "propertyPath": _PATHS[by]} for by, _ in query.terms]


def properties_member(paths: Iterable[SearchPath]) -> list[JsonObject]:
    """Make ``reverse_search_properties`` of the help answer (RFC 9536 §4)."""
    return [
        {
            "searchableResourceType": path.sought.value,
            "relatedResourceType": "entity",
            "property": by.value,
        }
        for path in paths
        if path.is_reverse
        for by in RELATED[path.sought]
    ]
