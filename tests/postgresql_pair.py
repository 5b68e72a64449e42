"""A PostgreSQL primary and its standby, for tests: the bench's pair, or a reason to skip."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench import pair
from bench.pair import Pair

__all__ = ["Pair", "running_pair"]


@contextmanager
def running_pair() -> Iterator[Pair]:
    """Give a pair that runs; skip where PostgreSQL's programs aren't installed, but in CI."""
    programs = pair.installed_programs()
    if programs is None:
        reason = "PostgreSQL's own programs (initdb, pg_basebackup) are not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with pair.running_pair(programs, below=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as running:
        yield running
