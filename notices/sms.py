"""Text messages out, through an HTTP gateway: a POST of JSON ``{"to", "text"}``."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from notices.letter import Letter
from notices.transport import Verdict
from store.outgoing import Fate

__all__ = ["SmsTransport"]

SEND_SECONDS = 20.0

_NUMBER = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}", re.ASCII)  # RFC 5733 §2.5

# 408, 425 and 429 pass by themselves; the others speak of us and not of the number, and the
# operator can mend them.
_NOT_FOR_GOOD = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})


class SmsTransport:
    """Sends texts through the gateway at *url*.

    *patience* is in seconds, for each text. A *token* is the request's bearer token; a user
    in *url* is not sent then.

    Raises:
        ValueError: *url* is none.
    """

    def __init__(self, url: str, *, token: str | None, patience: float = SEND_SECONDS) -> None:
        self._patience = patience
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("the gateway's URL is none")
        self._url = url
        self._headers = {"User-Agent": "rdds"}
        if token is not None:
            host = parts.netloc.rpartition("@")[2]
            self._url = urlunsplit(parts._replace(netloc=host))
            self._headers["Authorization"] = f"Bearer {token}"

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[_SmsLane]:
        """Open a lane of one connection."""
        async with ClientSession(
            headers=self._headers,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=self._patience),
            trust_env=False,
        ) as session:
            yield _SmsLane(session, self._url)


class _SmsLane:
    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def send(self, letter: Letter) -> Verdict:
        """Hand *letter* to the gateway and say what it made of it."""
        if not _NUMBER.fullmatch(letter.address):
            return Verdict(fate=Fate.REFUSED, code="not a number")
        wanted = {"to": letter.address.replace(".", ""), "text": letter.text}
        try:
            async with self._session.post(self._url, json=wanted, allow_redirects=False) as answer:
                return _verdict(answer.status)
        except TimeoutError:
            return Verdict(fate=Fate.FAILED, code="timed out", away=True)
        except (ClientError, OSError):
            return Verdict(fate=Fate.FAILED, code="unreachable", away=True)


def _verdict(status: int) -> Verdict:
    code = str(status)
    if status // 100 == 2:
        return Verdict(fate=Fate.SENT, code=code)
    if status // 100 == 4 and status not in _NOT_FOR_GOOD:
        return Verdict(fate=Fate.REFUSED, code=code)
    return Verdict(fate=Fate.FAILED, code=code)
