"""Long lists of values as single arguments, so that a statement is the same whatever their number.

It is then written and planned once. PostgreSQL's driver sends each row of many by itself; rows that
go as lists take between half and nine tenths of that time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Table,
    TableValuedAlias,
    any_,
    bindparam,
    func,
    insert,
    literal,
    select,
)

__all__ = ["among", "check_columns", "insert_rows", "listed"]

FEW = 8  # rows for which it makes no difference


def among(
    connection: Connection, column: Column[Any], values: Iterable[int | str]
) -> ColumnElement[bool]:
    """Tell whether *column* is one of *values*."""
    sought = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, sought, type_=ARRAY(column.type)))
    each = func.json_each(json.dumps(sought)).table_valued("value")
    return column.in_(select(each.c.value))


def listed(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> TableValuedAlias | None:
    """Give *rows*, by names of columns of *table*, as a table to select from.

    ``None`` where the driver takes them one by one as fast.
    """
    if connection.dialect.name != "postgresql" or len(rows) < FEW:
        return None
    columns = [
        bindparam(None, [row[name] for row in rows], type_=ARRAY(table.c[name].type))
        for name in rows[0]
    ]
    return func.unnest(*columns).table_valued(*rows[0]).render_derived()


def check_columns(table: Table, names: Iterable[str]) -> None:
    """See that *table* has columns of these *names*: a parameter that fits none is passed over.

    Raises:
        ValueError: it hasn't.
    """
    unknown = set(names) - set(table.c.keys())
    if unknown:
        raise ValueError(f"{table.name} has no column {min(unknown)}")


@cache
def _inserting(table: Table) -> Insert:
    """Give the insert into *table*, written once: to write one takes longer than to run it."""
    return insert(table)


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], **same: Any
) -> None:
    """Insert *rows*, all of the same columns, in their order; *same* holds for each of them.

    A value of *same* may be an expression.
    """
    if not rows:
        return
    source = listed(connection, table, rows)
    if source is None:
        check_columns(table, (*same, *rows[0]))
        plain = {
            name: value for name, value in same.items() if not isinstance(value, ColumnElement)
        }
        statement = _inserting(table)
        if len(plain) < len(same):
            statement = statement.values({name: same[name] for name in same.keys() - plain})
        said = [{**plain, **row} for row in rows]
        connection.execute(statement, said if len(said) > 1 else said[0])
        return
    values = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in same.items()
    ]
    statement = insert(table).from_select([*rows[0], *same], select(*source.c, *values))
    connection.execute(statement)
