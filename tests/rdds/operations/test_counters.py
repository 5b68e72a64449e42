"""What a worker counts, against plain sums."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.core import Metric

from rdds.operations.cells import LIMITS, Level
from rdds.operations.counters import WorkerCounters
from rdds.operations.door_metrics import door_metrics
from rdds.operations.state_metrics import cache_metrics
from rdds.operations.stripes import Stripes
from store.watch import Door, Kind, Outcome

Noted = tuple[Door, Kind, Outcome, float, bool]

NOTES = st.lists(
    st.tuples(
        st.sampled_from(Door),
        st.sampled_from(Kind),
        st.sampled_from(Outcome),
        st.one_of(st.sampled_from(LIMITS), st.floats(0, 100)),
        st.booleans(),
    ),
    max_size=60,
)


@dataclass
class FakeCache:
    """What an answer cache tells."""

    hits: int = 0
    misses: int = 0
    evicted: int = 0
    stale: int = 0
    used: int = 0
    budget: int = 1000

    def __len__(self) -> int:
        return self.hits


def metric(metrics: list[Metric], name: str) -> Metric:
    """Give the one metric called *name*."""
    (found,) = (each for each in metrics if each.name == name)
    return found


def noted(notes: list[Noted]) -> list[Metric]:
    """Count *notes* in one worker and give the metrics."""
    stripes = Stripes(1)
    counters = WorkerCounters(stripes.claim())
    for door, kind, outcome, seconds, cached in notes:
        counters.note(door, kind, outcome, seconds=seconds, cached=cached)
    return list(door_metrics(stripes))


@given(notes=NOTES)
def test_questions_are_counted_by_all_that_is_said_of_them(notes: list[Noted]) -> None:
    """Each series is the number of the answers that have its labels, and the rest is 0."""
    wanted = Counter(
        (door.name.lower(), kind.name.lower(), outcome.name.lower(), "yes" if cached else "no")
        for door, kind, outcome, _, cached in notes
    )
    labels = ("door", "kind", "outcome", "cached")
    seen = {
        tuple(sample.labels[label] for label in labels): sample.value
        for sample in metric(noted(notes), "rdds_questions").samples
    }
    assert {series: value for series, value in seen.items() if value} == wanted
    assert len(seen) == len(Door) * len(Kind) * len(Outcome) * 2


@given(notes=NOTES)
def test_durations_stand_in_their_buckets(notes: list[Noted]) -> None:
    """A bucket counts what took its upper end or less; the last one counts all."""
    histogram = metric(noted(notes), "rdds_answer_seconds")
    for sample in histogram.samples:
        taken = [
            seconds
            for door, _, _, seconds, cached in notes
            if door.name.lower() == sample.labels["door"]
            and ("yes" if cached else "no") == sample.labels["cached"]
        ]
        if sample.name.endswith("_bucket"):
            end = float(sample.labels["le"])
            assert sample.value == sum(seconds <= end for seconds in taken)
        elif sample.name.endswith("_sum"):
            assert math.isclose(sample.value, sum(taken), abs_tol=1e-9)
        else:
            assert sample.value == len(taken)


def test_connections_are_counted_in_and_out() -> None:
    """Let in, refused and still open are three numbers, for each door."""
    stripes = Stripes(1)
    counters = WorkerCounters(stripes.claim())
    for _ in range(3):
        counters.came(Door.RDAP, refused=False)
    counters.came(Door.WHOIS, refused=True)
    counters.went(Door.RDAP)
    metrics = list(door_metrics(stripes))

    def value(name: str) -> dict[str, float]:
        return {each.labels["door"]: each.value for each in metric(metrics, name).samples}

    assert value("rdds_connections") == {"whois": 0, "rdap": 3}
    assert value("rdds_connections_refused") == {"whois": 1, "rdap": 0}
    assert value("rdds_open_connections") == {"whois": 0, "rdap": 2}


def test_cache_of_a_successor_counts_on_top() -> None:
    """A worker's own counts begin at 0; what is shown goes on, and what is kept is its own."""
    stripes = Stripes(1)
    stripe = stripes.claim()
    WorkerCounters(stripe).tell_cache(FakeCache(hits=10, used=500))
    counters = WorkerCounters(stripe)
    for hits in (3, 4):
        counters.tell_cache(FakeCache(hits=hits, used=70))
    metrics = list(cache_metrics(stripes))
    assert metric(metrics, "rdds_cache_hits").samples[0].value == 14
    assert metric(metrics, "rdds_cache_bytes").samples[0].value == 70
    assert metric(metrics, "rdds_cache_answers").samples[0].value == 4
    assert stripe[Level.CACHE_ROOM] == 1000
