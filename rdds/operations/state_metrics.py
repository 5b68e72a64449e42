"""Metrics of a server's state: cache, freshness, store, processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from rdds.operations.cells import Count, Level
from rdds.operations.memory import proportional_bytes
from rdds.operations.store_figures import StoreFigures
from rdds.operations.stripes import Stripes

__all__ = ["cache_metrics", "freshness_metrics", "process_metrics", "store_metrics"]

Held = Sequence[memoryview]  # the stripes of workers who live


def cache_metrics(stripes: Stripes) -> Iterator[Metric]:
    """Give how the caches of all workers fare together."""
    for name, words, count in (
        ("rdds_cache_hits", "Answers that were there, finished.", Count.CACHE_HITS),
        ("rdds_cache_misses", "Answers that had to be made.", Count.CACHE_MISSES),
        ("rdds_cache_evicted", "Finished answers that made room.", Count.CACHE_EVICTED),
        ("rdds_cache_stale", "Finished answers that were true no more.", Count.CACHE_STALE),
    ):
        yield CounterMetricFamily(name, words, value=stripes.total(count))
    held = list(stripes.held())
    for name, words, level in (
        ("rdds_cache_answers", "Finished answers that are kept.", Level.CACHE_ENTRIES),
        ("rdds_cache_bytes", "What they take.", Level.CACHE_BYTES),
        ("rdds_cache_room_bytes", "What they may take.", Level.CACHE_ROOM),
    ):
        yield GaugeMetricFamily(name, words, value=sum(each[level] for each in held))


def freshness_metrics(
    stripes: Stripes, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Metric]:
    """Give how far behind the worker is that is worst off."""
    for name, words, count in (
        ("rdds_freshness_checks", "Looks at the store for news.", Count.LOOKS),
        ("rdds_freshness_failures", "Looks that failed.", Count.LOOKS_FAILED),
    ):
        yield CounterMetricFamily(name, words, value=stripes.total(count))
    checked = [each for each in stripes.held() if each[Level.VOUCHED]]
    lag = max((clock() - each[Level.VOUCHED] for each in checked), default=0.0)
    words = "Seconds since every worker had last seen that it has all news."
    yield GaugeMetricFamily("rdds_freshness_lag_seconds", words, value=max(0.0, lag))
    position = min((each[Level.POSITION] for each in checked), default=0.0)
    words = "The row of the change log up to which every worker has all news."
    yield GaugeMetricFamily("rdds_freshness_position", words, value=position)


def store_metrics(figures: StoreFigures | None) -> Iterator[Metric]:
    """Give what the store says; where it says nothing, no number is better than a wrong one."""
    words = "Whether the store could be read for this page."
    yield GaugeMetricFamily("rdds_store_up", words, value=figures is not None)
    for name, words, value in (
        ("change_log_position", "The number of the change log's last row.", "position"),
        ("last_change_timestamp_seconds", "When the store was last changed.", "changed"),
        ("outbox_waiting", "Messages that wait to be sent.", "waiting"),
        ("outbox_oldest_seconds", "Age of the oldest of them.", "oldest_waiting"),
        ("registrant_changes_open", "Registrant changes that are open.", "open_changes"),
        ("registrant_changes_overdue_seconds", "How late the end of one is.", "overdue"),
    ):
        family = GaugeMetricFamily(f"rdds_{name}", words, labels=[])
        if figures is not None:
            family.add_metric([], getattr(figures, value))
        yield family


def process_metrics(
    stripes: Stripes, faults: Mapping[str, str | None], *, version: str, engine: str
) -> Iterator[Metric]:
    """Give what runs, since when, and what is not as it should be."""
    info = GaugeMetricFamily("rdds_build_info", "What runs.", labels=["version", "engine"])
    info.add_metric([version, engine], 1)
    yield info
    held = list(stripes.held())
    for name, words, value in (
        ("rdds_start_timestamp_seconds", "When this server was started.", stripes.started),
        ("rdds_workers", "Workers that live.", len(held)),
        ("rdds_workers_wanted", "Workers that should live.", stripes.workers),
    ):
        yield GaugeMetricFamily(name, words, value=value)
    words = "Children of the server that died and were replaced."
    yield CounterMetricFamily("rdds_deaths", words, value=stripes.deaths)
    ready = GaugeMetricFamily("rdds_ready", "Whether a check of /readyz holds.", labels=["check"])
    for check, fault in faults.items():
        ready.add_metric([check], fault is None)
    yield ready
    words = "Memory of a worker, with its share of what it shares."
    memory = GaugeMetricFamily("rdds_worker_memory_bytes", words, labels=["worker"])
    for each in held:
        used = proportional_bytes(int(each[Level.PID]))
        if used is not None:
            memory.add_metric([str(int(each[Level.NUMBER]))], used)
    yield memory
