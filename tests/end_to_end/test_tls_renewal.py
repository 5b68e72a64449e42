"""Certificates: renewed on HUP without a connection lost, and refused where they are unfit."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from tests.certificates import Key, a_certificate, ec_key, rsa_key
from tests.end_to_end.programs import Program, Serving
from tests.end_to_end.test_tls import program_with
from tests.waiting import wait_until


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _seen(serving: Serving) -> bytes:
    """Give the certificate that a new connection sees."""
    parts = urlsplit(serving.rdap)
    assert parts.hostname is not None
    with (
        socket.create_connection((parts.hostname, parts.port or 443), timeout=30) as plain,
        _context().wrap_socket(plain, server_hostname="rdap.test") as wrapped,
    ):
        return wrapped.getpeercert(binary_form=True) or b""


def _held(folder: Path) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    read = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
    return read.public_bytes(Encoding.DER)


def _ask(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/domain/shop.example")
    response = connection.getresponse()
    response.read()
    return response.status


@pytest.mark.parametrize("key", [ec_key, rsa_key], ids=["ECDSA", "RSA"])
def test_a_renewed_certificate_costs_no_connection(tmp_path: Path, key: Callable[[], Key]) -> None:
    """New connections see it, open ones go on, and the same workers serve both."""
    program = program_with(tmp_path)
    with program.serve("--demo", "--workers", "2") as serving:
        assert _seen(serving) == _held(tmp_path)
        workers = serving.workers()
        parts = urlsplit(serving.rdap)
        open_ones = [
            http.client.HTTPSConnection(parts.netloc, timeout=30, context=_context())
            for _ in range(6)
        ]
        assert [_ask(each) for each in open_ones] == [200] * 6
        sockets = [each.sock for each in open_ones]
        a_certificate(tmp_path, key=key())
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: serving.log.read_text().count("certificate read anew") == 2)
        assert {_seen(serving) for _ in range(8)} == {_held(tmp_path)}
        assert [_ask(each) for each in open_ones] == [200] * 6
        assert [each.sock for each in open_ones] == sockets
        for each in open_ones:
            each.close()
        assert serving.workers() == workers


def test_a_successor_has_the_renewed_certificate(tmp_path: Path) -> None:
    """A worker that dies after the renewal is replaced by one with the new files."""
    program = program_with(tmp_path)
    with program.serve("--demo") as serving:
        a_certificate(tmp_path)
        renewed = _held(tmp_path)
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: _seen(serving) == renewed)
        (tmp_path / "certificate.pem").write_text("rubbish")
        (worker,) = serving.workers()
        os.kill(worker, signal.SIGKILL)
        assert _seen(serving) == renewed


def test_a_renewed_certificate_comes_with_new_settings(tmp_path: Path) -> None:
    """Where the settings are new as well, new workers serve with both."""
    program = program_with(tmp_path)
    with program.serve("--demo") as serving:
        workers = serving.workers()
        a_certificate(tmp_path)
        text = program.config.read_text(encoding="utf-8")
        program.config.write_text(f"{text}patience = 20\n", encoding="utf-8")
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: _seen(serving) == _held(tmp_path))
        wait_until(lambda: len(serving.workers()) == 1)
        assert serving.workers() != workers


def test_hang_up_with_nothing_new_leaves_the_workers(tmp_path: Path) -> None:
    """Without TLS there is nothing to read anew, and HUP ends nobody."""
    program = Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}")
    with program.serve("--demo") as serving:
        workers = serving.workers()
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the settings are the same" in serving.log.read_text())
        assert serving.ask_rdap("domain/shop.example")[0] == 200
        assert serving.workers() == workers


def test_a_certificate_that_has_ended_is_told_of(tmp_path: Path) -> None:
    """By `settings check`, at the start and on HUP; the doors open all the same."""
    program = program_with(tmp_path)
    program.environment["TZ"] = "Pacific/Auckland"
    a_certificate(tmp_path, end=datetime(2022, 1, 1, tzinfo=UTC))
    told = "it ended at 2022-01-01 00:00 UTC."
    done = program.run("settings", "check")
    assert done.returncode == 0
    assert told in done.stderr
    with program.serve("--demo") as serving:
        assert told in serving.log.read_text()
        a_certificate(tmp_path, end=datetime.now(UTC) + timedelta(days=3))
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "certificate read anew" in serving.log.read_text())
        assert "Renew certificate.pem: it ends at" in serving.log.read_text()
        a_certificate(tmp_path)
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: serving.log.read_text().count("certificate read anew") == 2)
        assert serving.log.read_text().count("Renew certificate.pem") == 1


@pytest.mark.parametrize(
    ("key", "passphrase", "sentence"),
    [
        (partial(rsa_key, 1024), None, "is too weak: its key or its signature."),
        (ec_key, b"secret", "is locked by a passphrase."),
    ],
    ids=["weak", "locked"],
)
def test_an_unfit_certificate_is_refused_with_one_line(
    tmp_path: Path, key: Callable[[], Key], passphrase: bytes | None, sentence: str
) -> None:
    """At the start and by `settings check`: exit 2, no question on the terminal, no traceback."""
    program = program_with(tmp_path)
    a_certificate(tmp_path, key=key(), passphrase=passphrase)
    for command in (("serve", "--rdap", "127.0.0.1:0"), ("settings", "check")):
        done = program.run(*command)
        assert done.returncode == 2
        assert done.stderr.startswith("SETTINGS: ")
        assert done.stderr.endswith(f"{sentence}\n")
        assert done.stderr.count("\n") == 1
