"""The doors that bytes are sent to: one store for all of a module's inputs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.doors import LOOPS, Doors, open_doors
from tests.fuzz.filled_store import fill_store


@pytest.fixture(scope="session")
def filled_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the URL of the filled store."""
    return fill_store(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module", params=LOOPS)
def doors(filled_url: str, request: pytest.FixtureRequest) -> Iterator[Doors]:
    """Give both doors over the filled store, on each event loop in turn."""
    with open_doors(filled_url, LOOPS[request.param]()) as opened:
        yield opened
