"""Statuses: their words (RFC 8056) and which may stand together (RFC 5731, 5732, 3915)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.checks import OBJECTS, check
from tests.conformance.documents import objects, roots
from tests.conformance.exchanges import Exchange, Subject
from tests.conformance.registered import EPP_STATUSES

__all__: list[str] = []

DOMAINS = (Subject.DOMAIN, Subject.SEARCH)
PENDING = {f"pending {what}" for what in ("create", "delete", "renew", "transfer", "update")}
GRACE = {f"{what} period" for what in ("add", "auto renew", "renew", "transfer")}
HOST_PENDING = PENDING - {"pending renew"}


def _of_class(x: Exchange, class_name: str) -> Iterator[tuple[str, set[str]]]:
    for each in objects(x):
        if each.class_name == class_name:
            yield each.path, set(each.node.get("status", ()))


def _blocked(status: set[str], *, actions: tuple[str, ...]) -> Iterator[str]:
    """Say which pending actions are also prohibited."""
    for action in actions:
        prohibited = {s for s in status if s.endswith(f" {action} prohibited")}
        if f"pending {action}" in status and prohibited:
            yield f"pending {action} beside {', '.join(sorted(prohibited))}"


@check("3.1", "RFC 8056 §2", "EPP's ok is active and its linked is associated.", on=OBJECTS)
def words(x: Exchange) -> Iterator[str]:
    spellings = {epp for epp, rdap in EPP_STATUSES.items() if epp != rdap}
    for each in objects(x):
        yield from (f"{each.path}: {s}" for s in each.node.get("status", ()) if s in spellings)


@check(
    "3.5",
    "RFC 5731 §2.3",
    "inactive excludes active; nothing is associated but contacts and hosts.",
    on=DOMAINS,
)
def inactive(x: Exchange) -> Iterator[str]:
    for path, status in _of_class(x, "domain"):
        if {"active", "inactive"} <= status or "associated" in status:
            yield f"{path}: {sorted(status)}"


@check("4.4.10", "RP 2.6; -47100", "A domain has a status.", on=(Subject.DOMAIN,), gtld=True)
def some_status(x: Exchange) -> Iterator[str]:
    if not x.document.get("status"):
        yield "no status"


@check("4.4.11", "RFC 5731 §2.3; -46900", "Statuses of a domain agree.", on=DOMAINS)
def combinations(x: Exchange) -> Iterator[str]:
    for path, status in _of_class(x, "domain"):
        if "active" in status and status - GRACE - {"active"}:
            yield f"{path}: active beside {sorted(status - GRACE - {'active'})}"
        actions = ("delete", "renew", "transfer", "update")
        yield from (f"{path}: {why}" for why in _blocked(status, actions=actions))
        if len(status & PENDING) > 1:
            yield f"{path}: {sorted(status & PENDING)}"


@check(
    "4.4.12",
    "RFC 3915 §3.1; -47000 to -47002",
    "Redemption and restore need pending delete.",
    on=DOMAINS,
)
def redemption(x: Exchange) -> Iterator[str]:
    for path, status in _of_class(x, "domain"):
        restoring = status & {"redemption period", "pending restore"}
        if len(restoring) > 1 or (restoring and "pending delete" not in status):
            yield f"{path}: {sorted(status)}"


@check("4.9.2", "RFC 5732 §2.3; -47204, -49300", "Statuses of a host agree.", on=OBJECTS)
def host_combinations(x: Exchange) -> Iterator[str]:
    for path, status in _of_class(x, "nameserver"):
        if "active" in status and status - {"active", "associated"}:
            yield f"{path}: {sorted(status)}"
        yield from (f"{path}: {why}" for why in _blocked(status, actions=("delete", "update")))
        if len(status & HOST_PENDING) > 1:
            yield f"{path}: {sorted(status)}"


@check(
    "4.9.1",
    "RP 2.9; -47200 to -47202, -47205",
    "Hosts have names; a status all of them or none.",
    on=DOMAINS,
    gtld=True,
)
def hosts(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        found = root.node.get("nameservers", ())
        yield from (f"{root.path}: a host without a name" for h in found if "ldhName" not in h)
        if len({("status" in host) for host in found}) > 1:
            yield f"{root.path}: some hosts have a status"
