"""What every section stands on: what was asked for, the cores, the stores, the questions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from database import PostgresqlStore
from generators import Generator, WhoisLoad, WrkLoad, compile_whoisload
from goals import Skip
from opponent import Nginx, nginx_refusal, serve_nginx
from ours import Rdds, Serving
from pair import installed_programs, running_pair

__all__ = ["CHECKED", "DOORS", "Door", "Ground", "Options", "port_of"]

Door = str
DOORS: tuple[Door, ...] = ("RDAP", "WHOIS")
HOT_NAMES = 1000  # different names that a hot load asks for
COLD_NAMES = 1_000_000  # a cold load draws from all names, or from so many of them

# All checks are on: the load's addresses are not exempt, but the limits let it through.
CHECKED: Mapping[str, str] = {
    "RDDS_LIMITS_EXEMPT": "192.0.2.1/32",
    "RDDS_LIMITS_QUESTIONS": "1000000",
    "RDDS_LIMITS_PERSONS": "1000000",
    "RDDS_LIMITS_PER_SECONDS": "1",
    "RDDS_LIMITS_CONNECTIONS": "100000",
}

_ZONES = '[zones.example]\nprofile = "{}"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for: *seconds* a round, *checks* for stale answers, and so on."""

    names: int
    rounds: int
    seconds: float
    checks: int
    silent: int
    postgresql: str | None
    keep: Path | None


def port_of(serving: Serving, door: Door) -> int:
    """Give the port of *door*."""
    return serving.rdap if door == "RDAP" else serving.whois


