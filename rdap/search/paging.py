"""Pages of results: where the next one is, and that there are more (RFC 8977 §2.4)."""

from __future__ import annotations

from rdap.members import JsonObject, Place, notice, without_empty
from rdap.search.question import SearchQuestion
from store.queries import Page

__all__ = ["paging_metadata", "paging_notices"]


def paging_metadata(page: Page, question: SearchQuestion, place: Place) -> JsonObject:
    """Make ``paging_metadata``, empty where one page holds all and no count was asked for."""
    made: JsonObject = {"totalCount": page.total}
    if page.number > 1 or page.next is not None:
        made["pageSize"] = question.query.window.size
        made["pageNumber"] = page.number
    if page.next is not None:
        made["links"] = [question.link(place, "next", "Result Pagination Link", cursor=page.next)]
    return without_empty(made)


def paging_notices(page: Page, question: SearchQuestion) -> list[JsonObject]:
    """Say that there are more results (conformance.md 1.6.8), or that they weren't counted."""
    notices: list[JsonObject] = []
    if page.next is not None:
        size = question.query.window.size
        limit = notice("Search Results", f"A page holds {size} results; a link leads to the next.")
        # RFC 9083 §10.2.1: asking again, or later, or as somebody else gives no longer list.
        reason = "result set truncated due to unexplainable reasons"
        notices.append({**limit, "type": reason})
    if page.uncounted:
        notices.append(notice("Count", "The results are too many to be counted."))
    return notices
