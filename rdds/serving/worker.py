"""One worker: an event loop with both doors, from its first question to an orderly end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from rdap.door import RdapDoor
from rdap.shell import serve_rdap
from rdds.logs import log_loop_fault
from rdds.serving.listening import Listeners
from store.policy import RegistryPolicy
from store.read_door import ReadDoor
from store.sql.sources import open_source
from whois43.shell import serve_whois

__all__ = ["Plan", "run_worker"]

DRAIN_SECONDS = 20.0

_log = logging.getLogger("rdds.worker")


class Door(Protocol):
    """What both servers can do at their end."""

    def close(self) -> None:
        """Stop accepting."""
        ...

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - one budget for both
        """Finish what is in hand, for *timeout* seconds at most."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a worker needs to know, settled by the parent."""

    database_url: str
    public_url: str | None
    policy: RegistryPolicy
    whois_patience: float
    whois_most: int
    rdap: RdapDoor
    tls: ssl.SSLContext | None = None


def run_worker(plan: Plan, listeners: Listeners, *, ready: int, life: int) -> None:
    """Answer until TERM, INT or the parent's end; then finish what is in hand.

    *ready* is a descriptor to write one byte to when both doors listen; *life* is
    one that reaches its end when the parent does.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(plan, listeners, ready=ready, life=life))


def _loop_factory() -> Any:
    try:
        import uvloop
    except ImportError:  # a platform without it
        return None
    return uvloop.new_event_loop


async def _serve(plan: Plan, listeners: Listeners, *, ready: int, life: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_loop_fault)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(life, stop.set)
    source = open_source(plan.database_url, plan.public_url)
    reader = ReadDoor(source, plan.policy)
    doors: list[Door] = []
    if listeners.whois:
        doors.append(
            await serve_whois(
                listeners.whois,
                reader,
                patience=plan.whois_patience,
                most_connections=plan.whois_most,
            )
        )
    if listeners.rdap:
        doors.append(
            await serve_rdap(listeners.rdap, reader, settings=plan.rdap, ssl_context=plan.tls)
        )
    with suppress(BrokenPipeError):  # nobody waits for the successor of a dead worker
        os.write(ready, b"r")
    os.close(ready)
    await stop.wait()
    loop.remove_reader(life)
    for door in doors:
        door.close()
    await asyncio.gather(*(door.drain(DRAIN_SECONDS) for door in doors))
    await source.close()
