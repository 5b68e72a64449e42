"""The README's commands, run as they stand against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.programs import Program, Serving

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
SECONDS = 120

# As the README's second start has it.
SWITCHED_ON = """
[rdap]
searches = ["all"]

[pages]
listen = ["127.0.0.1:0"]
"""


class Reader:
    """Somebody who types what the README says, in a folder of their own."""

    def __init__(self, folder: Path, serving: Serving, url: str) -> None:
        self._folder = folder
        self._serving = serving
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("RDDS_")}
        rdap = serving.rdap.split("/")[2]
        self._environment = {
            **inherited,
            "RDDS_DATABASE_URL": url,
            "RDDS_WHOIS_LISTEN": serving.whois,
            "RDDS_RDAP_LISTEN": rdap,
        }
        self._ports = {"4343": serving.whois.split(":")[1], "8080": rdap.split(":")[1]}
        program = folder / ".venv" / "bin" / "rdds"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rdds "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def type(self, block: str) -> str:
        """Run a block of the README; every line must succeed. Give what it printed."""
        for port, real in self._ports.items():
            block = re.sub(rf"\b{port}\b", real, block)
        done = subprocess.run(
            ["sh", "-e", "-c", block],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Give a reader in front of the sample, with the clients that the README uses."""
    for client in ("whois", "curl"):
        if shutil.which(client) is None:
            assert not os.environ.get("CI"), f"{client} is not installed in CI"
            pytest.skip(f"{client} is not installed")
    url = f"sqlite:///{tmp_path / 'rdds.sqlite3'}"
    settings = (TOP / "rdds.toml").read_text(encoding="utf-8") + SWITCHED_ON
    with Program(tmp_path, url, settings).serve("--demo") as serving:
        yield Reader(tmp_path, serving, url)


def test_readme_commands_do_what_it_says(reader: Reader) -> None:
    """Typed in order, each command succeeds and each edit shows at both doors."""
    ask, edit_phone, ask_again, edit_tech, import_own, search = BLOCKS
    phone = re.findall(r"--voice (\S+)", edit_phone)[0]

    before = reader.type(ask)
    edited = reader.type(edit_phone)
    after = reader.type(ask_again)
    checked = reader.type(edit_tech)
    imported = reader.type(import_own)
    searched = reader.type(search)

    assert "Domain Name: SHOP.EXAMPLE" in before
    assert '"ldhName":"shop.example"' in before
    assert phone not in before
    assert phone in edited
    assert f"Phone: {phone}" in after
    assert f"tel:{phone.replace('.', '')}" in after.replace("-", "").replace(".", "")
    assert "shop.example: all fields agree." in checked
    assert '"totalCount":' in searched
    assert '"fn",{},"text","Kauri Domains Limited"' in searched
    assert len(re.findall(r"^\S+\.test\b", imported, flags=re.MULTILINE)) == 1000


def test_readme_shows_edits_that_never_wait() -> None:
    """No edit of the README is one of a registrant's name, organisation or e-mail."""
    edits = [line for block in BLOCKS for line in block.splitlines() if "contact update" in line]

    assert edits
    assert not [line for line in edits if re.search(r"--(name|org|email)\b", line)]
