"""The self-check through real sockets: honest doors, doors that lie, and doors that fail."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rdds.checking import CheckReport, run_check
from rdds.checking.checks import check_doors
from rdds.checking.doors import RdapDoorAt, WhoisDoorAt, ask_rdap, ask_whois
from rdds.checking.fields import FIELDS
from rdds.checking.places import rdap_door, whois_door
from rdds.settings import Endpoint, Settings
from rdds.settings.sections import Database as DatabaseSection
from rdds.settings.sections import Rdap, Whois
from store.errors import Code, RegistryError
from store.policy import RegistryPolicy
from store.queries import Answer, Query
from store.sql.database import Database
from store.statuses import Status
from tests.published_values import absent
from tests.rdds.canned_doors import Say, canned, endless, http_reply, saying
from tests.rdds.checking_cases import (
    BASE,
    NAME,
    differing,
    full_answer,
    rdap_document,
    rdap_lies,
    whois_lies,
    whois_text,
)
from tests.rdds.checking_cases import report as compared
from tests.running_doors import doors_over, running_doors
from tests.stores import RowWriter, write_rows


class FixedReader:
    """Answers everything alike, or one answer after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def answer(self, query: Query) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def check(whois: str, rdap: str, *answers: Answer) -> CheckReport:
    """Check the doors at *whois* and *rdap* against a store that says *answers*, or none."""
    host, port = whois.split(":")
    return asyncio.run(
        check_doors(
            NAME,
            WhoisDoorAt(host=host, port=int(port)),
            RdapDoorAt(base=rdap),
            reader=FixedReader(*answers) if answers else None,
        )
    )


def settings_for(url: str, **sections: Any) -> Settings:
    """Give settings that name the store at *url*."""
    return Settings(database=DatabaseSection(url=url), **sections)


def test_honest_doors_agree_with_the_store() -> None:
    """Both real servers, asked through sockets, say what the store would publish."""
    answer = full_answer()
    with doors_over(FixedReader(answer), public_url=BASE) as doors:
        report = check(doors.whois, doors.rdap, answer)
        alone = check(doors.whois, doors.rdap)
    assert report.agree
    assert [row.field for row in report.rows] == [field.key for field in FIELDS]
    assert alone.agree
    assert all(row.store is None for row in alone.rows)


def test_lie_in_each_field_of_whois_is_found() -> None:
    """For every key of the table: a door that changes it is found out over the wire."""
    answer = full_answer()
    found = set()
    rdap = saying(http_reply(rdap_document(answer)))
    for _, text in whois_lies(whois_text(answer)):
        with canned(saying(text.encode())) as whois, canned(rdap) as at:
            found |= differing(check(whois, f"http://{at}/", answer))
    assert found == {field.key for field in FIELDS if field.whois} - {"Registered"}


def test_lie_in_each_field_of_rdap_is_found() -> None:
    """For every member of the table: a door that changes it is found out over the wire."""
    answer = full_answer()
    text, found, tried = whois_text(answer), set[str](), set[str]()
    with canned(saying(text.encode())) as whois:
        for _, document in rdap_lies(rdap_document(answer)):
            expected = differing(compared(answer, text, document))
            if not expected <= tried:
                tried |= expected
                with canned(saying(http_reply(document))) as rdap:
                    found |= differing(check(whois, f"http://{rdap}/", answer))
    assert found >= {field.key for field in FIELDS if field.rdap} - {"Registered"}


def test_edit_between_the_questions_is_no_difference() -> None:
    """The three are no snapshot: what differs once is asked again before it is reported."""
    old = full_answer()
    domain: Any = old.result
    new = replace(old, result=replace(domain, statuses=(Status.SERVER_HOLD,)))
    with (
        canned(saying(whois_text(old).encode(), whois_text(new).encode())) as whois,
        canned(saying(http_reply(rdap_document(new)))) as rdap,
    ):
        assert check(whois, f"http://{rdap}/", old, new).agree
    with (
        canned(saying(whois_text(old).encode())) as whois,
        canned(saying(http_reply(rdap_document(new)))) as rdap,
    ):
        assert differing(check(whois, f"http://{rdap}/", new)) == {"Domain Status"}


@pytest.mark.parametrize("missing", ["whois", "rdap", "store"])
def test_name_that_one_of_the_three_misses_is_a_difference(missing: str) -> None:
    """Registered here and free there is the worst of differences."""
    here, gone = full_answer(), absent()
    answers = {each: gone if each == missing else here for each in ("whois", "rdap", "store")}
    not_found = http_reply({"errorCode": 404, "title": "Not Found"}, 404)
    rdap = not_found if missing == "rdap" else http_reply(rdap_document(here))
    with canned(saying(whois_text(answers["whois"]).encode())) as at, canned(saying(rdap)) as base:
        report = check(at, f"http://{base}/", answers["store"])
    assert differing(report) == {"Registered"}


