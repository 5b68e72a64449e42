"""TLS of the RDAP door, as OpenSSL's own client sees it (conformance.md 4.1)."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.certificates import Key, a_certificate, ec_key, rsa_key
from tests.end_to_end.programs import Program, Serving

OPENSSL = shutil.which("openssl")
SETTINGS = '[rdap]\ntls_certificate = "certificate.pem"\ntls_key = "key.pem"\n'
ALLOWED = ("AES128-GCM-SHA256", "AES256-GCM-SHA384")
REFUSED = ("CHACHA20-POLY1305", "AES128-SHA256", "AES256-SHA384", "AES128-SHA", "AES256-CCM")
REQUEST = b"GET /help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")


def program_with(folder: Path, key: Key | None = None) -> Program:
    """Give `rdds` with a store and a certificate of its own."""
    a_certificate(folder, key=key)
    return Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", SETTINGS)


@pytest.fixture(scope="module", params=["ECDSA", "RSA"])
def serving(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Serving]]:
    """Serve with a certificate of each kind."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec_key() if request.param == "ECDSA" else rsa_key()
    with program_with(folder, key).serve("--demo", "--workers", "2") as running:
        yield request.param, running


def s_client(serving: Serving, *options: str) -> str | None:
    """Shake hands by `openssl s_client` and ask for help; give what it says, or no handshake."""
    address = urlsplit(serving.rdap).netloc
    # Level 0: the client offers what is old and weak, so that the server has to refuse it.
    level = ("-cipher", "ALL:@SECLEVEL=0") if "-cipher" not in options else ()
    done = subprocess.run(
        [str(OPENSSL), "s_client", "-connect", address, "-ign_eof", *level, *options],
        input=REQUEST,
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = done.stdout.decode("utf-8", "replace")
    if "Cipher is (NONE)" in said:
        # The server's refusal, an alert or a plain end, and no want of the client's own.
        assert b"alert" in done.stderr or b"unexpected eof" in done.stderr, done.stderr
        return None
    assert "HTTP/1.1 200 OK" in said, done.stderr
    return said


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_versions_are_refused(serving: tuple[str, Serving], version: str) -> None:
    """conformance.md 4.1.2: 1.2 and 1.3 alone."""
    assert s_client(serving[1], version) is None


def test_tls_1_2_speaks_the_allowed_suites(serving: tuple[str, Serving]) -> None:
    """conformance.md 4.1.3: ECDHE with AES-GCM, by the kind of the certificate."""
    kind, running = serving
    for suite in ALLOWED:
        name = f"ECDHE-{kind}-{suite}"
        said = s_client(running, "-tls1_2", "-cipher", name)
        assert said is not None, name
        assert f"Cipher is {name}" in said
        assert "Secure Renegotiation IS supported" in said


def test_tls_1_2_refuses_other_suites(serving: tuple[str, Serving]) -> None:
    """CBC, ChaCha20, CCM, static RSA and finite fields: none of them, whoever offers it."""
    kind, running = serving
    others = [f"ECDHE-{kind}-{suite}" for suite in REFUSED if (kind, suite[-3:]) != ("RSA", "CCM")]
    others += ["AES128-GCM-SHA256", "AES256-SHA", "DHE-RSA-AES128-GCM-SHA256"]
    for name in others:
        assert s_client(running, "-tls1_2", "-cipher", f"{name}:@SECLEVEL=0") is None, name


@pytest.mark.parametrize("suite", ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"])
@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384"])
def test_tls_1_3_is_spoken(serving: tuple[str, Serving], suite: str, group: str) -> None:
    """With every common suite and group."""
    said = s_client(serving[1], "-tls1_3", "-ciphersuites", suite, "-groups", group)
    assert said is not None
    assert f"TLSv1.3, Cipher is {suite}" in said


def test_the_protocol_above_is_agreed_on(serving: tuple[str, Serving]) -> None:
    """ALPN gives http/1.1 to who offers it, and fails nobody who doesn't."""
    said = s_client(serving[1], "-alpn", "h2,http/1.1")
    assert said is not None
    assert "ALPN protocol: http/1.1" in said
    assert s_client(serving[1], "-alpn", "h2") is not None


def test_the_client_may_not_renegotiate(serving: tuple[str, Serving]) -> None:
    """A second handshake on a connection of TLS 1.2 costs the server more than the client."""
    done = subprocess.run(
        [str(OPENSSL), "s_client", "-connect", urlsplit(serving[1].rdap).netloc, "-tls1_2"],
        input=b"R\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"RENEGOTIATING" in done.stdout + done.stderr
    assert b"no renegotiation" in done.stderr


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_is_resumed_by_any_worker(
    serving: tuple[str, Serving], version: ssl.TLSVersion
) -> None:
    """The workers share the keys of the tickets: which one takes the client is chance."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    parts = urlsplit(serving[1].rdap)
    assert parts.hostname is not None
    session: ssl.SSLSession | None = None
    for attempt in range(12):
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=30) as plain,
            context.wrap_socket(plain, session=session) as wrapped,
        ):
            wrapped.sendall(REQUEST)
            while wrapped.recv(65536):
                pass
            assert wrapped.session_reused == (attempt > 0)
            session = wrapped.session


def test_plain_http_gets_no_data(serving: tuple[str, Serving]) -> None:
    """conformance.md 4.1.1: never the same JSON without TLS."""
    parts = urlsplit(serving[1].rdap)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 443), timeout=30) as plain:
        plain.sendall(REQUEST)
        try:
            said = plain.recv(65536)
        except ConnectionError:
            said = b""
    assert b"rdap" not in said.lower()


def test_handshakes_that_never_end_are_bounded(tmp_path: Path) -> None:
    """One client has a sixteenth of the places; who says nothing gives way to the next one."""
    program = program_with(tmp_path)
    program.config.write_text(
        f"{SETTINGS}most_connections = 32\npatience = 600\n", encoding="utf-8"
    )
    with program.serve("--demo") as running:
        parts = urlsplit(running.rdap)
        assert parts.hostname is not None
        address = parts.hostname, parts.port or 443
        silent = [socket.create_connection(address, timeout=30) for _ in range(10)]
        try:
            for client in silent[:8]:
                assert client.recv(1) == b""
            for client in silent[8:]:
                client.setblocking(False)
                with pytest.raises(BlockingIOError):
                    client.recv(1)
        finally:
            for client in silent:
                client.close()


def test_an_idle_client_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """Its kept connection is closed at TERM though it never says its own end of TLS."""
    program = program_with(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with program.serve("--demo") as running:
        parts = urlsplit(running.rdap)
        assert parts.hostname is not None
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=30) as plain,
            context.wrap_socket(plain) as wrapped,
        ):
            wrapped.sendall(REQUEST.replace(b"Connection: close\r\n", b""))
            assert wrapped.recv(65536).startswith(b"HTTP/1.1 200 OK")
            running.process.terminate()
            assert running.process.wait(timeout=15) == 0  # a drain may last 20 seconds
