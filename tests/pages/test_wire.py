"""The pages' server: methods, headers, limits and failures, over real sockets."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.application import HEADERS
from pages.asking import MOST_TYPED
from store.errors import Code, RegistryError, StoreUnavailableError
from store.queries import Answer, Query
from tests.pages.running import FakeReader, RunningPages, read_all, running_pages
from tests.published_values import a_domain, absent, found


@pytest.fixture(scope="module")
def pages() -> RunningPages:
    """Give pages over a reader that knows one name."""
    with running_pages(FakeReader(found(a_domain()))) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("", "GET", 200),
        ("?name=shop.example", "GET", 200),
        ("?name=..", "GET", 400),
        ("?name=shop.example&kind=contact", "GET", 400),
        ("?name=%zz", "GET", 400),
        ("?name=%ff", "GET", 400),
        ("raw/rdap?name=%ff", "GET", 400),
        ("nowhere", "GET", 404),
        ("?name=shop.example", "POST", 405),
        ("style.css", "GET", 200),
        ("raw/whois?name=shop.example", "GET", 200),
        ("raw/rdap?name=shop.example", "GET", 200),
        ("raw/rdap?name=..", "GET", 400),
        ("raw/rdap", "GET", 400),
    ],
)
def test_every_answer_carries_the_headers(
    pages: RunningPages, path: str, method: str, status: int
) -> None:
    """No script, no frame, no sniffing, no referrer, no keeping; also on refusals."""
    response = pages.ask(path, method)
    assert response.status == status
    kept = {"Cache-Control"} if path == "style.css" else set()
    for name in HEADERS.keys() - kept:
        assert response.headers[name.lower()] == HEADERS[name]
    assert "no-store" in response.headers["cache-control"] or kept
    assert "aiohttp" not in response.headers["server"]


def test_page_needs_nothing_that_its_policy_forbids(pages: RunningPages) -> None:
    """No script, no inline style, no image but an empty icon, nothing from another host."""
    page = pages.ask("?name=shop.example").page
    assert not page.xpath(
        "//script | //style | //@style | //img | //iframe | //@*[starts-with(name(), 'on')]"
    )
    assert page.xpath("//link[@rel='icon']/@href") == ["data:,"]
    (style,) = page.xpath("//link[@rel='stylesheet']/@href")
    response = pages.ask(style.removeprefix("/"))
    assert response.headers["content-type"] == "text/css"
    assert b"url(" not in response.body
    assert b"@import" not in response.body


@pytest.mark.parametrize("path", ["", "?name=shop.example", "nowhere", "raw/whois?name=a.example"])
def test_head_is_get_without_a_body(pages: RunningPages, path: str) -> None:
    """HEAD tells the same status, type and length."""
    got, head = pages.ask(path), pages.ask(path, "HEAD")
    assert (head.status, head.body) == (got.status, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(pages: RunningPages, method: str) -> None:
    """405 names what is allowed."""
    response = pages.ask("", method)
    assert response.status == 405
    assert response.headers["allow"] == "GET,HEAD"
    assert response.title


def test_long_input_is_refused_before_the_store_is_asked() -> None:
    """What is longer than any name asks nothing, and comes back cut."""
    reader = FakeReader(absent())
    with running_pages(reader) as pages:
        response = pages.ask(f"?name={'a' * (MOST_TYPED + 1)}")
        assert response.status == 400
        assert response.page.xpath("//input/@value") == ["a" * MOST_TYPED]
        assert pages.ask(f"?name={'a' * 100_000}").status in {400, 414}
    assert reader.asked == []


def test_path_prefix_begins_every_path() -> None:
    """Behind a proxy under a path: routes, links and the form; nothing outside."""
    with running_pages(FakeReader(found(a_domain())), "/lookup/") as pages:
        page = pages.ask("?name=shop.example", Host="evil.test").page
        own = [
            href for href in page.xpath("//@href | //@action") if not href.startswith(("http", "#"))
        ]
        away = ("mailto:", "tel:", "data:,")  # and the empty icon
        inside = [href for href in own if not href.startswith(away)]
        assert len(inside) > 5
        assert all(href.startswith("/lookup/") for href in inside)
        assert "evil.test" not in page.text_content()
        assert pages.ask("style.css").status == 200
        assert RunningPages(pages.port).ask("").status == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreUnavailableError("The store can't be reached."), 503),
        (StoreUnavailableError("secret", code=Code.STORE_OUTDATED), 503),
        (RegistryError(Code.DEFECT, "secret"), 500),
        (ValueError("secret"), 500),
    ],
)
@pytest.mark.parametrize("path", ["", "raw/whois", "raw/rdap"])
def test_failure_is_never_an_absence(
    caplog: pytest.LogCaptureFixture, error: Exception, status: int, path: str
) -> None:
    """A store that can't answer is 503, our own fault 500; neither says anything of the name."""
    with caplog.at_level(logging.INFO), running_pages(FakeReader(error)) as pages:
        response = pages.ask(f"{path}?name=shop.example")
    assert response.status == status
    assert "nothing about whether" in response.text
    assert ("retry-after" in response.headers) is (status == 503)
    told = response.body.decode() + caplog.text
    assert "secret" not in told
    assert "shop.example" not in caplog.text
    assert "not registered" not in response.text


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 500 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_refused_without_repeating_it(
    pages: RunningPages, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    """A broken or endless head gets 400, and no traceback in the log."""
    with caplog.at_level(logging.INFO):
        answer = pages.send(request_bytes)
    assert answer.split(b"\r\n")[0].endswith(b" 400 Bad Request")
    assert answer.endswith(b"This request can't be read.\n")
    assert "Traceback" not in caplog.text
    assert pages.ask("").status == 200


def test_connection_serves_one_request(pages: RunningPages) -> None:
    """A second request on the connection is not answered: the first answer said so."""
    answer = pages.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    assert answer.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close" in answer


@pytest.mark.parametrize("begun", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_client_that_does_not_finish_asking_is_cut_off(begun: bytes) -> None:
    """The patience is for the whole connection; dribbling doesn't prolong it."""
    with running_pages(FakeReader(absent()), patience=0.2) as pages, pages.connect() as client:
        client.sendall(begun)
        assert read_all(client) == b""


def test_full_server_says_so_and_recovers() -> None:
    """One client more than allowed gets 503; when one has gone there is room."""
    with running_pages(FakeReader(absent()), most_connections=1) as pages:
        with pages.connect() as first:
            first.sendall(b"GET / HTTP/1.1\r\n")
            with pages.connect() as second:
                assert b"503 Service Unavailable" in read_all(second)
            first.sendall(b"Host: x\r\n\r\n")
            assert read_all(first).startswith(b"HTTP/1.1 200 OK")
        assert pages.ask("").status == 200


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400), st.sampled_from(["", "raw/whois", "raw/rdap"]))
def test_any_bytes_typed_get_a_page(pages: RunningPages, typed: bytes, path: str) -> None:
    """Whatever stands in the query, the answer is a page and no failure."""
    response = pages.ask(f"{path}?name={quote_from_bytes(typed)}")
    assert response.status in {200, 400}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_target_gets_an_answer(pages: RunningPages, target: bytes) -> None:
    """No request line brings the server down or out of its manners."""
    line = b"GET /" + target.replace(b"\r", b"").replace(b"\n", b"") + b" HTTP/1.1\r\n"
    answer = pages.send(line + b"Host: x\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
    assert int(answer.split(b" ")[1]) in {200, 400, 404, 405}


class SlowReader:
    """Answers when its gate is opened."""

    def __init__(self) -> None:
        self.asked, self.gate = threading.Event(), threading.Event()

    async def answer(self, _query: Query) -> Answer:
        """Wait for the gate."""
        self.asked.set()
        await asyncio.to_thread(self.gate.wait)
        return found(a_domain())


@pytest.fixture
def slow() -> Iterator[SlowReader]:
    """Give a slow reader whose gate is open in the end."""
    reader = SlowReader()
    yield reader
    reader.gate.set()


def test_page_in_hand_is_finished_when_the_server_ends(slow: SlowReader) -> None:
    """Who had asked before the end gets the page; nobody new gets in."""
    with ExitStack() as server:
        pages = server.enter_context(running_pages(slow))
        with pages.connect() as client:
            client.sendall(b"GET /?name=shop.example HTTP/1.1\r\nHost: x\r\n\r\n")
            assert slow.asked.wait(10)
            ending = threading.Thread(target=server.close)
            ending.start()
            assert pages.closed.wait(10)
            with pytest.raises(ConnectionRefusedError):
                pages.connect()
            slow.gate.set()
            assert read_all(client).startswith(b"HTTP/1.1 200 OK")
            ending.join()


def test_page_that_takes_too_long_is_cut_off_at_the_end(slow: SlowReader) -> None:
    """The end of the server has a budget of its own."""
    with ExitStack() as server:
        pages = server.enter_context(running_pages(slow, finish=0.1))
        with pages.connect() as client:
            client.sendall(b"GET /?name=shop.example HTTP/1.1\r\nHost: x\r\n\r\n")
            assert slow.asked.wait(10)
            server.close()
            assert read_all(client) == b""
