"""Mail against a real SMTP server, well and badly behaved."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32, default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.envelope import mail_bytes, mailbox
from notices.letter import Letter
from notices.mail import MailTransport
from notices.mail_server import MailServer, Tls, mail_server
from notices.transport import Verdict
from store.outgoing import Fate
from tests.certificates import a_certificate
from tests.notices.outboxes import NOW
from tests.notices.servers import MailSink, mail_sink, raw_server

SENDER = "no-reply@registry.example"
LINK = "https://pages.registry.example/change/" + "x" * 32


def a_letter(**values: Any) -> Letter:
    """Give a letter with a link in it."""
    defaults: dict[str, Any] = {
        "reference": "7.20260301120000",
        "address": "maria@shop.example",
        "subject": "Please approve: new registrant of shop.example",
        "text": f"See the page:\n{LINK}\n\nThe end.",
        "language": "en",
        "at": NOW,
    }
    return Letter(**(defaults | values))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Give the files of a certificate for loopback and of its key."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    return a_certificate(folder, name="mail.test")


@pytest.fixture
def server_tls(certificate: tuple[str, str]) -> ssl.SSLContext:
    """Give the server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def client_tls(certificate: tuple[str, str]) -> ssl.SSLContext:
    """Give our side, which trusts that certificate and no other."""
    return ssl.create_default_context(cafile=certificate[0])


async def sent(server: MailServer, *letters: Letter, patience: float = 20) -> list[Verdict]:
    """Send *letters* on one lane."""
    transport = MailTransport(server, sender=SENDER, patience=patience)
    async with transport.lane() as lane:
        return [await lane.send(letter) for letter in letters]


def at(port: int, **values: Any) -> MailServer:
    """Give a server on loopback."""
    return replace(mail_server(f"smtp://127.0.0.1:{port}"), **values)


