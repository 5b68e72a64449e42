"""The heartbeat: until when servers that are read from may vouch for themselves.

A standby that was cut off, or an old primary after a failover, can't know that it is. So
the primary's side writes a heartbeat about every second, and a reader doesn't believe a
server whose heartbeat is older than a lease (``store.sql.postgresql_servers``).

A commit that waits for its standbys becomes visible on its own server all the same where
somebody cancels the wait, or the server restarts. So a heartbeat says when the *one before*
was begun, which every synchronous standby is known to have applied: an old primary whose
standbys have left it can't make its heartbeat look younger, whatever is done to it. After
a failover edits are held until every lease of the old primary has run out (migration 0004).
"""

from __future__ import annotations

import asyncio
import logging

import asyncpg

from store.sql.addresses import driver_url

__all__ = ["BEAT_SECONDS", "Heart"]

BEAT_SECONDS = 1.0
CONNECT_SECONDS = 5.0

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_BEAT = f"""
INSERT INTO heartbeat AS h (id, at, begun, lease, timeline, held_until)
VALUES (1, $1, {_NOW}, $2, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), 0)
ON CONFLICT (id) DO UPDATE SET
    at = greatest(h.at, excluded.at),
    begun = greatest(h.begun, excluded.begun),
    lease = excluded.lease,
    timeline = excluded.timeline,
    held_until = CASE WHEN h.timeline = excluded.timeline THEN h.held_until
                      ELSE h.begun + 2 * h.lease END
RETURNING h.begun
"""  # noqa: S608 - put together from constants of this module
_SETTINGS = {
    "synchronous_commit": "remote_apply",
    # Nothing but the standbys ends the wait for them.
    "statement_timeout": "0",
    "lock_timeout": "0",
    "application_name": "rdds heartbeat",
}

_log = logging.getLogger("rdds.store")


class Heart:
    """Beats on the primary at *url*, an editor's, for readers with a *lease* in seconds."""

    def __init__(self, url: str, *, lease: float) -> None:
        self._dsn = driver_url(url)
        self._lease = int(lease * 1_000_000)
        self._connection: asyncpg.Connection | None = None
        self._proved = 0  # when the last beat that all standbys applied was begun, by the server
        self._warned = False

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until *stop*; a server that is away is looked for again and again."""
        beating = asyncio.create_task(self._beat_on())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([beating, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            # First the socket: a task that is cancelled would have the server cancel the wait.
            self.close()
            for task in (beating, stopping):
                task.cancel()
            await asyncio.gather(beating, stopping, return_exceptions=True)

    async def beat(self) -> None:
        """Beat once, and wait until the synchronous standbys show it.

        Raises:
            OSError, TimeoutError, PostgresError, InterfaceError: the server can't be reached.
        """
        connection = self._connection
        if connection is None or connection.is_closed():
            connection = await self._connect()
        begun: int = await connection.fetchval(_BEAT, self._proved, self._lease)
        # The driver hands over a warning before the result: without it, all have applied it.
        self._proved = 0 if self._warned else begun
        self._warned = False

    async def _connect(self) -> asyncpg.Connection:
        self._proved, self._warned = 0, False
        self._connection = await asyncpg.connect(
            self._dsn, timeout=CONNECT_SECONDS, server_settings=_SETTINGS
        )
        self._connection.add_log_listener(self._hear)
        return self._connection

    def _hear(self, _connection: object, _message: object) -> None:
        """Take note of a warning, of which one is that standbys were not waited for."""
        self._warned = True

    async def _beat_on(self) -> None:
        failing = False
        while True:
            try:
                await self.beat()
            except Exception as error:  # noqa: BLE001 - without beats no node answers
                self.close()
                if not failing:
                    _log.warning("no heartbeat on the primary: %s", type(error).__name__)
                failing = True
            else:
                failing = False
            await asyncio.sleep(BEAT_SECONDS)

    def close(self) -> None:
        """Give up the connection at once."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
