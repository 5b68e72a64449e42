"""The numbers of a server as Prometheus reads them; ``docs/monitoring.md`` explains each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from rdds.limits.shared import LimitCounts
from rdds.operations.door_metrics import door_metrics, limit_metrics
from rdds.operations.state_metrics import (
    cache_metrics,
    freshness_metrics,
    process_metrics,
    store_metrics,
)
from rdds.operations.store_figures import StoreFigures
from rdds.operations.stripes import Stripes

__all__ = ["Figures", "ServerNumbers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is known beside the stripes.

    ``store`` is ``None`` where the store didn't answer, ``limits`` where nobody is limited.
    ``faults`` is what readiness said.
    """

    version: str
    engine: str
    faults: Mapping[str, str | None]
    store: StoreFigures | None = None
    limits: LimitCounts | None = None


class ServerNumbers(Collector):
    """Collects the metrics of *stripes* and *figures*, also the series that are 0."""

    def __init__(self, stripes: Stripes, figures: Figures) -> None:
        self._stripes = stripes
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Give metric after metric."""
        stripes, figures = self._stripes, self._figures
        yield from door_metrics(stripes)
        yield from limit_metrics(figures.limits)
        yield from cache_metrics(stripes)
        yield from freshness_metrics(stripes)
        yield from store_metrics(figures.store)
        yield from process_metrics(
            stripes, figures.faults, version=figures.version, engine=figures.engine
        )
