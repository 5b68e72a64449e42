"""`rdds serve`: the ready line, signals, workers, and a store that comes and goes."""

from __future__ import annotations

import os
import signal
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.end_to_end.programs import Program, Serving
from tests.waiting import wait_until


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Give `rdds` with an SQLite store in a folder of its own."""
    return Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}")


def _answers(serving: Serving) -> bool:
    return "Domain Name: SHOP.EXAMPLE\r\n" in serving.ask_whois("shop.example") and (
        serving.ask_rdap("domain/shop.example")[0] == 200
    )


def test_demo_answers_at_both_doors(program: Program) -> None:
    """`serve --demo` makes the store, loads the sample and says where it listens."""
    with program.serve("--demo") as serving:
        assert _answers(serving)
        (line,) = serving.log.read_text().splitlines()
        assert line.endswith('[zones."co.example"] profile = "irs"')


def test_demo_has_nothing_to_say_where_the_settings_name_its_zones(tmp_path: Path) -> None:
    """Then all other commands know what it serves."""
    settings = '[zones.example]\n[zones."co.example"]\nprofile = "irs"\n'
    program = Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}", settings)
    with program.serve("--demo") as serving:
        assert _answers(serving)
        assert serving.log.read_text() == ""


def test_second_demo_keeps_what_was_edited(program: Program) -> None:
    """The sample is loaded into an empty store only."""
    with program.serve("--demo"):
        pass
    program.do("reserved-name", "add", "kept-for-this-test.example")
    with program.serve("--demo") as serving:
        assert _answers(serving)
        assert "Reserved" in serving.ask_whois("kept-for-this-test.example")


@pytest.mark.parametrize("door", ["--whois", "--rdap"])
def test_door_switched_off_is_said_and_not_opened(program: Program, door: str) -> None:
    """`off` closes one door; the ready line says so."""
    with program.serve(door, "off") as serving:
        assert getattr(serving, door.removeprefix("--")) == "off"


def test_ready_line_carries_the_path_of_the_public_url(tmp_path: Path) -> None:
    """`rdap=` is the listening address and the public URL's path, and answers there."""
    program = Program(
        tmp_path,
        f"sqlite:///{tmp_path / 'rdds.sqlite3'}",
        '[rdap]\npublic_url = "https://rdap.registry.example/v1/"\n',
    )
    with program.serve("--demo") as serving:
        assert serving.rdap.endswith("/v1/")
        status, document = serving.ask_rdap("domain/shop.example")
        assert status == 200
        hrefs = [link["href"] for link in document["links"] if link["rel"] == "self"]
        assert hrefs == ["https://rdap.registry.example/v1/domain/shop.example"]


def test_port_in_use_is_refused_with_one_line(program: Program) -> None:
    """An address that can't be had is a settings error, exit 2, whatever the workers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for workers in ("1", "2"):
            done = program.run("serve", "--whois", address, "--workers", workers)
            assert done.returncode == 2
            assert done.stderr.startswith("SETTINGS: ")
            assert done.stderr.count("\n") == 1


def test_dead_worker_is_replaced_and_loses_no_queued_client(program: Program) -> None:
    """Killing every worker leaves the sockets; clients meanwhile are answered by successors."""
    with program.serve("--demo", "--workers", "2") as serving:
        before = serving.workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert all(_answers(serving) for _ in range(8))
        wait_until(lambda: len(serving.workers()) == 2)
        assert not set(before) & set(serving.workers())


def test_hang_up_puts_new_settings_in_force(program: Program) -> None:
    """HUP reads the settings anew, with new workers on the same sockets."""
    with program.serve("--demo", "--workers", "2") as serving:
        assert "REDACTED FOR PRIVACY" in serving.ask_whois("lantern.example")
        program.config.write_text('[zones.example]\nredaction_text = "HIDDEN"\n')
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "HIDDEN" in serving.ask_whois("lantern.example"))
        wait_until(lambda: len(serving.workers()) == 2)
        assert all("HIDDEN" in serving.ask_whois("lantern.example") for _ in range(8))


def test_hang_up_with_bad_settings_keeps_the_old_ones(program: Program) -> None:
    """Bad settings are said in the log and change nothing."""
    with program.serve("--demo") as serving:
        before = serving.workers()
        program.config.write_text("[zones.example]\nredaction = 1\n")
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old settings stay in force" in serving.log.read_text())
        assert serving.workers() == before
        assert _answers(serving)


def test_hang_up_says_which_addresses_need_a_restart(program: Program) -> None:
    """The sockets are the parent's from the start; what else is new is in force."""
    with program.serve("--demo") as serving:
        program.config.write_text(
            '[operations]\nlisten = "127.0.0.1:0"\n[aliases]\nlisten = "127.0.0.1:0"\n'
            '[zones.example]\nredaction_text = "HIDDEN"\n'
        )
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old ones stay" in serving.log.read_text())
        assert "stay: aliases.listen, operations.listen\n" in serving.log.read_text()
        wait_until(lambda: "HIDDEN" in serving.ask_whois("lantern.example"))


def _open_sockets(pid: int) -> int:
    links = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(link.startswith("socket:") for link in links)


