"""Hold many connections open that never ask: half say nothing, half drip a letter now and then.

    silent.py PORT CONNECTIONS

Prints how many are open once they are, holds them until standard input ends, and prints how
many still are. A dripped letter goes out on each dripping connection every ten seconds.
"""

from __future__ import annotations

import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from processes import await_end, background, on_core

__all__ = ["holding_silent"]

DRIP_SECONDS = 10.0
OPENING_SECONDS = 60.0
_LETTERS = b"GET /domain/abcdefghijklmnopqrstuvwxyz"  # no whole question at either door


@contextmanager
def holding_silent(
    ports: tuple[int, ...], connections: int, *, folder: Path, core: int | str | None
) -> Iterator[int]:
    """Hold *connections* open on each of *ports*; give how many there are in all."""
    with ExitStack() as stack:
        opened, holders = 0, []
        for port in ports:
            words = [sys.executable, __file__, str(port), str(connections)]
            log = folder / f"silent-{port}.log"
            process = stack.enter_context(
                background(on_core(core, words), log=log, stdin=subprocess.PIPE)
            )
            holders.append(process)
        for process in holders:
            opened += int((process.stdout.readline() if process.stdout else "") or 0)
        yield opened


def _open(port: int, number: int) -> socket.socket | None:
    """Begin one connection; sources differ, or ports would run out."""
    connection = socket.socket()
    connection.setblocking(False)  # noqa: FBT003 - its signature
    connection.setsockopt(socket.IPPROTO_IP, getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24), 1)
    connection.bind((f"127.0.0.{1 + number % 64}", 0))
    with suppress(BlockingIOError):
        connection.connect(("127.0.0.1", port))
    return connection


def _established(waiting: list[socket.socket], seconds: float) -> list[socket.socket]:
    """Wait until *waiting* are connected; give those that are within *seconds*."""
    poller, done = select.poll(), []
    pending = {connection.fileno(): connection for connection in waiting}
    for number in pending:
        poller.register(number, select.POLLOUT)
    end = time.monotonic() + seconds
    while pending and time.monotonic() < end:
        for number, events in poller.poll(1000):
            poller.unregister(number)
            connection = pending.pop(number)
            if not events & (select.POLLERR | select.POLLHUP):
                done.append(connection)
    return done


def _hold(connections: list[socket.socket], told: threading.Event) -> int:
    """Drip on every other connection until *told*; give how many are still open."""
    dripping, letter = connections[::2], 0
    while not told.is_set():
        for number, connection in enumerate(dripping):
            with suppress(OSError):
                connection.send(_LETTERS[letter % len(_LETTERS) :][:1])
            if number % 100 == 99 and told.wait(DRIP_SECONDS * 100 / len(dripping)):
                break
        else:
            told.wait(DRIP_SECONDS * (len(dripping) % 100) / max(len(dripping), 1))
        letter += 1
    return sum(map(_is_open, connections))


def _is_open(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def main(port: str, count: str) -> None:
    """Hold them until standard input ends."""
    told = threading.Event()
    threading.Thread(target=await_end, args=(told,), daemon=True).start()
    connections: list[socket.socket] = []
    for start in range(0, int(count), 500):
        begun = [_open(int(port), start + each) for each in range(min(500, int(count) - start))]
        connections += _established([each for each in begun if each], OPENING_SECONDS)
    print(len(connections), flush=True)
    print(_hold(connections, told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
