"""What the figures were taken on: the machine, and the versions of everything involved."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["describe_machine"]

_PACKAGES = ("uvloop", "aiohttp", "asyncpg", "SQLAlchemy", "orjson", "lxml")


def describe_machine() -> list[str]:
    """Give some lines for the head of a table."""
    return [
        f"{os.cpu_count()} cores, {_processor()}, {_memory()} GB, {platform.platform()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {_packages()}",
        ", ".join(filter(None, map(_tool, ("nginx", "wrk", "cc", "postgres")))) or "no opponents",
    ]


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1].strip() if found else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)


def _packages() -> str:
    said = []
    for name in _PACKAGES:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(said)


def _tool(name: str) -> str | None:
    """Give *name* with its version, or ``None`` where it isn't installed."""
    path = shutil.which(name)
    if path is None and name == "postgres":
        path = next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))), None)
    if path is None:
        return None
    option = "-v" if name in {"nginx", "wrk"} else "--version"
    done = subprocess.run([path, option], check=False, capture_output=True, text=True)
    found = re.search(r"\d+\.[\w.]+", done.stdout + done.stderr)
    return f"{name} {found[0] if found else '?'}"
