"""The side child: all that stands beside the doors, in a process of its own.

Pages, messages out, registrant changes that ran out, the mail server's table of aliases,
health and metrics:
whatever they load, wait for or break, no answer of a door waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rdds.operations.stripes import Stripes
from rdds.policy_check import check_policy, fingerprint
from rdds.posting import make_deliverer
from rdds.serving.lifetime import (
    DRAIN_SECONDS,
    Door,
    end_of_life,
    name_process,
    run_child,
    tell_ready,
)
from rdds.serving.listening import Listeners
from rdds.serving.sweeping import sweep_overdue_changes
from store.alias_table import AliasTable
from store.policy import RegistryPolicy
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import Source, open_source

if TYPE_CHECKING:
    from rdds.limits.shared import LimitCounts
    from rdds.operations.server import OperationsServer
    from rdds.settings import Settings

__all__ = ["SidePlan", "run_side"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePlan:
    """All that the side child needs to know, settled by the parent.

    ``rdap_url`` is what the links of RDAP answers begin with; ``pages_url`` what the links
    of messages begin with, ``None`` where no page is served.
    """

    settings: Settings
    policy: RegistryPolicy
    rdap_url: str
    pages_prefix: str = "/"
    pages_url: str | None = None
    stripes: Stripes = field(default_factory=lambda: Stripes(1))
    limit_counts: Callable[[], LimitCounts] | None = None


def run_side(plan: SidePlan, listeners: Listeners, *, ready: int, life: int) -> None:
    """Work until TERM, INT or the parent's end; then finish what is in hand.

    *ready* and *life* are as for a worker. Two may run at once: a message is one sender's
    until it says what became of it.
    """
    name_process("rdds side")
    run_child(_work(plan, listeners, ready=ready, life=life))


async def _work(plan: SidePlan, listeners: Listeners, *, ready: int, life: int) -> None:
    stop = end_of_life(life)
    async with AsyncExitStack() as held:
        store = _open_store(plan, held)
        doors = await _open_doors(plan, listeners, store, held)
        watchers = await _open_operations(plan, listeners, store)
        tasks = [asyncio.create_task(each) for each in _chores(plan, store, stop)]
        stopping = asyncio.create_task(stop.wait())
        tell_ready(ready)
        # A task that ends before is a fault of ours, and the end of this child: it is replaced.
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.gather(_finish(doors, tasks), *(each.end(DRAIN_SECONDS) for each in watchers))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Store:
    """The two ways to one store: as the doors read it, and as editors do."""

    source: Source
    database: Database


def _open_store(plan: SidePlan, held: AsyncExitStack) -> _Store:
    """Open the store, unchecked: it may be away, and come back."""
    read = plan.settings.database
    source = open_source(read.url, read.public_url, read.read_urls, lease=read.lease)
    database = Database(read.url)
    held.push_async_callback(source.close)
    held.push_async_callback(asyncio.to_thread, database.close)
    return _Store(source=source, database=database)


def _chores(
    plan: SidePlan, store: _Store, stop: asyncio.Event
) -> Iterator[Coroutine[Any, Any, None]]:
    deliverer = make_deliverer(plan.settings, plan.policy, store.database, pages_url=plan.pages_url)
    yield deliverer.run(stop)
    yield sweep_overdue_changes(store.database, plan.policy, stop)
    if plan.settings.database.read_urls:
        from store.sql.heartbeat import Heart

        yield Heart(plan.settings.database.url, lease=plan.settings.database.lease).run(stop)
    log = plan.settings.log
    if log.questions_file is not None:
        from rdds.operations.forgetting import keep_forgetting

        yield keep_forgetting(log.questions_file, log.client_days, stop)


async def _open_doors(
    plan: SidePlan, listeners: Listeners, store: _Store, held: AsyncExitStack
) -> list[Door]:
    doors: list[Door] = []
    if listeners.pages:
        doors.append(await _open_pages(plan, listeners, store, held))
    if listeners.aliases:
        from rdds.serving.aliases import serve_aliases

        table = AliasTable(store.source, plan.policy)
        doors.append(await serve_aliases(listeners.aliases, table))
    return doors


async def _open_operations(
    plan: SidePlan, listeners: Listeners, store: _Store
) -> list[OperationsServer]:
    if not listeners.operations:
        return []
    from rdds.operations.opening import open_operations

    server = await open_operations(
        listeners.operations,
        source=store.source,
        database=store.database,
        stripes=plan.stripes,
        limits=plan.limit_counts,
        checks={"policy": check_policy(store.source, fingerprint(plan.policy))},
    )
    return [server]


async def _open_pages(
    plan: SidePlan, listeners: Listeners, store: _Store, held: AsyncExitStack
) -> Door:
    from pages.application import Pages
    from pages.shell import serve_pages
    from rdds.serving.approval_desk import StoreApprovalDesk
    from rdds.serving.page_clients import PageClients
    from rdds.serving.raw_answers import raw_answers

    settings = plan.settings
    desk = StoreApprovalDesk(store.database, plan.policy)
    held.push_async_callback(asyncio.to_thread, desk.close)
    pages = Pages(
        reader=ReadDoor(store.source, plan.policy),
        raws=raw_answers(plan.rdap_url, settings.whois.public_name),
        desk=desk,
        prefix=plan.pages_prefix,
        client=PageClients(
            trusted_proxies=settings.limits.trusted_proxies,
            client_field=settings.rdap.client_field,
            exempt=settings.limits.exempt,
        ),
    )
    return await serve_pages(listeners.pages, pages)


async def _finish(doors: list[Door], tasks: list[asyncio.Task[None]]) -> None:
    """Close the doors, give everything in hand its time, and raise what failed."""
    for door in doors:
        door.close()
    draining = [asyncio.create_task(door.drain(DRAIN_SECONDS)) for door in doors]
    _, late = await asyncio.wait([*tasks, *draining], timeout=DRAIN_SECONDS)
    for task in late:
        task.cancel()  # a message that is cut off is sent again: it was not noted as sent
    for result in await asyncio.gather(*tasks, *draining, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
