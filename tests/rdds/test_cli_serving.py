"""How `rdds serve` fails: in one line, also while the log is at work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rdds.test_cli_failures import clean_environment


@pytest.mark.parametrize("as_json", [False, True])
def test_serve_that_can_not_listen_is_one_line(tmp_path: Path, *, as_json: bool) -> None:
    """The store is made ready in silence, and the refusal is all that is said."""
    command = [sys.executable, "-m", "rdds"]
    words = [*(["--json"] if as_json else []), "serve", "--whois", "192.0.2.1:0", "--rdap", "off"]
    environment = clean_environment()
    subprocess.run(
        [*command, "store", "upgrade"],
        check=True,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    done = subprocess.run(
        [*command, *words],
        check=False,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    code = json.loads(done.stderr)["error"]["code"] if as_json else done.stderr.split(":")[0]
    assert code == "SETTINGS"
