"""Running `rdds` as people and scripts do."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

__all__ = ["Program", "Serving", "ask_rdap", "ask_whois"]

SECONDS = 30.0
READY = re.compile(r"ready whois=(?P<whois>\S+) rdap=(?P<rdap>\S+)\n")


def ask_whois(address: str, question: str) -> str:
    """Ask port 43 and read to the end."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
        connection.sendall(f"{question}\r\n".encode())
        chunks = []
        while chunk := connection.recv(65536):
            chunks.append(chunk)
    return b"".join(chunks).decode()


def ask_rdap(base: str, path: str, method: str = "GET") -> tuple[int, Any]:
    """Ask RDAP on a connection of its own; give status and document."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    try:
        connection.request(method, f"{parts.path}{path}")
        response = connection.getresponse()
        body = response.read()
        return response.status, orjson.loads(body) if body else None
    finally:
        connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server: where it listens, its process, and what it logs."""

    whois: str
    rdap: str
    process: subprocess.Popen[str]
    log: Path

    def ask_whois(self, question: str) -> str:
        """Ask its port 43."""
        return ask_whois(self.whois, question)

    def ask_rdap(self, path: str) -> tuple[int, Any]:
        """Ask its RDAP door."""
        return ask_rdap(self.rdap, path)

    def workers(self) -> list[int]:
        """Give the process ids of the workers that answer at the doors, oldest first."""
        return self._children("rdds worker")

    def side(self) -> list[int]:
        """Give the process ids of what works beside the doors: one, but for a moment."""
        return self._children("rdds side")

    def _children(self, name: str) -> list[int]:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        named = [each for each in children if _name_of(each) == name]
        return sorted(map(int, named))


def _name_of(pid: str) -> str | None:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
    except OSError:  # it has just ended
        return None


class Program:
    """`rdds` with a store and settings of its own."""

    def __init__(self, folder: Path, url: str, settings: str = "") -> None:
        self.folder = folder
        self.config = folder / "rdds.toml"
        self.config.write_text(settings, encoding="utf-8")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("RDDS_")}
        self.environment = {**inherited, "RDDS_DATABASE_URL": url, "PYTHONWARNINGS": "error"}

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "rdds", "--config", str(self.config), *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=4 * SECONDS,
            check=False,
        )

    def do(self, *arguments: str) -> Any:
        """Run one command that must succeed; give its JSON."""
        done = self.run("--json", *arguments)
        assert done.returncode == 0, done.stderr
        return orjson.loads(done.stdout)

    @contextmanager
    def serve(self, *arguments: str) -> Iterator[Serving]:
        """Serve on free ports; stop with TERM at the end, which must end well.

        A test that killed it itself is its own judge.
        """
        doors = [
            word
            for door in ("--whois", "--rdap")
            if door not in arguments
            for word in (door, "127.0.0.1:0")
        ]
        log = self.folder / "serve.log"
        with log.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "rdds", "--config", str(self.config), "serve"),
                    *(*doors, *arguments),
                ],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            ready = READY.fullmatch(line)
            assert ready, f"{line!r} {log.read_text()}"
            yield Serving(whois=ready["whois"], rdap=ready["rdap"], process=process, log=log)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) in {0, -signal.SIGKILL}
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
