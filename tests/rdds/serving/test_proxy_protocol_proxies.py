"""The doors behind nginx and HAProxy, which are asked from another loopback address."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from pathlib import Path

import pytest

from rdds.serving.tls import Certificate
from tests.certificates import a_certificate
from tests.rdap.doors import one_response
from tests.rdds.serving.proxies import STREAM_MODULE, free_port, haproxy, nginx
from tests.rdds.serving.test_proxy_protocol_doors import ANSWER, LAST, QUESTION, behind, outside

CLIENT = "127.0.0.2"  # another address than the proxy's own, on Linux's loopback

with_haproxy = pytest.mark.skipif(
    shutil.which("haproxy") is None, reason="haproxy is not installed"
)
with_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
with_stream = pytest.mark.skipif(
    shutil.which("nginx") is None or not STREAM_MODULE.exists(),
    reason="nginx or its stream module is not installed",
)


async def _ask(port: int, question: bytes, context: ssl.SSLContext | None = None) -> bytes:
    """Ask as :data:`CLIENT` and read to the end."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, local_addr=(CLIENT, 0), ssl=context
    )
    writer.write(question)
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return answer


@with_stream
@pytest.mark.parametrize("door", ["rdap", "whois"])
async def test_nginx_names_the_client_in_version_1(door: str, tmp_path: Path) -> None:
    """`proxy_protocol on` in nginx's stream block."""
    port = free_port()
    async with behind(door) as running:
        server = f"""server {{
          listen 127.0.0.1:{port};
          proxy_pass 127.0.0.1:{running.port};
          proxy_protocol on;
        }}"""
        async with nginx(tmp_path, port, stream=server):
            assert (await _ask(port, QUESTION[door])).startswith(ANSWER[door])
        assert running.clients == [CLIENT]


@with_haproxy
@pytest.mark.parametrize("door", ["rdap", "whois"])
@pytest.mark.parametrize("version", ["send-proxy", "send-proxy-v2"])
async def test_haproxy_names_the_client_in_both_versions(
    door: str, version: str, tmp_path: Path
) -> None:
    """With its health checks, which are connections of its own."""
    port = free_port()
    async with behind(door) as running:
        settings = f"""
listen front
  bind 127.0.0.1:{port}
  server rdds 127.0.0.1:{running.port} check {version}
"""
        async with haproxy(tmp_path, port, settings):
            assert (await _ask(port, QUESTION[door])).startswith(ANSWER[door])
        assert CLIENT in running.clients


@with_haproxy
async def test_haproxy_passes_tls_through(tmp_path: Path) -> None:
    """The handshake is the door's; version 2's extensions before it are skipped."""
    port = free_port()
    certificate = Certificate(*a_certificate(tmp_path))
    async with behind("rdap", context=certificate.context) as running:
        settings = f"""
frontend front
  bind 127.0.0.1:{port}
  default_backend back
backend back
  server rdds 127.0.0.1:{running.port} send-proxy-v2 proxy-v2-options unique-id,crc32c
"""
        async with haproxy(tmp_path, port, settings):
            answer = await _ask(port, LAST, outside())
        assert one_response(answer).status == 200
        assert running.clients == [CLIENT]


@with_nginx
async def test_nginx_serves_rdap_as_it_comes(tmp_path: Path) -> None:
    """The reverse proxy of the manual: codings, conditions and errors reach the client whole."""
    port = free_port()
    async with behind("rdap", trusted=()) as running:
        server = f"""server {{
          listen 127.0.0.1:{port};
          location / {{
            proxy_pass http://127.0.0.1:{running.port};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header Forwarded "";
            proxy_set_header X-Forwarded-For $remote_addr;
          }}
        }}"""
        async with nginx(tmp_path, port, http=server):
            plain = one_response(await _ask(port, LAST))
            held = LAST.replace(b"\r\n\r\n", f"\r\nIf-None-Match: {plain.headers['etag']}".encode())
            again = one_response(await _ask(port, held + b"\r\n\r\n"))
            packed = LAST.replace(b"\r\n\r\n", b"\r\nAccept-Encoding: gzip\r\n\r\n")
            coded = one_response(await _ask(port, packed))
            missing = one_response(await _ask(port, LAST.replace(b"shop.", b"none.")))
    assert [plain.status, again.status, coded.status, missing.status] == [200, 304, 200, 404]
    assert again.headers["etag"] == coded.headers["etag"] == plain.headers["etag"]
    assert coded.headers["content-encoding"] == "gzip"
    assert missing.document["errorCode"] == 404
