"""Clients that ask a running server without a pause and remember each answer and failure."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.end_to_end.programs import SECONDS, Serving
from tests.waiting import wait_until

__all__ = ["Asker", "asking", "terms_number"]

NAME = "lantern.example"  # of the sample

_LAST_WORDS = ">>> Last update of WHOIS database: "


def terms_number(number: int) -> str:
    """Give settings whose terms of use, which both doors show, bear *number*."""
    return f'[zones.example]\nterms = "TERMS-{number} of the test."\n'


@dataclass(slots=True)
class Asker:
    """One client: how many answers it has had, the last one's terms, and what went wrong."""

    door: str
    answers: int = 0
    terms: str = ""
    failures: list[str] = field(default_factory=list)


def _whois(serving: Serving) -> Iterator[str]:
    while True:
        yield serving.ask_whois(NAME)


def _rdap(serving: Serving, *, per_connection: int) -> Iterator[str]:
    """Ask *per_connection* questions on each connection, or fewer where the server says so."""
    parts = urlsplit(serving.rdap)
    while True:
        client = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        try:
            for _ in range(per_connection):
                client.request("GET", f"{parts.path}domain/{NAME}")
                response = client.getresponse()
                body = response.read().decode()
                assert response.status == 200, response.status
                yield body
                if response.will_close:
                    break
        finally:
            client.close()


def _terms_of(answer: str) -> str:
    """Give ``TERMS-`` and the number that a whole answer bears, or nothing."""
    assert _LAST_WORDS in answer or answer.endswith("}"), f"not whole: {answer[-80:]!r}"
    found = re.search(r"TERMS-\d+", answer)
    return found.group() if found else ""


def _ask_on(asker: Asker, ways: Callable[[], Iterator[str]], stop: threading.Event) -> None:
    answers = ways()
    while not stop.is_set():
        try:
            asker.terms = _terms_of(next(answers))
            asker.answers += 1
        except (OSError, http.client.HTTPException, AssertionError) as error:
            asker.failures.append(f"{type(error).__name__}: {error}")
            answers = ways()


@contextmanager
def asking(serving: Serving, *, per_connection: int = 1) -> Iterator[list[Asker]]:
    """Have two clients ask at each door until the end; every one of them has had an answer.

    Those of RDAP ask *per_connection* questions on each connection.
    """
    ways: dict[str, Callable[[], Iterator[str]]] = {
        "whois": lambda: _whois(serving),
        "rdap": lambda: _rdap(serving, per_connection=per_connection),
    }
    stop = threading.Event()
    askers = [Asker(door) for door in ways for _ in range(2)]
    threads = [
        threading.Thread(target=_ask_on, args=(asker, ways[asker.door], stop)) for asker in askers
    ]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: all(asker.answers for asker in askers))
        yield askers
    finally:
        stop.set()
        for thread in threads:
            thread.join()
