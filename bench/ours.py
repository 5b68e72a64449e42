"""Our own program as a user runs it: `rdds generate`, `rdds import`, `rdds serve`."""

from __future__ import annotations

import random
import re
import socket
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from processes import Run, background, on_core, run_measured

__all__ = ["Rdds", "Serving"]

_READY = re.compile(r"ready whois=127\.0\.0\.1:(\d+) rdap=http://127\.0\.0\.1:(\d+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server: its parent's process, its ports, the seconds until `ready`."""

    pid: int
    whois: int
    rdap: int
    start: float

    def rdap_answer(self, name: str) -> bytes:
        """Give the RDAP answer for *name*."""
        url = f"http://127.0.0.1:{self.rdap}/domain/{name}"
        with urllib.request.urlopen(url, timeout=30) as reply:
            body: bytes = reply.read()
            return body

    def whois_answer(self, name: str) -> bytes:
        """Give the WHOIS answer for *name*."""
        with socket.create_connection(("127.0.0.1", self.whois), timeout=30) as connection:
            connection.sendall(f"{name}\r\n".encode("ascii"))
            return b"".join(iter(lambda: connection.recv(65536), b""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rdds:
    """The program over one SQLite store in *folder*, held to *core*.

    *settings* are variables that say otherwise, another store's URL among them.
    """

    folder: Path
    core: int | None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.folder / "bench.sqlite3"

    @property
    def _variables(self) -> dict[str, str]:
        return {"RDDS_DATABASE_URL": f"sqlite:///{self.store}", **self.settings}

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return on_core(self.core, [sys.executable, "-m", "rdds", *arguments])

    def generate(self, domains: int) -> Path:
        """Write a deposit of *domains* names and give its file."""
        deposit = self.folder / f"{domains}.xml"
        arguments = ["generate", "--domains", str(domains), "--output", str(deposit)]
        run_measured(self._command(arguments), log=self.folder / "generate.log")
        return deposit

    def load(self, deposit: Path) -> Run:
        """Import *deposit* into a new store."""
        for old in self.folder.glob("bench.sqlite3*"):
            old.unlink()
        return run_measured(
            self._command(["import", str(deposit)]),
            log=self.folder / "import.log",
            variables=self._variables,
        )

    def names(self, count: int) -> list[str]:
        """Give *count* random names of the store, the same ones in every run."""
        connection = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        try:
            names = [name for (name,) in connection.execute("SELECT name FROM domain")]
        finally:
            connection.close()
        return random.Random(20260101).sample(sorted(names), min(count, len(names)))

    @contextmanager
    def serve(self) -> Iterator[Serving]:
        """Run one worker on free ports.

        Raises:
            RuntimeError: it did not get ready; the message says what it said.
        """
        arguments = ["serve", "--whois", "127.0.0.1:0", "--rdap", "127.0.0.1:0", "--workers", "1"]
        log = self.folder / "serve.log"
        before = time.perf_counter()
        with background(self._command(arguments), log=log, variables=self._variables) as process:
            line = process.stdout.readline() if process.stdout else ""
            start = time.perf_counter() - before
            found = _READY.match(line)
            if found is None:
                said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
                raise RuntimeError(f"rdds serve did not get ready: {line.strip()} {said}")
            yield Serving(pid=process.pid, whois=int(found[1]), rdap=int(found[2]), start=start)
