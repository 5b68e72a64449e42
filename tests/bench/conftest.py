"""The bench's own modules, and doors that answer what a test wants."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench"

Answer = Callable[[str], bytes]
FakeDoor = Callable[[Answer], AbstractContextManager[int]]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Give what imports a module of the bench."""
    monkeypatch.syspath_prepend(str(BENCH))
    return import_module


class _Handler(socketserver.StreamRequestHandler):
    """One line in, one answer out: as port 43 has it, or HTTP where the line is a request's."""

    answer: Answer

    def handle(self) -> None:
        """Answer one question; an empty answer closes without a word."""
        line = self.rfile.readline().decode().strip()
        if not line.startswith("GET "):
            self.wfile.write(type(self).answer(line))
            return
        while self.rfile.readline().strip():
            continue
        body = type(self).answer(line.split(" ")[1])
        if body:
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)


@pytest.fixture
def fake_door() -> FakeDoor:
    """Give what serves an answer to every question, at a port that speaks both protocols."""

    @contextmanager
    def serve(answer: Answer) -> Iterator[int]:
        handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield server.server_address[1]
            server.shutdown()
            thread.join()

    return serve
