"""The stage of the walk: a served sample, its commands, its doors, and its pages."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

__all__ = ["Stage", "press", "serving"]

_SETTINGS = """
[database]
url = "sqlite:///{folder}/walk.sqlite3"

[zones.example]
profile = "gtld"

[zones."co.example"]
profile = "irs"

[mail]
smtp_url = "smtp://127.0.0.1:{mail}"
sender = "registry@walk.example"

[sms]
url = "http://127.0.0.1:{sms}/"

[pages]
listen = ["127.0.0.1:{pages}"]

[log]
level = "warning"
"""
_LINES = re.compile(r"^(?:Domain Status|Registrant (?:Name|Organization|Email)): .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A running server and the settings that it and the commands share."""

    config: Path
    whois: str
    rdap: str

    def do(self, *words: str) -> None:
        """Show and run a command, and show what it prints."""
        shown = (f"'{word}'" if " " in word else word for word in words)
        print(f"\n$ rdds {' '.join(shown)}", flush=True)
        print(self._run(*words), end="", flush=True)

    def ask(self, *words: str) -> dict[str, Any]:
        """Run a command that only reads, without showing it; give its JSON."""
        answer: dict[str, Any] = json.loads(self._run("--json", *words))
        return answer

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rdds", "--config", str(self.config), *words],
            stdout=subprocess.PIPE,
            env=_environment(),
            text=True,
            check=True,
        )
        return done.stdout

    def see(self, name: str) -> tuple[str, ...]:
        """Ask both doors for *name*; show and give what they say of its registrant."""
        host, _, port = self.whois.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(f"{name}\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        lines = [line.strip() for line in _LINES.findall(answer)]
        with urllib.request.urlopen(f"{self.rdap}domain/{name}", timeout=30) as response:
            lines += _of_rdap(json.load(response))
        for line in lines:
            print(f"    {line}", flush=True)
        return tuple(lines)


def _of_rdap(document: dict[str, Any]) -> Iterator[str]:
    yield f"RDAP status: {', '.join(document['status'])}"
    for entity in document["entities"]:
        if "registrant" in entity["roles"]:
            card = {each[0]: each[3] for each in entity["vcardArray"][1]}
            yield f"RDAP registrant: {card['fn']}, {card.get('email', 'no e-mail')}"


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("RDDS_")}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, *, mail: int, sms: int) -> Iterator[Stage]:
    """Serve the sample from *folder*, with its messages going to the ports *mail* and *sms*."""
    config = folder / "walk.toml"
    values = {"folder": folder, "mail": mail, "sms": sms, "pages": _free_port()}
    config.write_text(_SETTINGS.format(**values), encoding="utf-8")
    words = ("serve", "--demo", "--whois", "127.0.0.1:0", "--rdap", "127.0.0.1:0")
    with subprocess.Popen(
        [sys.executable, "-m", "rdds", "--config", str(config), *words],
        stdout=subprocess.PIPE,
        env=_environment(),
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            ready = re.fullmatch(r"ready whois=(\S+) rdap=(\S+)\n", server.stdout.readline())
            if ready is None:
                raise SystemExit("The server did not start.")
            yield Stage(config=config, whois=ready[1], rdap=ready[2])
        finally:
            server.terminate()


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input" and said.get("type") == "hidden" and said.get("name"):
            self.hidden[str(said["name"])] = said.get("value") or ""


def press(link: str, decision: str, *ticks: str) -> str:
    """Press a button of a page with *ticks* set, as a browser does; give the next page's title."""
    form = _Form()
    with urllib.request.urlopen(link, timeout=30) as page:
        form.feed(page.read().decode())
    fields = form.hidden | dict.fromkeys(ticks, "yes") | {"decision": decision}
    with urllib.request.urlopen(link, urlencode(fields).encode(), timeout=30) as answer:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.read().decode(), re.DOTALL)
    return " ".join(found[1].split()) if found else ""