async def test_a_letter_arrives_with_its_header_and_its_link_on_a_line_of_its_own() -> None:
    """What interface.md asks of a message: plain text, the link its first URL and a whole line."""
    async with mail_sink() as sink:
        [verdict] = await sent(at(sink.port), a_letter())

    assert verdict == Verdict(fate=Fate.SENT, code="250 2.0.0")
    [mail] = sink.mails
    assert (mail.sender, mail.recipient) == (SENDER, "maria@shop.example")
    header = dict(mail.message.items())
    assert header["From"] == SENDER
    assert header["To"] == "maria@shop.example"
    assert header["Subject"] == "Please approve: new registrant of shop.example"
    assert header["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert header["Message-ID"] == "<7.20260301120000@registry.example>"
    assert header["Auto-Submitted"] == "auto-generated"
    assert header["Content-Language"] == "en"
    assert mail.message.get_content_type() == "text/plain"
    assert re.findall(r"\S+://\S+", mail.text)[0] == LINK
    assert LINK in mail.text.splitlines()


async def test_letters_of_a_lane_share_a_connection() -> None:
    """One connection serves several letters, one after another."""
    async with mail_sink() as sink:
        verdicts = await sent(at(sink.port), *(a_letter(reference=f"{n}.1") for n in range(5)))

    assert [verdict.fate for verdict in verdicts] == [Fate.SENT] * 5
    assert sink.connections == 1


async def test_words_in_any_script_arrive_as_they_are() -> None:
    """Letters that are not ASCII are encoded for servers of any age (RFC 2045, RFC 2047)."""
    subject, text = "L’intestatario di bücher.example è cambiato", f"Però: 東京\n{LINK}"
    async with mail_sink(smtputf8=False) as sink:
        await sent(at(sink.port), a_letter(subject=subject, text=text, language="it"))

    [mail] = sink.mails
    assert mail.content.isascii()
    assert mail.message["Subject"] == subject
    assert mail.text.replace("\r\n", "\n") == f"{text}\n"


async def test_starttls_is_used_where_loopback_offers_it(server_tls: ssl.SSLContext) -> None:
    """On loopback any certificate will do: TLS is more than is needed there."""
    async with mail_sink(tls=server_tls) as sink:
        [verdict] = await sent(at(sink.port), a_letter())

    assert verdict.fate is Fate.SENT
    assert sink.mails[0].secured


async def test_a_server_elsewhere_must_have_tls(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """A link is worth a password: without STARTTLS nothing leaves, with a good one it does."""
    async with mail_sink() as plain, mail_sink(tls=server_tls) as secure:
        [unsafe] = await sent(at(plain.port, tls=Tls.REQUIRED, context=client_tls), a_letter())
        [strange] = await sent(at(secure.port, tls=Tls.REQUIRED), a_letter())
        [safe] = await sent(at(secure.port, tls=Tls.REQUIRED, context=client_tls), a_letter())

    assert unsafe == Verdict(fate=Fate.FAILED, code="no TLS or no login offered", away=True)
    assert strange == Verdict(fate=Fate.FAILED, code="TLS failed", away=True)
    assert safe.fate is Fate.SENT
    assert plain.mails == []
    assert [mail.secured for mail in secure.mails] == [True]


async def test_tls_from_the_first_octet(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """`smtps` means TLS before anything is said (RFC 8314)."""
    async with mail_sink(tls=server_tls, implicit_tls=True) as sink:
        server = replace(mail_server(f"smtps://127.0.0.1:{sink.port}"), context=client_tls)
        [verdict] = await sent(server, a_letter())

    assert verdict.fate is Fate.SENT


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the sink is on loopback
async def test_the_login_of_the_url_is_given(server_tls: ssl.SSLContext) -> None:
    """User and password stand in the URL, escaped as URLs have it."""
    async with mail_sink(tls=server_tls, login=True) as sink:
        url = f"smtp://post%40registry:right%26%2F%3A@127.0.0.1:{sink.port}"
        [good] = await sent(mail_server(url), a_letter())
        [bad] = await sent(mail_server(url.replace("right", "wrong")), a_letter())

    assert good.fate is Fate.SENT
    assert sink.mails[0].login == "post@registry"
    assert bad == Verdict(fate=Fate.FAILED, code="535 5.7.8", away=True)


async def test_an_international_mailbox_needs_smtputf8() -> None:
    """RFC 6531: a local part that is not ASCII goes where the server can, and bounces elsewhere."""
    letter = a_letter(address="用户@xn--bcher-kva.example")
    async with mail_sink() as modern, mail_sink(smtputf8=False) as old:
        [taken] = await sent(at(modern.port), letter)
        [bounced] = await sent(at(old.port), letter)

    assert taken.fate is Fate.SENT
    assert modern.mails[0].recipient == "用户@xn--bcher-kva.example"
    assert "SMTPUTF8" in modern.mails[0].options
    assert bounced == Verdict(fate=Fate.REFUSED, code="no SMTPUTF8")
    assert old.mails == []


async def test_an_international_domain_goes_as_a_labels() -> None:
    """A mailbox whose domain alone is international needs nothing new of the server."""
    async with mail_sink(smtputf8=False) as sink:
        [verdict] = await sent(at(sink.port), a_letter(address="maria@bücher.example"))

    assert verdict.fate is Fate.SENT
    assert sink.mails[0].recipient == "maria@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("replies", "fate", "code"),
    [
        ({"RCPT": ["550 5.1.1 <maria@shop.example> unknown"]}, Fate.REFUSED, "550 5.1.1"),
        ({"RCPT": ["552 mailbox full"]}, Fate.REFUSED, "552"),
        ({"RCPT": ["450 4.2.0 Greylisted, maria@shop.example"]}, Fate.FAILED, "450 4.2.0"),
        ({"RCPT": ["554 5.7.1 Relay access denied"]}, Fate.FAILED, "554 5.7.1"),
        ({"MAIL": ["550 5.1.8 no such sender"]}, Fate.FAILED, "550 5.1.8"),
        ({"MAIL": ["421 4.3.2 closing"]}, Fate.FAILED, "421 4.3.2"),
        ({"DATA": ["554 5.6.0 bad content"]}, Fate.REFUSED, "554 5.6.0"),
        ({"DATA": ["451 4.3.0 try later"]}, Fate.FAILED, "451 4.3.0"),
    ],
)
async def test_a_refusal_is_final_or_not_and_its_words_are_not_kept(
    replies: dict[str, list[str]], fate: Fate, code: str
) -> None:
    """5xx about the mailbox bounces, what may pass is tried again; numbers alone are kept."""
    async with mail_sink(MailSink(replies=replies)) as sink:
        verdict, following = await sent(at(sink.port), a_letter(), a_letter())

    assert verdict == Verdict(fate=fate, code=code)
    assert following.fate is Fate.SENT


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "@shop.example",
        "maria@",
        "a b@shop.example",
        "a@b@shop.example",
        "maria@shop.example\r\nBcc: x@evil.example",
        "maria\r\nRCPT TO:<x@y>@shop.example",
        "<maria@shop.example>",
        "maria@shop..example",
        "\ud800@shop.example",
        '"a b"@shop.example',
        "maria@[127.0.0.1]",
        "a" * 250 + "@shop.example",
        "",
    ],
)
async def test_an_address_that_is_none_bounces_without_a_word_to_the_server(address: str) -> None:
    """A broken address, or one that would say more than an address, goes nowhere."""
    async with mail_sink() as sink:
        [verdict] = await sent(at(sink.port), a_letter(address=address))

    assert verdict == Verdict(fate=Fate.REFUSED, code="not an address")
    assert sink.connections == 0


