"""Our own program as a user runs it: `rdds generate`, `rdds import`, `rdds serve`."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clients import HttpClient, ask_whois
from processes import Run, background, environment, named, on_core, run_measured

__all__ = ["Rdds", "Serving", "sample_names"]

_READY = re.compile(r"ready whois=127\.0\.0\.1:(\d+) rdap=http://127\.0\.0\.1:(\d+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server: its parent's process, its ports, the seconds until `ready`."""

    pid: int
    whois: int
    rdap: int
    start: float

    def rdap_answer(self, name: str) -> bytes:
        """Give the RDAP answer for *name*.

        Raises:
            RuntimeError: there is none.
        """
        with closing(HttpClient(self.rdap)) as client:
            return client.ask(f"/domain/{name}")[1]

    def whois_answer(self, name: str) -> bytes:
        """Give the WHOIS answer for *name*.

        Raises:
            RuntimeError: there is none.
        """
        return ask_whois(self.whois, name)

    def workers(self) -> list[int]:
        """Give the processes that answer at the doors, oldest first."""
        return named(self.pid, "rdds worker")


def sample_names(store: Path, count: int) -> list[str]:
    """Draw about *count* names of the SQLite *store* uniformly, the same ones in every run."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        (total,) = connection.execute("SELECT count(*) FROM domain").fetchone()
        chance, share = random.Random(20260101), (1.2 * count + 20) / max(total, 1)
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM domain ORDER BY id")
            if share >= 1 or chance.random() < share
        ]
    chance.shuffle(names)
    return names[:count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rdds:
    """The program over one SQLite store in *folder*, held to *core*.

    *settings* are variables that say otherwise, another store's URL among them.
    """

    folder: Path
    core: int | str | None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.folder / "bench.sqlite3"

    @property
    def url(self) -> str:
        """The store's URL."""
        return self._variables["RDDS_DATABASE_URL"]

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
        self._clear()
        return run_measured(
            self._command(["import", str(deposit)]),
            log=self.folder / "import.log",
            variables=self._variables,
        )

    def fill(self, domains: int) -> None:
        """Import *domains* generated names into a new store; no deposit is written.

        Raises:
            RuntimeError: generating or importing failed.
        """
        self._clear()
        words = [sys.executable, "-m", "rdds", "generate", "--domains", str(domains)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment(None)) as generator:
            log = self.folder / "import.log"
            with log.open("w", encoding="utf-8") as output:
                done = subprocess.run(
                    [sys.executable, "-m", "rdds", "import", "-"],
                    check=False,
                    stdin=generator.stdout,
                    stdout=output,
                    stderr=output,
                    env=environment(self._variables),
                )
        if done.returncode or generator.returncode:
            said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
            raise RuntimeError(f"rdds import -: exit {done.returncode}: {said}")

    def upgrade(self) -> None:
        """Bring the store's schema up to date."""
        command = self._command(["store", "upgrade"])
        run_measured(command, log=self.folder / "upgrade.log", variables=self._variables)

    def warm(self) -> None:
        """Have the system read the store's file into memory, as far as there is room."""
        with self.store.open("rb") as file:
            while file.read(1 << 20):
                pass

    def _clear(self) -> None:
        for old in self.folder.glob("bench.sqlite3*"):
            old.unlink()

    def names(self, count: int) -> list[str]:
        """Give *count* random names of the store, the same ones in every run."""
        return sample_names(self.store, count)

    @contextmanager
    def serve(
        self,
        *,
        workers: int = 1,
        whois: int = 0,
        rdap: int = 0,
        variables: Mapping[str, str] | None = None,
    ) -> Iterator[Serving]:
        """Run *workers* on two ports, 0 for a free one; *variables* are more settings.

        Raises:
            RuntimeError: it did not get ready; the message says what it said.
        """
        arguments = ["serve", "--whois", f"127.0.0.1:{whois}", "--rdap", f"127.0.0.1:{rdap}"]
        arguments += ["--workers", str(workers)]
        log = self.folder / "serve.log"
        before = time.perf_counter()
        settings = {**self._variables, **(variables or {})}
        with background(self._command(arguments), log=log, variables=settings) as process:
            line = process.stdout.readline() if process.stdout else ""
            start = time.perf_counter() - before
            found = _READY.match(line)
            if found is None:
                said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
                raise RuntimeError(f"rdds serve did not get ready: {line.strip()} {said}")
            yield Serving(pid=process.pid, whois=int(found[1]), rdap=int(found[2]), start=start)
