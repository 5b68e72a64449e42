"""Memory: an import holds a piece of the deposit, not the deposit."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from store.deposit.generate import write_deposit

MEASURE = """
import re, sys
from datetime import UTC, datetime
from store.deposit.importing import ImportOptions, import_deposit
from store.sql.database import Database
database = Database.open("sqlite:///" + sys.argv[1], create=True)
with open(sys.argv[2], "rb") as stream:
    database.write(lambda c: import_deposit(
        c, stream, ImportOptions(), clock=lambda: datetime.now(UTC)))
with open("/proc/self/status") as status:
    print(re.search(r"VmHWM:\\s*(\\d+)", status.read())[1])
"""


def peak(folder: Path, domains: int) -> int:
    """Give the peak resident memory in KiB of importing that many names.

    The kernel's own mark, for ``ru_maxrss`` of a child starts at its parent's.
    """
    deposit = folder / f"{domains}.xml"
    with deposit.open("wb") as stream:
        write_deposit(stream, domains=domains)
    store = folder / f"{domains}.sqlite3"
    command = [sys.executable, "-c", MEASURE, str(store), str(deposit)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(told.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak")
def test_memory_stays_far_below_the_deposits_size(tmp_path: Path) -> None:
    """A deposit four times as large takes hardly more memory."""
    small, large = peak(tmp_path, 2500), peak(tmp_path, 10_000)
    assert large < 200 * 1024
    # The larger deposit is 13 MB longer, and the database's cache fills: no copy of it is held.
    assert large - small < 40 * 1024


def test_writing_a_deposit_holds_none_of_it() -> None:
    """A generated deposit goes straight to its stream."""

    class Counted(io.RawIOBase):
        total = 0

        def write(self, octets: bytes) -> int:  # type: ignore[override] # bytes alone come
            self.total += len(octets)
            return len(octets)

    counted = Counted()
    tracemalloc.start()
    try:
        write_deposit(counted, domains=5_000)  # type: ignore[arg-type] # write is all it needs
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert counted.total > 8_000_000
    assert most < 4_000_000
