"""A found object as a record: one drawing for each class."""

from __future__ import annotations

from typing import assert_never

from pages.domain import domain_record
from pages.drawing import Pen, Record
from pages.hosts import host_record, hosts_record
from pages.registrar import registrar_record
from store.published import (
    Help,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Found, Page

__all__ = ["found_record"]


def found_record(found: Found, asked: str, pen: Pen) -> Record:
    """Draw what was found; *asked* is the title of a list.

    Raises:
        TypeError: for a result that no question of this page leads to.
    """
    result = found.result
    match result:
        case PublishedDomain():
            return domain_record(result, pen)
        case PublishedHost():
            return host_record(result, pen)
        case PublishedRegistrar():
            return registrar_record(result, pen)
        case tuple():
            return hosts_record(result, asked, pen)
        case PublishedEntity() | Help() | Page():
            raise TypeError("no question of this page has such an answer")
        case _:
            assert_never(result)
