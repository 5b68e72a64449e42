"""The load generators: wrk for RDAP, whoisload for WHOIS."""

from __future__ import annotations

import itertools
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from processes import on_core

__all__ = ["CONNECTIONS", "Generator", "Load", "WhoisLoad", "WrkLoad", "compile_whoisload"]

CONNECTIONS = 32
_SEEDS = itertools.count(20260101)  # each round draws other questions, the same in every run

# wrk asks a random path of the list each time and prints what it saw as one JSON line.
_WRK_SCRIPT = """
local paths, count, before, after = {}, 0, "", ""
function init(args)
  math.randomseed(tonumber(args[2]))
  wrk.headers["Accept"] = "application/rdap+json"
  before, after = wrk.format("GET", "@"):match("^(.-)@(.*)$")
  for path in io.lines(args[1]) do
    count = count + 1
    paths[count] = path
  end
end
function request() return before .. paths[math.random(count)] .. after end
function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    '\\n{"answers": %d, "seconds": %.6f, "errors": %d, "p50_us": %d, "p99_us": %d}\\n',
    summary.requests - e.status, summary.duration / 1e6,
    e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one round of load saw: whole answers, seconds, failures, latency in µs."""

    answers: int
    seconds: float
    errors: int
    p50: int
    p99: int


class Generator(Protocol):
    """Loads one port of this machine for some seconds."""

    def run(self, port: int, seconds: float) -> Load:
        """Ask 127.0.0.1:*port* without pause."""
        ...


def _load(line: str) -> Load:
    seen = json.loads(line)
    return Load(
        answers=seen["answers"],
        seconds=seen["seconds"],
        errors=seen["errors"] + seen.get("wrong", 0),
        p50=seen["p50_us"],
        p99=seen["p99_us"],
    )


def _last_line(command: list[str]) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return done.stdout.strip().splitlines()[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrkLoad:
    """HTTP over keep-alive; *questions* is a file of paths, one a line."""

    questions: Path
    core: int | str
    connections: int = CONNECTIONS

    def run(self, port: int, seconds: float) -> Load:
        """Ask 127.0.0.1:*port* without pause."""
        script = self.questions.with_suffix(".lua")
        script.write_text(_WRK_SCRIPT, encoding="ascii")
        command = ["wrk", "-t1", f"-c{self.connections}", f"-d{max(seconds, 1):.0f}s"]
        command += ["-s", str(script), f"http://127.0.0.1:{port}"]
        command += ["--", str(self.questions), str(next(_SEEDS))]
        return _load(_last_line(on_core(self.core, command)))


def compile_whoisload(folder: Path) -> Path:
    """Compile the generator for port 43 and give the program.

    Raises:
        RuntimeError: the compiler refused it.
    """
    program = folder / "whoisload"
    source = Path(__file__).with_name("whoisload.c")
    done = subprocess.run(
        ["cc", "-O2", "-o", str(program), str(source)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"cc: {done.stderr.strip()[-300:]}")
    return program


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoisLoad:
    """One question a connection; *questions* is a file of them, one a line."""

    program: Path
    questions: Path
    core: int | str
    connections: int = CONNECTIONS

    def run(self, port: int, seconds: float) -> Load:
        """Ask 127.0.0.1:*port* without pause; an answer must begin as a domain's record does."""
        command = [str(self.program), "127.0.0.1", str(port), str(self.connections)]
        command += [str(seconds), str(self.questions), "Domain Name: ", str(next(_SEEDS))]
        return _load(_last_line(on_core(self.core, command)))
