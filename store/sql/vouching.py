"""Who vouches for what is cached, by the store's engine."""

from __future__ import annotations

from store.answer_cache import AnswerCache
from store.freshness import Freshness
from store.sql.freshness import SqliteFreshness
from store.sql.sources import Source, SqliteSource

__all__ = ["open_freshness"]


def open_freshness(source: Source, cache: AnswerCache) -> Freshness:
    """Give who vouches for *cache*, made from *source*; to be called on the event loop."""
    if isinstance(source, SqliteSource):
        return SqliteFreshness(source, cache)
    from store.sql.postgresql_freshness import PostgresqlFreshness
    from store.sql.postgresql_source import PostgresqlSource

    if not isinstance(source, PostgresqlSource):
        raise TypeError(type(source).__name__)
    return PostgresqlFreshness(source, cache)
