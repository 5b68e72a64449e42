"""Where a store is: the engine and the file that its URL names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote

from store.errors import Code, RegistryError

__all__ = ["driver_url", "is_postgresql", "sqlite_path"]

# As SQLAlchemy reads it: a password may hold what a URL can't.
_POSTGRESQL = re.compile(
    r"postgresql(?:\+\w+)?://(?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?(?P<rest>.*)", re.DOTALL
)


def sqlite_path(url: str) -> Path | None:
    """Give the file that *url* names, or ``None`` where it is PostgreSQL's.

    Raises:
        RegistryError: ``SETTINGS`` for any other kind of URL.
    """
    if url.startswith("sqlite:///") and not {"?", "%"} & set(url):  # needs no library of URLs
        engine = "sqlite"
        database: str | None = url.removeprefix("sqlite:///")
    else:
        engine, database = _parsed(url)
    match engine:
        case "sqlite" if database and database != ":memory:":
            return Path(database)
        case "postgresql":
            return None
        case _:
            raise RegistryError(
                Code.SETTINGS,
                "database.url is sqlite:///FILE or postgresql://….",
                field="database.url",
            )


def is_postgresql(url: str) -> bool:
    """Tell whether *url* is PostgreSQL's."""
    return _POSTGRESQL.fullmatch(url) is not None


def driver_url(url: str) -> str:
    """Give PostgreSQL's *url* as asyncpg reads it.

    >>> driver_url("postgresql+asyncpg://me:a/b@db.example/rdds")
    'postgresql://me:a%2Fb@db.example/rdds'
    """
    match = _POSTGRESQL.fullmatch(url)
    if match is None:
        raise ValueError("not a URL of PostgreSQL's")
    user, password = match["user"], match["password"]
    if user is None:
        return f"postgresql://{match['rest']}"
    login = quote(unquote(user), safe="")
    if password is not None:
        login += f":{quote(unquote(password), safe='')}"
    return f"postgresql://{login}@{match['rest']}"


def _parsed(url: str) -> tuple[str, str | None]:
    from sqlalchemy import make_url

    try:
        parsed = make_url(url)
    except Exception as error:
        raise RegistryError(
            Code.SETTINGS, "database.url is not a database URL.", field="database.url"
        ) from error
    return parsed.get_backend_name(), parsed.database