def test_clients_that_leave_after_their_answer_leave_nothing_open(tmp_path: Path) -> None:
    """A client's end may arrive while its answer is all but sent; it ends the connection."""
    program = Program(
        tmp_path,
        f"sqlite:///{tmp_path / 'rdds.sqlite3'}",
        "[rdap]\npatience = 3600\n[whois]\npatience = 3600\n",
    )
    with program.serve("--demo") as serving:
        (worker,) = serving.workers()
        before = _open_sockets(worker)
        assert all(_answers(serving) for _ in range(50))
        wait_until(lambda: _open_sockets(worker) == before)


def test_stop_finishes_the_question_in_hand(program: Program) -> None:
    """TERM stops taking questions and answers the one that has begun."""
    with program.serve("--demo") as serving:
        host, _, port = serving.whois.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as begun:
            begun.sendall(b"shop.exa")
            wait_until(lambda: _answers(serving))
            serving.process.send_signal(signal.SIGTERM)
            begun.sendall(b"mple\r\n")
            answer = b""
            while chunk := begun.recv(65536):
                answer += chunk
        assert answer.startswith(b"Domain Name: SHOP.EXAMPLE\r\n")


def test_workers_end_with_a_parent_that_is_killed(program: Program) -> None:
    """No worker serves on without the parent that owns its sockets."""
    with program.serve("--demo", "--workers", "2") as serving:
        workers = serving.workers()
        serving.process.kill()
        serving.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_stopping_server_takes_no_new_clients(program: Program) -> None:
    """TERM closes the listeners at once, however long the question in hand takes."""
    with program.serve("--demo", "--workers", "2") as serving:
        host, _, port = serving.whois.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as begun:
            begun.sendall(b"shop.exa")
            assert _answers(serving)
            serving.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not _connects(host, int(port)))


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=30).close()
    except OSError:
        return False
    return True


def _certify(folder: Path) -> None:
    """Write a self-made certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rdap.test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    (folder / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _shakes_hands(url: str) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    parts = urlsplit(url)
    assert parts.hostname is not None
    with (
        socket.create_connection((parts.hostname, parts.port or 443), timeout=30) as plain,
        context.wrap_socket(plain) as wrapped,
    ):
        return wrapped.version() == "TLSv1.3"


def test_certificate_that_goes_bad_serves_on_through_a_workers_death(tmp_path: Path) -> None:
    """The parent holds the last good certificate; a successor doesn't read the file."""
    _certify(tmp_path)
    program = Program(
        tmp_path,
        f"sqlite:///{tmp_path / 'rdds.sqlite3'}",
        '[rdap]\ntls_certificate = "c.pem"\ntls_key = "k.pem"\n',
    )
    with program.serve("--demo") as serving:
        assert serving.rdap.startswith("https://")
        assert _shakes_hands(serving.rdap)
        (tmp_path / "c.pem").write_text("rubbish")
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old settings stay in force" in serving.log.read_text())
        (worker,) = serving.workers()
        os.kill(worker, signal.SIGKILL)
        assert _shakes_hands(serving.rdap)


def test_truncated_store_is_unavailable_and_kills_no_worker(program: Program) -> None:
    """A store cut to nothing under a running server is a refusal, not a crash."""
    with program.serve("--demo") as serving:
        assert _answers(serving)
        before = serving.workers()
        (program.folder / "rdds.sqlite3").write_bytes(b"")
        assert "temporarily unavailable" in serving.ask_whois("shop.example").lower()
        assert serving.ask_rdap("domain/shop.example")[0] == 503
        assert serving.workers() == before


def _gone_and_back(serving: Serving, away: Callable[[], None], back: Callable[[], None]) -> None:
    assert _answers(serving)
    away()
    text = serving.ask_whois("shop.example").lower()
    status, document = serving.ask_rdap("domain/shop.example")
    missing, _ = serving.ask_rdap("domain/never-registered.example")
    assert "temporarily unavailable" in text
    assert "no match" not in text
    assert (status, missing, document["errorCode"]) == (503, 503, 503)
    back()
    assert _answers(serving)


def test_store_that_is_gone_is_unavailable_until_it_is_back(program: Program) -> None:
    """Never "not found": 503 and its WHOIS line, then answers again without a restart."""
    store = program.folder / "rdds.sqlite3"
    with program.serve("--demo", "--workers", "2") as serving:
        _gone_and_back(
            serving,
            lambda: store.rename(program.folder / "away") and None,
            lambda: (program.folder / "away").rename(store) and None,
        )


def test_serve_on_postgresql_answers_and_refuses_an_old_schema(
    postgresql_url: str, tmp_path: Path
) -> None:
    """On PostgreSQL the sample is served, and another schema names `store upgrade`, exit 3."""
    program = Program(tmp_path, postgresql_url)
    with program.serve("--demo", "--workers", "2") as serving:
        assert _answers(serving)
    from sqlalchemy import text

    from store.sql.database import Database

    database = Database(postgresql_url)
    database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0000'")))
    database.close()
    done = program.run("serve", "--whois", "127.0.0.1:0", "--rdap", "127.0.0.1:0")
    assert done.returncode == 3
    assert "rdds store upgrade" in done.stderr
