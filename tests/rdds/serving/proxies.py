"""Real proxies in front of a door: nginx and HAProxy, as the manual shows them."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["STREAM_MODULE", "free_port", "haproxy", "nginx"]

STREAM_MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
_MODULE = f"load_module {STREAM_MODULE};" if STREAM_MODULE.exists() else ""

_NGINX = """
{module}
{user}
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{}}
{settings}
"""

_HTTP = """
http {{
  access_log off;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  {server}
}}
"""

_HAPROXY = """
defaults
  mode {mode}
  timeout connect 10s
  timeout client 60s
  timeout server 60s

{settings}
"""


def free_port() -> int:
    """Find a port that nobody has at the moment; proxies don't say which one they got."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def nginx(
    folder: Path, port: int, *, stream: str = "", http: str = ""
) -> AsyncIterator[None]:
    """Run nginx with a server on *port*, in its ``stream`` block or its ``http`` block."""
    settings = f"stream {{ {stream} }}" if stream else _HTTP.format(server=http)
    config = folder / "nginx.conf"
    config.write_text(
        _NGINX.format(
            module=_MODULE, user="user root;" if os.geteuid() == 0 else "", settings=settings
        )
    )
    async with _running("nginx", "-p", str(folder), "-e", "stderr", "-c", str(config), port=port):
        yield


@asynccontextmanager
async def haproxy(
    folder: Path, port: int, settings: str, *, mode: str = "tcp"
) -> AsyncIterator[None]:
    """Run HAProxy with these sections, one of which listens on *port*."""
    config = folder / "haproxy.cfg"
    config.write_text(_HAPROXY.format(mode=mode, settings=settings))
    async with _running("haproxy", "-db", "-f", str(config), port=port):
        yield


@asynccontextmanager
async def _running(program: str, *arguments: str, port: int) -> AsyncIterator[None]:
    """Run *program* until the end of the block; begin once it listens on *port*."""
    path = shutil.which(program)
    assert path is not None
    process = await asyncio.create_subprocess_exec(path, *arguments, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(30):
            while not _listens(port):
                assert process.returncode is None, process.stderr and await process.stderr.read()
                await asyncio.sleep(0)  # one turn of the loop, no time
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _listens(port: int) -> bool:
    """Look into the kernel's list: a connection of ours would be one more client."""
    listening = f":{port:04X} 00000000:0000 0A "
    return listening in Path("/proc/net/tcp").read_text(encoding="ascii")
