"""Metrics of what the doors did: questions, durations, connections, limits, lines of the log."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from rdds.limits.shared import LimitCounts
from rdds.operations.cells import DURATIONS, LIMITS, QUESTIONS, SUM, Count, Level
from rdds.operations.stripes import Stripes
from store.watch import Door, Kind, Outcome

__all__ = ["door_metrics", "limit_metrics"]

_CACHED = ("no", "yes")


def door_metrics(stripes: Stripes) -> Iterator[Metric]:
    """Give what all workers counted together, and what is open at those who live."""
    yield _questions(stripes)
    yield _durations(stripes)
    for name, words, first in (
        ("rdds_connections", "Connections that were let in.", Count.CONNECTIONS_WHOIS),
        ("rdds_connections_refused", "Connections that were refused.", Count.REFUSED_WHOIS),
    ):
        family = CounterMetricFamily(name, words, labels=["door"])
        for door in Door:
            family.add_metric([_word(door)], stripes.total(first + door))
        yield family
    opened = GaugeMetricFamily("rdds_open_connections", "Open connections.", labels=["door"])
    for door in Door:
        opened.add_metric(
            [_word(door)], sum(each[Level.OPEN_WHOIS + door] for each in stripes.held())
        )
    yield opened
    for name, words, count in (
        ("rdds_query_log_lines", "Questions that were written down.", Count.LINES),
        ("rdds_query_log_lost", "Questions that could not be written down.", Count.LINES_LOST),
    ):
        yield CounterMetricFamily(name, words, value=stripes.total(count))


def limit_metrics(counts: LimitCounts | None) -> Iterator[Metric]:
    """Give what the limits did; without *counts* nobody is limited."""
    words = "Refusals, by the limit that was reached."
    refused = CounterMetricFamily("rdds_limits_refused", words, labels=["limit", "door"])
    if counts is not None:
        for door in Door:
            refused.add_metric(["questions", _word(door)], counts.questions[door])
            refused.add_metric(["connections", _word(door)], counts.connections[door])
        refused.add_metric(["persons", "any"], counts.persons)
        refused.add_metric(["server", "any"], counts.server)
    yield refused
    for name, words, value in (
        ("rdds_limits_clients", "Clients whose budget is not whole.", counts and counts.live),
        ("rdds_limits_places", "Clients that there is room for.", counts and counts.slots),
    ):
        yield GaugeMetricFamily(name, words, value=value or 0)


def _word(each: Door | Kind | Outcome) -> str:
    return each.name.lower()


def _questions(stripes: Stripes) -> Metric:
    words, labels = "Questions that were answered.", ["door", "kind", "outcome", "cached"]
    family = CounterMetricFamily("rdds_questions", words, labels=labels)
    for door in Door:
        for kind in Kind:
            for outcome in Outcome:
                for cached, word in enumerate(_CACHED):
                    counted = stripes.total(QUESTIONS[door][kind][outcome] + cached)
                    family.add_metric([_word(door), _word(kind), _word(outcome), word], counted)
    return family


def _durations(stripes: Stripes) -> Metric:
    words = "Seconds from a whole question to the bytes of its answer."
    family = HistogramMetricFamily("rdds_answer_seconds", words, labels=["door", "cached"])
    for door in Door:
        for cached, word in enumerate(_CACHED):
            first, total, buckets = DURATIONS[door][cached], 0.0, []
            for place, end in enumerate((*map(str, LIMITS), "+Inf")):
                total += stripes.total(first + place)
                buckets.append((end, total))
            family.add_metric([_word(door), word], buckets, stripes.total(first + SUM))
    return family
