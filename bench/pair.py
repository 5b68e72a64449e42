"""Two PostgreSQL servers of our own: a primary, and a standby that applies synchronously."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Pair", "Server", "installed_programs", "running_pair"]

_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
shared_buffers = 16MB
max_wal_senders = 4
wal_level = replica
hot_standby = on
wal_receiver_status_interval = 1s
"""


class Server:
    """One server, in *folder*, on a port that was free."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.port = _free_port()

    @property
    def url(self) -> str:
        """Give the address of its database `postgres`, as superuser."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres?sslmode=disable"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port}"
        log = self.folder.with_suffix(".log")
        self._ctl("start", "-w", "-t", "60", "-o", options, "-l", str(log))

    def stop(self, how: str = "fast") -> None:
        """Stop it: ``fast``, or ``immediate``, which is a crash."""
        self._ctl("stop", "-w", "-t", "60", "-m", how)

    def promote(self) -> None:
        """Make it a primary, and wait until it is."""
        self._ctl("promote", "-w", "-t", "60")

    def set(self, **settings: str) -> None:
        """Set *settings* in its file, and have it read them."""
        with (self.folder / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self._ctl("reload")

    def _ctl(self, *arguments: str) -> None:
        _run([self.programs / "pg_ctl", "-D", self.folder, *arguments])


class Pair:
    """A primary and its standby; commits wait until the standby shows them."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.primary = Server(programs, folder / "primary")
        self.standby = Server(programs, folder / "standby")
        self._programs = programs

    def start(self) -> None:
        """Make both and start them."""
        primary, standby = self.primary, self.standby
        initdb: Sequence[str | Path] = [
            *(self._programs / "initdb", "-D", primary.folder, "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--locale=C", "--no-sync"),
        ]
        _run(initdb)
        with (primary.folder / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS)
        primary.start()
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name=standby"
        _run(
            [
                *(self._programs / "pg_basebackup", "-D", standby.folder, "-d", source),
                *("-R", "-X", "stream", "-c", "fast", "--no-sync"),
            ]
        )
        standby.start()
        primary.set(synchronous_standby_names="FIRST 1 (standby)")

    def stop(self) -> None:
        """Stop what still runs."""
        for server in (self.standby, self.primary):
            with suppress(RuntimeError):  # it doesn't run
                server.stop("immediate")


@contextmanager
def running_pair(programs: Path, *, below: str | None = None) -> Iterator[Pair]:
    """Give a pair that runs *programs*, in a folder *below* another; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="rdds-pair-", dir=below))
    pair = Pair(programs, folder)
    try:
        if os.geteuid() == 0:
            user = pwd.getpwnam(_user())
            os.chown(folder, user.pw_uid, user.pw_gid)
        pair.start()
        yield pair
    finally:
        pair.stop()
        shutil.rmtree(folder, ignore_errors=True)


def installed_programs() -> Path | None:
    """Give the folder of PostgreSQL's newest server; ``None`` where none is installed.

    Debian has a folder for each version; that of a version whose client alone is installed
    holds no ``initdb``.
    """
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda each: [int(part) for part in each.parts[4].split(".")],
        reverse=True,
    )
    on_path = shutil.which("initdb")
    folders = [*versions, *([Path(on_path).parent] if on_path else [])]
    wanted = ("initdb", "pg_basebackup", "pg_ctl")
    return next((each for each in folders if all((each / name).exists() for name in wanted)), None)


def _user() -> str:
    """Give whom to run the servers as: PostgreSQL refuses root."""
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _run(command: Sequence[str | Path]) -> None:
    """Run *command* as who may run a server.

    Raises:
        RuntimeError: it failed; the message has what it said.
    """
    user = _user() if os.geteuid() == 0 else None
    # A server inherits what it writes to: a pipe would be waited for as long as it runs.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            check=False,
            user=user,
        )
        said.seek(0)
        text = said.read().decode(errors="replace")
    if done.returncode:
        said = text.strip()[-500:]
        raise RuntimeError(f"{Path(command[0]).name}: exit {done.returncode}: {said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
