"""A PostgreSQL database of the bench's own, and what its server's work costs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from processes import cpu_seconds

__all__ = ["PostgresqlStore"]

# What others' connections to this database are served by.
_SERVED_BY = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)

_ROWS_READ = (
    "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint"
    " FROM pg_stat_user_tables"
)


async def _ask(url: str, *statements: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        rows: list[asyncpg.Record] = []
        for statement in statements:
            rows = await connection.fetch(statement)
        return [row[0] for row in rows if row]
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlStore:
    """A database of our own, at *url*."""

    url: str

    @classmethod
    @contextmanager
    def make(cls, server: str) -> Iterator[Self]:
        """Make a database on the server at *server*, which may make some; drop it at the end."""
        name = f"rdds_bench_{token_hex(4)}"
        asyncio.run(_ask(server, f'CREATE DATABASE "{name}"'))
        try:
            yield cls(url=urlunsplit(urlsplit(server)._replace(path=f"/{name}")))
        finally:
            asyncio.run(_ask(server, f'DROP DATABASE "{name}" WITH (FORCE)'))

    def settle(self) -> None:
        """Have the server know what it holds, as a store in use does."""
        asyncio.run(_ask(self.url, "VACUUM ANALYZE"))

    def names(self) -> list[str]:
        """Give all names that it holds."""
        return asyncio.run(_ask(self.url, "SELECT name FROM domain ORDER BY id"))

    def rows_read(self) -> int:
        """Give how many rows were read of the store's own tables since the server began."""
        (rows,) = asyncio.run(_ask(self.url, _ROWS_READ))
        return int(rows)

    def cpu_seconds(self) -> float:
        """Give the CPU seconds so far of what serves others' connections to this store.

        0 where the server runs elsewhere.
        """
        pids = asyncio.run(_ask(self.url, _SERVED_BY))
        return sum(cpu_seconds(pid) for pid in pids if _is_postgresql(pid))

    def cut(self) -> None:
        """End all connections but ours."""
        asyncio.run(_ask(self.url, f"SELECT pg_terminate_backend(pid) FROM ({_SERVED_BY}) served"))


def _is_postgresql(pid: int) -> bool:
    try:
        return "postgres" in Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    except OSError:
        return False
