"""Asking the doors as their clients do: through sockets, within limits of time and size."""

from __future__ import annotations

import asyncio
import os
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import orjson

from store.errors import Code, RegistryError

__all__ = ["RdapDoorAt", "WhoisDoorAt", "ask_rdap", "ask_whois"]

MOST_OCTETS = 1_048_576  # of an answer; the longest of our own has a few thousand
SECONDS = 10.0  # for an answer from the first packet to the last


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoisDoorAt:
    """Where a WHOIS door listens; *public_name* is the name that its clients know, if set."""

    host: str
    port: int
    public_name: str | None = None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RdapDoorAt:
    """Where an RDAP door answers: *base* ends in ``/``.

    ``server_name`` is whom its certificate is for where the address of *base* isn't the
    public one; ``authority`` is a file of certificates to trust beside the system's.
    """

    base: str
    server_name: str | None = None
    authority: str | None = None


async def ask_whois(door: WhoisDoorAt, name: str, *, seconds: float = SECONDS) -> str:
    """Ask *door* for *name* and give the text of its answer.

    Raises:
        RegistryError: ``PEER_UNREACHABLE`` where no complete answer came.
    """
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(door.host, door.port)
            try:
                writer.write(f"{name}\r\n".encode("ascii"))
                answer = await _read(reader)
            finally:
                writer.transport.abort()
    except TimeoutError as error:
        raise _unreachable("WHOIS", door, "no complete answer in time") from error
    except (OSError, ValueError) as error:  # also names that no resolver takes
        raise _unreachable("WHOIS", door, _reason(error)) from error
    if answer is None:
        raise _unreachable("WHOIS", door, "the answer is too long")
    return answer.decode("utf-8", "replace")


async def ask_rdap(door: RdapDoorAt, name: str, *, seconds: float = SECONDS) -> object | None:
    """Ask *door* for the domain *name*; give the JSON of its answer, ``None`` for a 404.

    Redirections are not followed and no proxy is used: the door itself is asked.

    Raises:
        RegistryError: ``PEER_UNREACHABLE`` where no RDAP answer came.
    """
    try:
        async with asyncio.timeout(seconds):
            status, body = await _fetch(door, f"{door.base}domain/{name}")
    except TimeoutError as error:
        raise _unreachable("RDAP", door.base, "no complete answer in time") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _unreachable("RDAP", door.base, _reason(error)) from error
    if body is None:
        raise _unreachable("RDAP", door.base, "the answer is too long")
    if status not in {200, 404}:
        raise _unreachable("RDAP", door.base, f"it answers with status {status}")
    document = _document(body)
    match document:
        case {"errorCode": 404} if status == 404:
            return None
        case {"objectClassName": str()} if status == 200:
            return document
        case _:
            raise _unreachable("RDAP", door.base, f"status {status} without an RDAP answer")


async def _fetch(door: RdapDoorAt, url: str) -> tuple[int, bytes | None]:
    is_tls = urlsplit(url).scheme == "https"
    async with (
        aiohttp.ClientSession(
            auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as session,
        session.get(
            url,
            headers={"Accept": "application/rdap+json", "Accept-Encoding": "identity"},
            allow_redirects=False,
            ssl=_tls(door.authority) if is_tls else True,
            server_hostname=door.server_name if is_tls else None,
        ) as response,
    ):
        return response.status, await _read(response.content)


async def _read(stream: asyncio.StreamReader | aiohttp.StreamReader) -> bytes | None:
    """Read *stream* to its end, ``None`` if it is longer than an answer may be."""
    answer = bytearray()
    while chunk := await stream.read(65_536):
        answer += chunk
        if len(answer) > MOST_OCTETS:
            return None
    return bytes(answer)


def _tls(authority: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority is not None:
        context.load_verify_locations(cafile=authority)
        # The door's own certificate may stand there without the one that signed it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _document(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _reason(error: BaseException) -> str:
    """Name the kind of *error* in a few words, with nothing of what was sent."""
    os_error = getattr(error, "os_error", error)
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "its certificate is not valid for it"
    if isinstance(os_error, OSError) and os_error.strerror:
        number = os_error.errno or 0  # a resolver's are negative and have a text of their own
        return (os.strerror(number) if number > 0 else os_error.strerror).lower()
    return type(error).__name__


def _unreachable(door: str, where: object, why: str) -> RegistryError:
    return RegistryError(Code.PEER_UNREACHABLE, f"{door} at {where} gives no answer: {why}.")
