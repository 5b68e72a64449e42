"""The command line, run in this process in a folder of its own."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rdds.cli import main


@dataclass(frozen=True)
class Run:
    """What one command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read standard output as the one JSON object it must be."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """Read standard error as the one JSON error it must be."""
        found: dict[str, Any] = json.loads(self.err)["error"]
        return found


Rdds = Callable[..., Run]


@pytest.fixture
def rdds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Rdds:
    """Give a function that runs ``rdds`` with words and, if given, standard input."""
    for name in os.environ:
        if name.startswith("RDDS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*words: str, stdin: bytes = b"") -> Run:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        # A stream of its own: the command line gives it up where it can't be written.
        with os.fdopen(os.dup(1), "w") as output:
            monkeypatch.setattr(sys, "stdout", output)
            status = main(words)
        said = capfdbinary.readouterr()
        return Run(status=status, out=said.out.decode(), err=said.err.decode())

    return run


NOBODY = 65534


@contextmanager
def closed(path: Path, *, left: int = 0) -> Iterator[None]:
    """Leave only the rights *left* on *path* for a while, and from root take all others."""
    mode, user = path.stat().st_mode, os.geteuid()
    if user == 0:
        Path.cwd().chmod(0o755)  # where nobody's commands run
    path.chmod(left)
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)


CONTACT = (
    *("--registrar", "REG1", "--name", "Aroha Ngata", "--street", "1 Kowhai St"),
    *("--city", "Wellington", "--cc", "NZ", "--email", "aroha@example.net"),
    *("--voice", "+64.48312000", "--auth-info", "secret99"),
)


@pytest.fixture
def stocked(rdds: Rdds) -> Rdds:
    """Give ``rdds`` over a store with a registrar, two contacts and a name."""
    for words in (
        ("registrar", "create", "REG1", "--name", "Example Registrar", "--gurid", "9999"),
        ("contact", "create", "AROHA1", *CONTACT),
        ("contact", "create", "TAMA22", *CONTACT, "--org", "Tama Ltd"),
        ("domain", "create", "shop.example", "--registrar", "REG1", "--registrant", "AROHA1",
         "--admin", "AROHA1", "--tech", "TAMA22", "--ns", "ns1.example.net",
         "--expires", "2100-06-30"),
    ):  # fmt: skip
        assert rdds(*words).status == 0
    return rdds
