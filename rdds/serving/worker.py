"""One worker: an event loop with both doors, from first question to orderly end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from dataclasses import dataclass, field

from rdap.door import RdapDoor
from rdap.shell import serve_rdap
from rdds.limits.shared import ClientLimits, SharedLimits
from rdds.operations.counters import WorkerCounters
from rdds.operations.pulse import Pulse
from rdds.operations.stripes import Stripes
from rdds.serving.lifetime import (
    DRAIN_SECONDS,
    Door,
    end_of_life,
    name_process,
    run_child,
    tell_ready,
)
from rdds.serving.listening import Listeners
from rdds.serving.proxy_gate import Network, ProxyGate
from rdds.serving.tls import Certificate
from rdds.settings.sections import Log
from rdds.watching import Limiting, WorkerWatch, open_query_log
from store.answer_cache import AnswerCache
from store.freshness import Freshness
from store.policy import RegistryPolicy
from store.read_door import ReadDoor
from store.sql.sources import Source, open_source
from store.sql.vouching import open_freshness
from store.watch import Unwatched
from whois43.door import WhoisDoor
from whois43.shell import serve_whois

__all__ = ["Plan", "run_worker"]

SETTLE_SECONDS = 1.0  # for clients whose proxy's preface is on its way
YOUNG = 20_000  # objects between collections: a page has some thousands; at 700, a tenth more CPU

_log = logging.getLogger("rdds.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a worker needs to know, settled by the parent.

    At a door that is ``prefaced``, connections from ``trusted_proxies`` begin with a
    preface of the PROXY protocol.
    """

    database_url: str
    public_url: str | None
    read_urls: tuple[str, ...] = ()
    lease: float | None = None
    old_answers: float = 0.0
    policy: RegistryPolicy
    whois: WhoisDoor
    rdap: RdapDoor
    tls: Certificate | None = None
    trusted_proxies: tuple[Network, ...] = ()
    whois_prefaced: bool = False
    rdap_prefaced: bool = False
    cache_bytes: int = 0
    limits: SharedLimits | None = None
    log: Log = field(default_factory=Log)
    stripes: Stripes = field(default_factory=lambda: Stripes(1))


def run_worker(plan: Plan, listeners: Listeners, *, ready: int, life: int) -> None:
    """Answer until TERM, INT or the parent's end; then finish what is in hand.

    *ready* is a descriptor to write one byte to when both doors listen; *life* is
    one that reaches its end when the parent does.
    """
    name_process("rdds worker")
    run_child(_serve(plan, listeners, ready=ready, life=life))


async def _serve(plan: Plan, listeners: Listeners, *, ready: int, life: int) -> None:
    stop = end_of_life(life)
    source = open_source(plan.database_url, plan.public_url, plan.read_urls, lease=plan.lease)
    cache = AnswerCache(plan.cache_bytes)
    freshness = open_freshness(source, cache)
    unproven = _unproven(plan)
    reader = ReadDoor(source, plan.policy, epoch=lambda: cache.epoch, unproven=unproven)
    counters, log = WorkerCounters(plan.stripes.claim()), open_query_log(plan.log)
    watch = WorkerWatch(_limits(plan, listeners), counters, log)
    pulse = Pulse(counters, cache=cache, freshness=freshness, log=log)
    gates = _Gates(plan)
    doors = await _open_doors(
        plan, listeners, gates, reader, cache=cache, freshness=freshness, watch=watch
    )
    if listeners.rdap:
        _renew_on_hang_up(plan.tls)
    _keep_what_is_there()
    pulse.start()
    tell_ready(ready)
    await stop.wait()
    for door in doors:
        door.close()
    await gates.settle()
    await asyncio.gather(*(door.drain(DRAIN_SECONDS) for door in doors))
    if log is not None:
        await log.close()
    pulse.stop()
    await freshness.close()
    await source.close()
    if unproven is not None:
        await unproven.close()


def _unproven(plan: Plan) -> Source | None:
    """Give what is read where no server is within its lease, if answers may be old."""
    if not plan.old_answers:
        return None
    return open_source(plan.database_url, read_urls=plan.read_urls, lease=plan.old_answers)


async def _open_doors(
    plan: Plan,
    listeners: Listeners,
    gates: _Gates,
    reader: ReadDoor,
    *,
    cache: AnswerCache,
    freshness: Freshness,
    watch: WorkerWatch,
) -> list[Door]:
    """Open the doors that have sockets; both answer from *reader* and *cache*."""
    doors: list[Door] = []
    if listeners.whois:
        doors.append(
            await serve_whois(
                listeners.whois,
                reader,
                settings=plan.whois,
                gate=gates.whois,
                cache=cache,
                freshness=freshness,
                watch=watch,
            )
        )
    if listeners.rdap:
        doors.append(
            await serve_rdap(
                listeners.rdap,
                reader,
                settings=plan.rdap,
                ssl_context=None if plan.tls is None else plan.tls.context,
                gate=gates.rdap,
                cache=cache,
                freshness=freshness,
                watch=watch,
            )
        )
    return doors


def _limits(plan: Plan, listeners: Listeners) -> Limiting:
    return ClientLimits(plan.limits, place=listeners.place) if plan.limits else Unwatched()


class _Gates:
    """What stands before each door: nothing, or a gate for prefaces and handshakes."""

    def __init__(self, plan: Plan) -> None:
        self.whois = self.rdap = None
        if plan.whois_prefaced:
            self.whois = ProxyGate(
                plan.trusted_proxies,
                patience=plan.whois.patience,
                most=plan.whois.most_connections,
            )
        if plan.rdap_prefaced or plan.tls is not None:  # a loop alone bounds no handshakes
            self.rdap = ProxyGate(
                plan.trusted_proxies if plan.rdap_prefaced else (),
                patience=plan.rdap.patience,
                most=plan.rdap.most_connections,
            )

    async def settle(self) -> None:
        """Let the clients under way reach their doors, which are closed to others."""
        gates = (gate for gate in (self.whois, self.rdap) if gate is not None)
        await asyncio.gather(*(gate.settle(SETTLE_SECONDS) for gate in gates))


def _keep_what_is_there() -> None:
    """Take what there is now out of the collector's sight.

    A full collection would walk it, for some 80 ms, in the middle of somebody's answer: a page
    of results makes enough garbage to cause one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


def _renew_on_hang_up(certificate: Certificate | None) -> None:
    """Have HUP read *certificate* anew; a bad one leaves the old one in force."""
    if certificate is None:
        return

    def renew() -> None:
        try:
            certificate.renew()
        except (OSError, ValueError) as error:
            _log.error("the old certificate stays in force: %s", type(error).__name__)
        else:
            _log.info("certificate read anew")

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, renew)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGHUP,))
