"""Where a store is: the engine and the file that its URL names, and how a driver reads it.

Without SQLAlchemy, which reads them as these do: who only answers doesn't load it.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from store.errors import Code, RegistryError

__all__ = ["driver_url", "is_postgresql", "sqlite_path"]

_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(?P<path>[^?]*)(?:\?.*)?", re.DOTALL)


def sqlite_path(url: str) -> Path | None:
    """Give the file that *url* names, or ``None`` where it is PostgreSQL's.

    Raises:
        RegistryError: ``SETTINGS`` for any other kind of URL.
    """
    if is_postgresql(url):
        return None
    match = _SQLITE.fullmatch(url)
    path = None if match is None else unquote(match["path"])
    if not path or path == ":memory:":
        raise RegistryError(
            Code.SETTINGS,
            "database.url is sqlite:///FILE or postgresql://….",
            field="database.url",
        )
    return Path(path)


def is_postgresql(url: str) -> bool:
    """Tell whether *url* is PostgreSQL's."""
    engine, found, _ = url.partition("://")
    return bool(found) and engine.partition("+")[0].lower() == "postgresql"


def driver_url(url: str) -> str:
    """Give PostgreSQL's *url* as asyncpg reads it: strictly, and a number sign as a fragment.

    >>> driver_url("postgresql+asyncpg://me:a%2Fb@db.example/rdds#2?ssl=require&x")
    'postgresql://me:a%2Fb@db.example/rdds%232?ssl=require'
    """
    place, _, query = url.partition("://")[2].partition("?")
    said = "&".join(each for each in query.split("&") if "=" in each)
    return f"postgresql://{place.replace('#', '%23')}{said and '?'}{said}"
