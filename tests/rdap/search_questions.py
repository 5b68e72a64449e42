"""Builders for the tests of searches: questions as a client writes them, and pages."""

from __future__ import annotations

import json
from typing import Any

from rdap.answer import answer_object
from rdap.members import Place, asked_url
from rdap.parse import parse_target
from rdap.replies import render
from rdap.search.offers import Offers
from rdap.search.question import SearchQuestion
from store.queries import Page, Sought
from tests.published_values import a_domain, found

__all__ = ["ALL", "BASE", "a_page", "asked", "document"]

BASE = "https://rdap.nic.example/rdap/"
ALL = Offers.named(["all"])


def asked(target: str) -> SearchQuestion:
    """Read *target*, a path below the base with its query string, as a search."""
    parsed = parse_target(f"/{target}", offers=ALL)
    assert isinstance(parsed, SearchQuestion), parsed
    return parsed


def a_page(*items: Any, sought: Sought = Sought.DOMAINS, **changes: Any) -> Page:
    """Give a page of *items*, by default the one and only page of one domain."""
    changes = {"number": 1, "next": None, **changes}
    return Page(sought=sought, items=items or (a_domain(),), **changes)


def document(target: str, page: Page) -> dict[str, Any]:
    """Give the answer to *target* that shows *page*, as it is read back from its bytes."""
    value = asked_url(f"/rdap/{target}", base=BASE, prefix="/rdap/")
    status, made = answer_object(
        found(page), Place(value=value, base=BASE), search=asked(target), offers=ALL
    )
    assert status == 200
    sent: dict[str, Any] = json.loads(render(made))
    return sent
