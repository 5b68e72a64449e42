"""Complete lists in ascending order, page by page: bounded memory, whatever the length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select

from store.sql.database import Database

__all__ = ["LONG_PAGE", "list_pages"]

T = TypeVar("T")
Key = str | int

PAGE = 500  # rows in memory at a time
LONG_PAGE = 5000  # where a page costs more than its rows


def list_pages(
    database: Database,
    statement: Select[Any],
    key: ColumnElement[Any],
    read: Callable[[Connection, list[RowMapping]], list[T]],
    *,
    size: int = PAGE,
) -> Iterator[T]:
    """Run *statement* in pages ascending by *key*, a unique column that it selects.

    Each page is a snapshot of its own: what is there from the first to the last one is
    given exactly once. *read* gives a page's values; more or fewer than rows are fine.
    """
    after: Key | None = None
    ordered = statement.order_by(key).limit(size)
    while True:
        page = ordered if after is None else ordered.where(key > after)

        def work(
            connection: Connection, page: Select[Any] = page
        ) -> tuple[Key | None, int, list[T]]:
            rows = list(connection.execute(page).mappings())
            last = rows[-1][key.name] if rows else None
            return last, len(rows), read(connection, rows)

        after, count, values = database.read(work)
        yield from values
        if count < size:
            return
