"""Changes of name servers."""

from __future__ import annotations

from store.changes import ActingRegistrar, CreateHost, DeleteHost, UpdateHost
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.model import Host
from store.outcomes import Outcome
from store.refusals import counted
from store.rules import hosts as rules
from store.rules.delegations import host_names
from store.rules.prohibitions import check_allowed
from store.sql.records import domains
from store.sql.records import hosts as records
from store.sql.records.saving import COUNT_CAP

__all__ = ["create_host", "delete_host", "update_host"]


def create_host(session: Session, change: CreateHost) -> Outcome:
    """Make a name server; an in-zone one belongs to its domain's registrar.

    Raises:
        RegistryError: ``NOT_FOUND`` where its domain isn't registered, ``EXISTS``, and
            what its addresses are refused for.
    """
    (name,) = host_names((change.name,), field="name")
    split = rules.host_split(name, session.zones)
    acting = session.actor.acting
    registrar = None
    if isinstance(acting, ActingRegistrar):  # outside our zones, who makes it sponsors it
        registrar = session.require_registrar(acting.handle).handle
    if split is not None:
        parent = domains.find_domain(session.connection, split.registered, lock=True)
        if parent is None:
            raise RegistryError(
                Code.NOT_FOUND,
                f"The host stands below {split.registered}, which isn't registered.",
                field="name",
            )
        registrar = parent.registrar
    if records.find_host(session.connection, name) is not None:
        raise RegistryError(Code.EXISTS, f"There is a host {name} already.", field="name")
    host = rules.create_host(
        change,
        name=name,
        registrar=registrar,
        in_zone=split is not None,
        actor=session.actor,
        now=session.now,
    )
    saved = records.insert_host(session.connection, host, repository=session.policy.repository)
    return session.record("host", name, "created", after=saved)


def update_host(session: Session, change: UpdateHost) -> Outcome:
    """Edit a name server."""
    host = _require_host(session, change.name)
    in_zone = rules.host_split(host.name, session.zones) is not None
    after = rules.update_host(host, change, in_zone=in_zone, actor=session.actor, now=session.now)
    if after == host:
        return session.unchanged("host", host.name)
    saved = records.update_host(session.connection, host, after)
    return session.record("host", host.name, "updated", before=host, after=saved)


def delete_host(session: Session, change: DeleteHost) -> Outcome:
    """Delete a name server.

    Raises:
        RegistryError: ``NOT_FOUND``, ``STATUS_PROHIBITS``, or ``IN_USE`` while names
            refer to it (conformance.md 9.4.9).
    """
    host = _require_host(session, change.name)
    check_allowed(host.statuses, "delete")
    names = records.count_delegations(session.connection, host.id)
    if names:
        used = counted(names, "name", cap=COUNT_CAP)
        raise RegistryError(
            Code.IN_USE, f"The host {host.name} is a name server of {used}.", field="name"
        )
    records.delete_host(session.connection, host)
    return session.record("host", host.name, "deleted", before=host)


def _require_host(session: Session, text: str) -> Host:
    name = session.named(text)
    host = records.find_host(session.connection, name, lock=True)
    if host is None:
        raise RegistryError(Code.NOT_FOUND, f"There is no host {name}.", field="name")
    return host