def test_name_registered_nowhere_is_refused() -> None:
    """Three times no is no comparison: NOT_FOUND, exit status 1."""
    not_found = http_reply({"errorCode": 404}, 404)
    with (
        canned(saying(whois_text(absent()).encode())) as whois,
        canned(saying(not_found)) as rdap,
        pytest.raises(RegistryError) as refusal,
    ):
        check(whois, f"http://{rdap}/", absent())
    assert refusal.value.code is Code.NOT_FOUND


GOOD_RDAP = http_reply(rdap_document(full_answer()))
GOOD_WHOIS = whois_text(full_answer()).encode()


@pytest.mark.parametrize(
    "whois",
    [
        saying(b""),
        saying(b"\x00\xff\xfe garbage"),
        saying(b"The service is temporarily unavailable. Please try again later.\r\n"),
        saying(b"Error: Not a legal domain name.\r\n"),
        endless(),
        endless(b"Domain Name: XN--BCHER-KVA.EXAMPLE\r\n"),
    ],
)
def test_whois_that_gives_no_answer_is_unreachable(whois: Say) -> None:
    """Nothing, garbage, a failure and an answer without end are no "not found"."""
    with (
        canned(whois) as at,
        canned(saying(GOOD_RDAP)) as rdap,
        pytest.raises(RegistryError) as refusal,
    ):
        check(at, f"http://{rdap}/", full_answer())
    assert refusal.value.code is Code.PEER_UNREACHABLE
    assert refusal.value.message.isprintable()


