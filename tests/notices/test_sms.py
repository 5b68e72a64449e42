"""Text messages against a real HTTP gateway."""

from __future__ import annotations

import asyncio
import base64
import socket

import pytest

from notices.letter import Letter
from notices.sms import SmsTransport
from notices.transport import Verdict
from store.outgoing import Fate
from tests.notices.outboxes import NOW
from tests.notices.servers import Gateway, gateway, raw_server

LETTER = Letter(
    reference="7.20260301120000",
    address="+64.211234567",
    subject="",
    text="Approve or decline:\nhttps://pages.registry.example/change/x",
    language="en",
    at=NOW,
)


async def sent(
    url: str, letter: Letter = LETTER, *, token: str | None = None, patience: float = 20
) -> Verdict:
    """Send one text."""
    async with SmsTransport(url, token=token, patience=patience).lane() as lane:
        return await lane.send(letter)


async def test_a_text_is_posted_as_json_with_the_token() -> None:
    """The gateway gets a number without dot, the text and a bearer token (interface.md)."""
    async with gateway() as served:
        verdict = await sent(served.url, token="s3cret")

    assert verdict == Verdict(fate=Fate.SENT, code="200")
    assert served.texts == [{"to": "+64211234567", "text": LETTER.text}]
    assert served.heads[0]["authorization"] == "Bearer s3cret"
    assert served.heads[0]["content-type"].startswith("application/json")


async def test_a_user_in_the_url_is_given_where_there_is_no_token() -> None:
    """Gateways with user and password have them in the URL; a token comes before them."""
    async with gateway() as served:
        url = served.url.replace("http://", "http://us%40er:pass@")
        await sent(url)
        await sent(url, token="s3cret")

    basic = base64.b64encode(b"us@er:pass").decode()
    assert [head["authorization"] for head in served.heads] == [f"Basic {basic}", "Bearer s3cret"]


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.SENT), (202, Fate.SENT), (204, Fate.SENT),
        (302, Fate.FAILED),
        (400, Fate.REFUSED), (410, Fate.REFUSED), (422, Fate.REFUSED),
        (401, Fate.FAILED), (403, Fate.FAILED), (404, Fate.FAILED),
        (408, Fate.FAILED), (429, Fate.FAILED),
        (500, Fate.FAILED), (503, Fate.FAILED),
    ],
)  # fmt: skip
async def test_the_status_decides(status: int, fate: Fate) -> None:
    """2xx is sent, a refused text bounces, and what may pass or be mended is tried again."""
    async with gateway(Gateway(statuses=[status])) as served:
        verdict = await sent(served.url)

    assert verdict == Verdict(fate=fate, code=str(status))


async def test_a_gateway_that_never_answers() -> None:
    """Patience ends."""
    async with gateway(Gateway(silent=asyncio.Event())) as served:
        verdict = await sent(served.url, patience=0.2)

    assert verdict == Verdict(fate=Fate.FAILED, code="timed out", away=True)


async def test_a_gateway_that_is_not_there() -> None:
    """A refused connection is a gateway that is away."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        verdict = await sent(f"http://127.0.0.1:{free.getsockname()[1]}/send")

    assert verdict == Verdict(fate=Fate.FAILED, code="unreachable", away=True)


async def test_a_gateway_that_speaks_no_http() -> None:
    """Any bytes make a failure, not a fault."""

    async def strange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"\xff\x00 not http\r\n\r\n")
        await writer.drain()

    async with raw_server(strange) as port:
        verdict = await sent(f"http://127.0.0.1:{port}/send")

    assert verdict.fate is Fate.FAILED


@pytest.mark.parametrize("address", ["64211234567", "+64.", "+64.1,+64.2", "maria@shop.example"])
async def test_what_is_no_number_bounces(address: str) -> None:
    """A number that the store could not have taken goes nowhere."""
    from dataclasses import replace

    async with gateway() as served:
        verdict = await sent(served.url, replace(LETTER, address=address))

    assert verdict == Verdict(fate=Fate.REFUSED, code="not a number")
    assert served.texts == []
