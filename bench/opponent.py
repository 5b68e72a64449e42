"""The opponent: nginx with the same bytes, as files over HTTP and as text over TCP."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processes import background, on_core

__all__ = ["Nginx", "awaits_clients", "free_port", "nginx_refusal", "serve_nginx"]

STREAM_MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
_PIECE = 1000  # bytes of one quoted word; nginx takes some 4,000

# `ssl_preread on` makes nginx read the question before it answers; without it the answer
# goes out first and the question meets a closed connection.
_SETTINGS = """
{module}
{user}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/rdap+json;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  server {{ listen 127.0.0.1:{http}; root {root}; }}
}}
stream {{
  geo $dollar {{ default "$"; }}
  server {{
    listen 127.0.0.1:{whois};
    ssl_preread on;
{pieces}
    return {names};
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nginx:
    """A running nginx: its master's process and its two ports."""

    pid: int
    http: int
    whois: int


def nginx_refusal() -> str | None:
    """Say why nginx can't be measured here, or give ``None``."""
    if shutil.which("nginx") is None:
        return "nginx is not installed"
    built = subprocess.run(["nginx", "-V"], check=False, capture_output=True, text=True).stderr
    if "--with-stream " not in f"{built} " and not STREAM_MODULE.exists():
        return "nginx has no stream module (Debian: libnginx-mod-stream)"
    return None


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _quoted(piece: str) -> str:
    piece = piece.replace("\\", "\\\\").replace('"', '\\"')
    piece = piece.replace("\r", "\\r").replace("\n", "\\n")
    return '"' + piece.replace("$", "${dollar}") + '"'


def _settings(folder: Path, whois_answer: str) -> tuple[str, int, int]:
    pieces = [whois_answer[start : start + _PIECE] for start in range(0, len(whois_answer), _PIECE)]
    http, whois = free_port(), free_port()
    text = _SETTINGS.format(
        module=f"load_module {STREAM_MODULE};" if STREAM_MODULE.exists() else "",
        user="user root;" if os.geteuid() == 0 else "",
        http=http,
        whois=whois,
        root=folder / "root",
        pieces="\n".join(f"    set $p{n} {_quoted(piece)};" for n, piece in enumerate(pieces)),
        names="".join(f"${{p{n}}}" for n in range(len(pieces))),
    )
    return text, http, whois


@contextmanager
def serve_nginx(folder: Path, *, whois_answer: str, core: int | str) -> Iterator[Nginx]:
    """Serve the files under *folder*/root, and *whois_answer* to every question of one line.

    Raises:
        RuntimeError: nginx did not start; the message says what it said.
    """
    text, http, whois = _settings(folder, whois_answer)
    settings = folder / "nginx.conf"
    settings.write_text(text, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(settings), "-e", str(folder / "error.log")]
    log = folder / "nginx.log"
    with background(on_core(core, command), log=log) as process:
        if not (awaits_clients(http) and awaits_clients(whois)):
            said = re.sub(r"\s+", " ", log.read_text(encoding="utf-8", errors="replace"))
            raise RuntimeError(f"nginx did not start: {said.strip()[-300:]}")
        yield Nginx(pid=process.pid, http=http, whois=whois)


def awaits_clients(port: int, tries: int = 100) -> bool:
    """Wait until somebody listens on *port*, for *tries* twentieths of a second."""
    for _ in range(tries):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
