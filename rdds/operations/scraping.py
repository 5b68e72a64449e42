"""Making the page of metrics: on a thread, one at a time, whatever the store does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import CollectorRegistry

from rdds.limits.shared import LimitCounts
from rdds.operations.metrics import Figures, ServerNumbers
from rdds.operations.readiness import Readiness
from rdds.operations.store_figures import StoreFigures
from rdds.operations.stripes import Stripes

__all__ = ["Scraper", "Sources"]

STORE_SECONDS = 2.0

_log = logging.getLogger("rdds.side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the numbers come from.

    ``look`` reads the store's figures and may wait; ``limits`` is ``None`` where nobody is
    limited.
    """

    stripes: Stripes
    readiness: Readiness
    look: Callable[[], StoreFigures]
    limits: Callable[[], LimitCounts] | None = None
    engine: str


class Scraper:
    """Makes the page; to be used on one event loop."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._version = version("rdds")
        self._turn = asyncio.Lock()
        self._store = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._looking: asyncio.Future[StoreFigures] | None = None

    async def page(self, accept: str) -> tuple[bytes, str]:
        """Give the page in the form that *accept* asks for, and its content type."""
        async with self._turn:
            faults = await self._sources.readiness.faults()
            store = await self._look()
            return await asyncio.to_thread(self._write, accept, faults, store)

    def close(self) -> None:
        """Leave a look that is under way to itself."""
        self._store.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> StoreFigures | None:
        """Look at the store; a look that never ends is not begun twice."""
        if self._looking is None:
            loop = asyncio.get_running_loop()
            self._looking = loop.run_in_executor(self._store, self._sources.look)
        done, _ = await asyncio.wait((self._looking,), timeout=STORE_SECONDS)
        if not done:
            return None
        looked, self._looking = self._looking, None
        error = looked.exception()
        if error is not None:  # its text may hold a secret
            _log.warning("the store gives no figures: %s", type(error).__name__)
            return None
        return looked.result()

    def _write(
        self, accept: str, faults: dict[str, str | None], store: StoreFigures | None
    ) -> tuple[bytes, str]:
        sources = self._sources
        figures = Figures(
            version=self._version,
            engine=sources.engine,
            store=store,
            limits=sources.limits() if sources.limits else None,
            faults=faults,
        )
        registry = CollectorRegistry(auto_describe=False)
        registry.register(ServerNumbers(sources.stripes, figures))
        encode, content_type = choose_encoder(accept)
        page: bytes = encode(registry)
        return page, content_type
