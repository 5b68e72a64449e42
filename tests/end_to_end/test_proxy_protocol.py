"""`rdds serve` behind a proxy that speaks the PROXY protocol, from settings to answer."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.certificates import a_certificate
from tests.end_to_end.programs import Program

PREFACE = b"PROXY TCP4 198.51.100.7 192.0.2.2 5000 43\r\n"
REQUEST = b"GET /domain/shop.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
SETTINGS = """
[limits]
trusted_proxies = ["127.0.0.1"]
[whois]
proxy_protocol = true
[rdap]
proxy_protocol = true
tls_certificate = "certificate.pem"
tls_key = "key.pem"
"""


def _connect(address: str, source: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0))


def _rest(connection: socket.socket) -> bytes:
    answer = b""
    try:
        while chunk := connection.recv(65536):
            answer += chunk
    except ConnectionError:
        pass  # cut off
    return answer


@pytest.mark.parametrize("workers", ["1", "2"])
def test_both_doors_take_prefaces_from_trusted_proxies_alone(tmp_path: Path, workers: str) -> None:
    """The proxy's connections have one, others have none, and TLS comes after it."""
    a_certificate(tmp_path)
    program = Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}", SETTINGS)
    context = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
    with program.serve("--demo", "--workers", workers) as serving:
        rdap = urlsplit(serving.rdap).netloc
        for source, preface in (("127.0.0.1", PREFACE), ("127.0.0.2", b"")):
            with _connect(serving.whois, source) as client:
                client.sendall(preface + b"shop.example\r\n")
                assert _rest(client).startswith(b"Domain Name: SHOP.EXAMPLE\r\n")
            with _connect(rdap, source) as client:
                client.sendall(preface)
                with context.wrap_socket(client, server_hostname="rdap.test") as wrapped:
                    wrapped.sendall(REQUEST)
                    assert _rest(wrapped).startswith(b"HTTP/1.1 200 OK\r\n")
        with _connect(serving.whois, "127.0.0.1") as client:
            client.sendall(b"shop.example\r\n")
            assert _rest(client) == b""
        with _connect(rdap, "127.0.0.1") as client, pytest.raises(OSError, match=r"."):
            context.wrap_socket(client, server_hostname="rdap.test")
