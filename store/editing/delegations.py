"""Name servers that a name is about to refer to: found, or made by name alone."""

from __future__ import annotations

from store.editing.session import Session
from store.errors import Code, RegistryError
from store.rules.hosts import bare_host, host_split
from store.sql.records import hosts

__all__ = ["provide_hosts"]


def provide_hosts(session: Session, names: tuple[str, ...], *, registrar: str, field: str) -> None:
    """Keep the hosts *names*; make those outside our zones that the store lacks.

    Raises:
        RegistryError: ``NOT_FOUND`` for an in-zone host that doesn't exist.
    """
    missing = sorted(set(names) - hosts.keep_hosts(session.connection, names))
    for name in missing:
        if host_split(name, session.zones, field=field) is not None:
            raise RegistryError(
                Code.NOT_FOUND,
                f"There is no host {name}; one inside our zones must be created first.",
                field=field,
            )
    for name in missing:
        host = bare_host(name, registrar=registrar, actor=session.actor, now=session.now)
        saved = hosts.insert_host(session.connection, host, repository=session.policy.repository)
        session.record("host", name, "created", after=saved)