@pytest.mark.parametrize(
    "rdap",
    [
        saying(b""),
        saying(b"SSH-2.0-what\r\n"),
        saying(http_reply(b"<html>not found</html>", 404)),
        saying(http_reply(b"{", 200)),
        saying(http_reply(b"[" * 100_000, 200)),
        saying(http_reply([1], 200)),
        saying(http_reply({"errorCode": 503}, 503)),
        saying(http_reply({"errorCode": 429}, 429)),
        saying(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"),
        endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n\r\n"),
        endless(b"HTTP/1.1 200 OK\r\nX: "),
    ],
)
def test_rdap_that_gives_no_answer_is_unreachable(rdap: Say) -> None:
    """Whatever comes that isn't an RDAP answer or an RDAP 404 is no "not found"."""
    with (
        canned(saying(GOOD_WHOIS)) as whois,
        canned(rdap) as at,
        pytest.raises(RegistryError) as refusal,
    ):
        check(whois, f"http://{at}/", full_answer())
    assert refusal.value.code is Code.PEER_UNREACHABLE
    assert refusal.value.message.isprintable()


def silent(client: socket.socket) -> None:
    """Take the question and wait for the client to go."""
    client.recv(65536)
    client.recv(1)


async def test_silent_doors_are_given_up() -> None:
    """A peer that takes the question and never answers costs a bounded time."""
    with canned(silent) as at:
        host, port = at.split(":")
        with pytest.raises(RegistryError, match="in time"):
            await ask_whois(WhoisDoorAt(host=host, port=int(port)), NAME, seconds=0.05)
        with pytest.raises(RegistryError, match="in time"):
            await ask_rdap(RdapDoorAt(base=f"http://{at}/"), NAME, seconds=0.05)


async def test_closed_ports_are_unreachable() -> None:
    """Nobody listens: a coded refusal for either door."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(RegistryError) as whois:
        await ask_whois(WhoisDoorAt(host="127.0.0.1", port=port), NAME)
    with pytest.raises(RegistryError) as rdap:
        await ask_rdap(RdapDoorAt(base=f"http://127.0.0.1:{port}/"), NAME)
    assert whois.value.code is rdap.value.code is Code.PEER_UNREACHABLE
    assert "connection refused" in whois.value.message
    assert "connection refused" in rdap.value.message


def fill(rows: RowWriter) -> None:
    """Write one name with a holder."""
    rows.registrar()
    rows.contact(1)
    rows.domain(1, "shop.example", {})
    rows.row("domain_contact", domain_id=1, role="registrant", contact_id=1, since=1, public_id=7)
    rows.row("change_log", at=1_700_000_000_000_000, kind="domain", subject="shop.example")


@pytest.fixture
def filled_url(sqlite_url: str) -> str:
    """Give a store with ``shop.example``."""
    database = Database.open(sqlite_url)
    write_rows(database, fill)
    database.close()
    return sqlite_url


def test_run_check_reads_store_and_doors_of_the_settings(filled_url: str) -> None:
    """Without addresses the settings' own doors are asked, for a name in any spelling."""
    with running_doors(filled_url, RegistryPolicy()) as doors:
        port = int(doors.whois.rpartition(":")[2])
        http = int(doors.rdap.split(":")[2].partition("/")[0])
        settings = settings_for(
            filled_url,
            whois=Whois(listen=(Endpoint(host="127.0.0.1", port=port),)),
            rdap=Rdap(
                listen=(Endpoint(host="0.0.0.0", port=http),),
                public_url="https://rdap.nic.example/rdap/",
            ),
        )
        report = run_check(settings, "SHOP.Example.")
    assert report.name == "shop.example"
    assert report.agree
    assert {row.field for row in report.rows} > {"Registrant Name", "Domain Status"}
    assert all(row.store is not None for row in report.rows)


def test_run_check_without_a_store_compares_the_doors_and_creates_nothing(
    filled_url: str, tmp_path: Path
) -> None:
    """With both doors named and no store there the two are compared, from anywhere."""
    nowhere = tmp_path / "elsewhere"
    nowhere.mkdir()
    settings = settings_for(f"sqlite:///{nowhere / 'none.sqlite3'}")
    with running_doors(filled_url, RegistryPolicy()) as doors:
        report = run_check(settings, "shop.example", whois=doors.whois, rdap=doors.rdap)
        with pytest.raises(RegistryError) as refusal:
            run_check(
                replace(settings, rdap=Rdap(listen=(Endpoint(host="127.0.0.1", port=1),))),
                "shop.example",
                whois=doors.whois,
            )
    assert report.agree
    assert all(row.store is None for row in report.rows)
    assert refusal.value.code is Code.STORE_MISSING
    assert list(nowhere.iterdir()) == []


def test_run_check_finds_doors_under_another_policy(filled_url: str) -> None:
    """A server with other settings than ours shows what we would not."""
    from store.policy import PROFILES

    policy = RegistryPolicy(zones={"example": PROFILES["irs"]})
    with running_doors(filled_url, policy) as doors:
        report = run_check(
            settings_for(filled_url), "shop.example", whois=doors.whois, rdap=doors.rdap
        )
    assert not report.agree
    row = next(row for row in report.rows if row.field == "Registrant Name")
    assert (row.store, row.whois, row.rdap) == ("(withheld)", "Holder 1", "Holder 1")


@pytest.mark.parametrize("name", ["", "a..b", "-x.example", "x" * 300])
def test_run_check_refuses_what_is_no_name(name: str) -> None:
    """An illegal name is refused before anything is asked."""
    with pytest.raises(RegistryError) as refusal:
        run_check(Settings(), name)
    assert refusal.value.code is Code.INVALID_NAME


@pytest.mark.parametrize(
    ("whois", "rdap", "field"),
    [
        ("nowhere", "http://127.0.0.1/", "whois"),
        ("127.0.0.1:99999", "http://127.0.0.1/", "whois"),
        ("127.0.0.1:43", "ftp://127.0.0.1/", "rdap"),
        ("127.0.0.1:43", "127.0.0.1:80", "rdap"),
    ],
)
def test_run_check_refuses_what_is_no_address(whois: str, rdap: str, field: str) -> None:
    """A wrong address is wrong usage and names its option."""
    with pytest.raises(RegistryError) as refusal:
        run_check(Settings(), "shop.example", whois=whois, rdap=rdap)
    assert (refusal.value.code, refusal.value.field) == (Code.USAGE, field)


def test_doors_that_the_settings_switch_off_must_be_named() -> None:
    """Nothing listens by these settings, so there is nobody to ask."""
    off = Settings(whois=Whois(listen=()), rdap=Rdap(listen=()))
    for place in (whois_door, rdap_door):
        with pytest.raises(RegistryError) as refusal:
            place(off, None)
        assert refusal.value.code is Code.USAGE


def test_tls_door_of_the_settings_is_asked_as_its_public_host(tmp_path: Path) -> None:
    """Over TLS the door is reached where it listens and verified as whom it says it is."""
    rdap = Rdap(
        listen=(Endpoint(host="::", port=8443),),
        public_url="https://rdap.nic.example/v1/",
        tls_certificate=tmp_path / "c.pem",
        tls_key=tmp_path / "k.pem",
    )
    door = rdap_door(Settings(rdap=rdap), None)
    assert door == RdapDoorAt(
        base="https://[::1]:8443/v1/",
        server_name="rdap.nic.example",
        authority=str(tmp_path / "c.pem"),
    )


async def test_certificate_is_verified(tmp_path: Path) -> None:
    """A door whose certificate nobody vouches for isn't asked; one that we name is."""
    certificate = self_signed(tmp_path, "rdap.nic.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(GOOD_RDAP)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        door = RdapDoorAt(base=base, server_name="rdap.nic.example", authority=str(certificate))
        assert await ask_rdap(door, NAME) == rdap_document(full_answer())
        for lying in (replace(door, authority=None), replace(door, server_name="other.example")):
            with pytest.raises(RegistryError, match="certificate"):
                await ask_rdap(lying, NAME)


def self_signed(folder: Path, host: str) -> Path:
    """Write a certificate for *host* and its key into one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
