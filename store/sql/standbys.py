"""What a PostgreSQL server says of its part in replication."""

from __future__ import annotations

import asyncpg

from store.sql.addresses import driver_url

__all__ = ["is_standby", "waits_for_standbys"]

SECONDS = 5.0  # to connect, and to answer


async def is_standby(url: str) -> bool:
    """Tell whether the server at *url* applies what another one wrote.

    Raises:
        OSError, TimeoutError, PostgresError, InterfaceError: it can't be asked.
    """
    return bool(await _value(url, "SELECT pg_is_in_recovery()"))


async def waits_for_standbys(url: str) -> bool:
    """Tell whether commits on the server at *url* wait for any standby.

    Raises:
        OSError, TimeoutError, PostgresError, InterfaceError: it can't be asked.
    """
    return bool(await _value(url, "SELECT current_setting('synchronous_standby_names') <> ''"))


async def _value(url: str, statement: str) -> object:
    connection = await asyncpg.connect(driver_url(url), timeout=SECONDS)
    try:
        value: object = await connection.fetchval(statement, timeout=SECONDS)
        return value
    finally:
        connection.terminate()