class Ground:
    """One run's folder, cores and stores; *cores* are the server's, the load's and a spare one."""

    def __init__(self, options: Options, folder: Path, cores: Sequence[int]) -> None:
        self.options = options
        self.folder = folder
        self.cores = tuple(cores)
        self._stack = ExitStack()
        self._whoisload: Path | None = None
        self.here = Path(__file__).parent
        self.plots: dict[str, dict[str, list[tuple[float, float]]]] = {}

    def plot(self, chart: str, line: str, across: float, up: float | None) -> None:
        """Note a point of *line* for the plot *chart*."""
        if up is not None:
            self.plots.setdefault(chart, {}).setdefault(line, []).append((across, up))

    def close(self) -> None:
        """Give back what was taken: the PostgreSQL database."""
        self._stack.close()

    @property
    def server_core(self) -> int | None:
        """The server's core, ``None`` where there is one core for all."""
        return self.cores[0] if len(self.cores) > 1 else None

    @property
    def load_core(self) -> int:
        """The load generator's core."""
        if len(self.cores) < 2 or shutil.which("taskset") is None:
            raise Skip("it takes taskset and two cores")
        return self.cores[1]

    @property
    def editor_core(self) -> int:
        """The core of whoever edits: one of its own where there is one, or the load's."""
        return self.cores[2] if len(self.cores) > 2 else self.cores[1]

    def place(self, names: int, profile: str = "gtld") -> Rdds:
        """Give the program for a store of *names* names, without looking if it is there."""
        folder = (self.options.keep or self.folder) / str(names)
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / f"{profile}.toml"
        config.write_text(_ZONES.format(profile), encoding="utf-8")
        settings = {"RDDS_CONFIG": str(config)}
        return Rdds(folder=folder, core=self.server_core, settings=settings)

    def program(self, names: int | None = None, profile: str = "gtld") -> Rdds:
        """Give the program over a store of *names* names, which is made where it is missing.

        The system holds its pages, as it does where a server has run for a while.
        """
        program = self.place(names or self.options.names, profile)
        if not (program.folder / "filled").exists():
            print(f"  (making a store of {names or self.options.names:,} names)", flush=True)
            program.fill(names or self.options.names)
            (program.folder / "filled").touch()
        program.warm()
        return program

    @cached_property
    def postgresql(self) -> PostgresqlStore:
        """A database of our own on the PostgreSQL server that was named, filled.

        Raises:
            Skip: none was named.
        """
        if self.options.postgresql is None:
            raise Skip("no server was named (--postgresql URL)")
        store = self._stack.enter_context(PostgresqlStore.make(self.options.postgresql))
        print(f"  (making a database of {self.options.names:,} names)", flush=True)
        program = self.on_postgresql(store)
        program.upgrade()
        program.fill(self.options.names)
        store.settle()
        return store

    def on_postgresql(self, store: PostgresqlStore, profile: str = "gtld") -> Rdds:
        """Give the program over *store*."""
        folder = self.folder / "postgresql"
        folder.mkdir(exist_ok=True)
        config = folder / f"{profile}.toml"
        config.write_text(_ZONES.format(profile), encoding="utf-8")
        settings = {"RDDS_CONFIG": str(config), "RDDS_DATABASE_URL": store.url}
        return Rdds(folder=folder, core=self.server_core, settings=settings)

    @contextmanager
    def on_standby(
        self, names: int, profile: str = "gtld"
    ) -> Iterator[tuple[Rdds, PostgresqlStore]]:
        """Give the program over a primary of our own with *names* names, and what it reads from.

        That is the primary's standby alone.

        Raises:
            Skip: PostgreSQL's programs aren't installed.
        """
        programs = installed_programs()
        if programs is None:
            raise Skip("PostgreSQL's own programs (initdb, pg_basebackup) are not installed")
        with running_pair(programs) as servers:
            program = self.on_postgresql(PostgresqlStore(url=servers.primary.url), profile)
            program.upgrade()
            program.fill(names)
            settings = {**program.settings, "RDDS_DATABASE_READ_URLS": servers.standby.url}
            program = Rdds(folder=program.folder, core=program.core, settings=settings)
            yield program, PostgresqlStore(url=servers.standby.url)

    def hot_names(self) -> list[str]:
        """Give the names of a hot load."""
        return self.program().names(min(HOT_NAMES, self.options.names))

    def cold_names(self, names: int | None = None) -> list[str]:
        """Give the names of a cold load: of all, drawn uniformly."""
        return self.program(names).names(COLD_NAMES)

    def cold_cache(self, names: int | None = None) -> Mapping[str, str]:
        """Give the settings of a cache that holds fewer than a tenth of *names* names.

        An answer takes some 3 kB and more.
        """
        return {"RDDS_CACHE_BYTES": str((names or self.options.names) * 250)}

    def generators(self, label: str, names: Sequence[str]) -> dict[Door, Generator]:
        """Give what asks each door for *names*, drawn uniformly; *label* names its files.

        Raises:
            Skip: a tool is missing.
        """
        if shutil.which("wrk") is None:
            raise Skip("wrk is not installed")
        if shutil.which("cc") is None:
            raise Skip("there is no C compiler for the load generator of port 43")
        core = self.load_core
        paths, questions = self.folder / f"{label}-paths", self.folder / f"{label}-questions"
        paths.write_text("".join(f"/domain/{name}\n" for name in names), encoding="ascii")
        questions.write_text("".join(f"{name}\n" for name in names), encoding="ascii")
        if self._whoisload is None:
            self._whoisload = compile_whoisload(self.folder)
        whois = WhoisLoad(program=self._whoisload, questions=questions, core=core)
        return {"RDAP": WrkLoad(questions=paths, core=core), "WHOIS": whois}

    @contextmanager
    def nginx(self, serving: Serving, names: Sequence[str]) -> Iterator[Nginx]:
        """Run nginx on the server's core with the answers of *serving* for *names*.

        Raises:
            Skip: it isn't installed.
        """
        why = nginx_refusal()
        if why is not None:
            raise Skip(why)
        root = self.folder / "root" / "domain"
        root.mkdir(parents=True, exist_ok=True)
        for name in names:
            (root / name).write_bytes(serving.rdap_answer(name))
        answers = sorted((serving.whois_answer(name) for name in names[:101]), key=len)
        middle = answers[len(answers) // 2].decode("utf-8")
        core = self.server_core if self.server_core is not None else 0
        with serve_nginx(self.folder, whois_answer=middle, core=core) as nginx:
            yield nginx
