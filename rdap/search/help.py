"""What the help answer says of searches (conformance.md 1.6.11, 5.4.2)."""

from __future__ import annotations

from rdap.members import JsonObject, notice
from rdap.search.offers import PROPERTIES, Offers, SearchPath
from rdap.search.reverse import RELATED, properties_member
from store.queries import RelatedBy

__all__ = ["help_extensions", "help_members", "searches_notice"]


def searches_notice(offers: Offers) -> JsonObject:
    """List the searches that are answered, and how they are asked for."""
    if not offers.paths:
        return notice("Searches", "Searches are not offered.")
    lines = [_line(path, offers) for path in offers.paths]
    how = (
        "One asterisk may end a name, a handle or an fn, or a name's first label: exam*.example."
        if offers.patterns
        else "Exact values alone are answered, without an asterisk."
    )
    return notice(
        "Searches",
        *lines,
        how,
        "count, sort, cursor and fieldSet are understood with all of them.",
        "A search sees what a look-up shows, and nothing else.",
    )


def help_members(offers: Offers) -> JsonObject:
    """Make the members of the help answer that belong to searches."""
    properties = properties_member(offers.paths)
    return {"reverse_search_properties": properties} if properties else {}


def help_extensions(offers: Offers) -> tuple[str, ...]:
    """Name the extensions that some search uses: help lists all that is supported."""
    if not offers.paths:
        return ()
    reverse = ("reverse_search",) if any(path.is_reverse for path in offers.paths) else ()
    return ("paging", "sorting", "subsetting", *reverse)


def _line(path: SearchPath, offers: Offers) -> str:
    if path.is_reverse:
        words = [by.value for by in RELATED[path.sought] if by is not RelatedBy.ROLE]
        return f"{path} is answered by {' or '.join(words)}, whole, and role beside them."
    words = [word for word, by in PROPERTIES[path.sought].items() if offers.answers_by(path, by)]
    return f"{path} is answered by {' or '.join(words)}."
