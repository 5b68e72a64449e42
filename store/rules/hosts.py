"""Name servers as objects (conformance.md 9.4.9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from store.changes import Actor, CreateHost, UpdateHost
from store.errors import Code, RegistryError
from store.model import Host
from store.names import Address, Split, parse_address, split_name
from store.rules.decision import blamed_on, check_version
from store.rules.prohibitions import check_updatable, edited_statuses
from store.validation.hosts import check_host_addresses

__all__ = ["bare_host", "create_host", "host_split", "update_host"]


def host_split(name: str, zones: frozenset[str], *, field: str = "name") -> Split | None:
    """Cut a host's name where its registration ends; ``None`` for one outside our zones.

    Raises:
        RegistryError: ``INVALID_NAME`` for a zone itself: it has no registration.
    """
    if name in zones:
        raise RegistryError(
            Code.INVALID_NAME, f"{name} is a zone served here and no name server.", field=field
        )
    try:
        return split_name(name, zones)
    except RegistryError:  # its only refusal: UNSERVED_ZONE
        return None


def bare_host(name: str, *, registrar: str, actor: Actor, now: datetime) -> Host:
    """Give an out-of-zone host that is known by name alone; who first named it sponsors it."""
    return Host(name=name, registrar=registrar, created=now, created_by=actor.name)


def create_host(
    change: CreateHost,
    *,
    name: str,
    registrar: str | None,
    in_zone: bool,
    actor: Actor,
    now: datetime,
) -> Host:
    """Give the new host. *registrar* is the one of the domain it stands below.

    Raises:
        RegistryError: ``MISSING_VALUE`` for an in-zone host without an address,
            ``POLICY`` for an address of any other, ``INVALID_ADDRESS``.
    """
    if in_zone and not change.addresses:
        raise RegistryError(
            Code.MISSING_VALUE, "A host inside our zones needs an address.", field="address"
        )
    addresses = _added((), change.addresses, in_zone=in_zone, field="address")
    return Host(
        name=name, registrar=registrar, addresses=addresses, created=now, created_by=actor.name
    )


def update_host(
    host: Host, change: UpdateHost, *, in_zone: bool, actor: Actor, now: datetime
) -> Host:
    """Give *host* after the edit, or as it was where the edit changes nothing.

    Raises:
        RegistryError: ``CONFLICT`` for a stale version, ``STATUS_PROHIBITS``, ``EXISTS``
            and ``NOT_FOUND`` for addresses that are there or aren't, ``MISSING_VALUE``
            for taking the last one of an in-zone host, and as :func:`create_host`.
    """
    check_version(host.version, change.version)
    lifting = UpdateHost(
        name=change.name, remove_statuses=change.remove_statuses, version=change.version
    )
    check_updatable(host.statuses, removed=change.remove_statuses, nothing_else=change == lifting)
    left = _removed(host, change.remove_addresses)
    addresses = _added(left, change.add_addresses, in_zone=in_zone, field="add_address")
    if in_zone and host.addresses and not addresses:
        raise RegistryError(
            Code.MISSING_VALUE, "A host inside our zones keeps an address.", field="remove_address"
        )
    statuses = edited_statuses(
        "host", host.statuses, add=change.add_statuses, remove=change.remove_statuses
    )
    after = replace(host, addresses=addresses, statuses=statuses)
    if after != host:
        after = replace(after, updated=now, updated_by=actor.name)
    return after


def _removed(host: Host, typed: tuple[str, ...]) -> tuple[Address, ...]:
    left = list(host.addresses)
    for text in typed:
        with blamed_on("remove_address"):
            address = parse_address(text)
        if address not in left:
            raise RegistryError(
                Code.NOT_FOUND, f"{host.name} has no address {address}.", field="remove_address"
            )
        left.remove(address)
    return tuple(left)


def _added(
    standing: tuple[Address, ...], typed: tuple[str, ...], *, in_zone: bool, field: str
) -> tuple[Address, ...]:
    if typed and not in_zone:
        raise RegistryError(
            Code.POLICY, "A host outside our zones takes its addresses from there.", field=field
        )
    with blamed_on(field):
        for text in typed:
            if parse_address(text) in standing:
                raise RegistryError(Code.EXISTS, f"The address {text} is there already.")
        return check_host_addresses(typed, standing=standing)