async def test_a_server_that_is_not_there() -> None:
    """A refused connection fails the letter and says that the others need not be tried."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        [verdict] = await sent(at(free.getsockname()[1]), a_letter())

    assert verdict == Verdict(fate=Fate.FAILED, code="unreachable", away=True)


async def test_a_host_without_an_address() -> None:
    """A name that leads nowhere is a server that is away."""
    server = at(25, host="mail.invalid", tls=Tls.OPTIONAL)

    [verdict] = await sent(server, a_letter())

    assert verdict == Verdict(fate=Fate.FAILED, code="unreachable", away=True)


async def test_a_server_that_never_speaks() -> None:
    """Patience ends."""

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with raw_server(silent) as port:
        [verdict] = await sent(at(port), a_letter(), patience=0.2)

    assert verdict == Verdict(fate=Fate.FAILED, code="timed out", away=True)


async def test_a_server_that_hangs_in_the_middle() -> None:
    """A mail whose receipt is never confirmed counts as not sent."""
    sink = MailSink(hold=asyncio.Event())
    async with mail_sink(sink):
        [verdict] = await sent(at(sink.port), a_letter(), patience=0.3)
        sink.hold.set()  # type: ignore[union-attr]

    assert verdict == Verdict(fate=Fate.FAILED, code="timed out")
    assert len(sink.mails) == 1


async def test_a_server_that_dies_in_the_middle() -> None:
    """A connection that breaks fails the letter."""

    async def dying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        await reader.readline()
        writer.write(b"250 here\r\n")
        await reader.readline()

    async with raw_server(dying) as port:
        [verdict] = await sent(at(port), a_letter())

    assert verdict == Verdict(fate=Fate.FAILED, code="connection lost")


async def test_a_server_that_says_goodbye_between_letters() -> None:
    """A server that takes one letter a connection gets each on a connection of its own."""
    connections = 0

    async def one_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
                await writer.drain()
                return
            writer.write(b"250 here\r\n")

    async with raw_server(one_each) as port:
        verdicts = await sent(at(port), a_letter(), a_letter(), a_letter())

    assert [verdict.fate for verdict in verdicts] == [Fate.SENT] * 3
    assert connections == 3


async def test_a_server_that_speaks_no_smtp() -> None:
    """Any bytes make a failure, not a fault."""

    async def strange(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n\xff\xfe\r\n")
        await writer.drain()

    async with raw_server(strange) as port:
        [verdict] = await sent(at(port), a_letter())

    assert verdict.fate is Fate.FAILED
    assert verdict.away


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example", 25, Tls.REQUIRED),
        ("smtp://u:p@mail.example", 587, Tls.REQUIRED),
        ("smtp://mail.example:2525?starttls=optional", 2525, Tls.OPTIONAL),
        ("smtp://localhost", 25, Tls.OPTIONAL),
        ("smtp://127.0.0.1:1025", 1025, Tls.OPTIONAL),
        ("smtp://[::1]:1025", 1025, Tls.OPTIONAL),
        ("smtps://mail.example", 465, Tls.IMPLICIT),
        ("smtps://localhost", 465, Tls.IMPLICIT),
    ],
)
def test_the_url_says_how_to_connect(url: str, port: int, tls: Tls) -> None:
    """Ports and TLS follow from the URL."""
    server = mail_server(url)

    assert (server.port, server.tls) == (port, tls)


@pytest.mark.parametrize(
    "url", ["smtp://m?starttls=never", "smtp://m?tls=1", "smtps://m?starttls=optional"]
)
def test_a_query_that_means_nothing_is_refused(url: str) -> None:
    """What would silently do nothing is an error."""
    with pytest.raises(ValueError, match="query"):
        mail_server(url)


def _raw(content: bytes, name: str) -> str:
    """Give a header field as it stands, unfolded."""
    return "".join(str(message_from_bytes(content, policy=compat32)[name]).splitlines())


@given(subject=st.text(max_size=300), text=st.text(max_size=2000))
def test_no_letter_adds_to_its_header(subject: str, text: str) -> None:
    """Whatever stands in a letter, its mail has our header fields, one recipient and one part."""
    from notices.pen import clean

    letter = a_letter(subject=clean(subject), text="\n".join(map(clean, text.split("\n"))))
    content = mail_bytes(letter, sender=mailbox(SENDER), recipient=mailbox("maria@shop.example"))

    read = message_from_bytes(content, policy=default)
    assert [name.lower() for name in read] == [
        "from", "to", "subject", "date", "message-id", "auto-submitted", "content-language",
        "content-type", "content-transfer-encoding", "mime-version",
    ]  # fmt: skip
    assert read["To"] == "maria@shop.example"
    assert str(make_header(decode_header(_raw(content, "Subject")))) == letter.subject
    body = read.get_content()
    assert body.splitlines() == f"{letter.text}\n".splitlines()
    assert all(len(line) <= 1000 for line in content.split(b"\r\n"))
