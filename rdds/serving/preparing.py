"""Making the store fit to be served, in a child process of its own.

Migrations and the sample's import load much that serving never needs; a child takes
that away with it, so the parent and the workers stay small.
"""

from __future__ import annotations

import json
import os
import signal
from typing import NoReturn

from rdds.settings import Settings
from store.errors import Code, RegistryError, StoreUnavailableError

__all__ = ["prepare_store"]


def prepare_store(settings: Settings, *, demo: bool) -> None:
    """Upgrade an SQLite store, check a PostgreSQL one; load the sample into an empty one.

    Raises:
        RegistryError: what the store or the sample refused.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _prepare_and_exit(settings, write, demo=demo)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    if answer:
        code, message, field = json.loads(answer)
        raise _error(Code(code), message, field)
    if status:
        raise StoreUnavailableError("The store could not be made ready.")


def _error(code: Code, message: str, field: str | None) -> RegistryError:
    if code.startswith("STORE_"):
        return StoreUnavailableError(message, code=code)
    return RegistryError(code, message, field=field)


def _prepare_and_exit(settings: Settings, write: int, *, demo: bool) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = 1
    try:
        _prepare(settings, demo=demo)
        status = 0
    except RegistryError as error:
        os.write(write, json.dumps([error.code.value, error.message, error.field]).encode())
        status = 0
    finally:
        os._exit(status)


def _prepare(settings: Settings, *, demo: bool) -> None:
    from store.sql.database import Database

    database = Database.open(settings.database.url, create=True)
    try:
        if demo:
            from rdds.demo import load_demo

            load_demo(database, settings.registry_policy())
    finally:
        database.close()
