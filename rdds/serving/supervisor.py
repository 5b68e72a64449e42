"""The parent: forks the workers, restarts the dead, renews all on HUP, ends in order.

It never answers a question and loads nothing but the settings, so a fault in an
answer can't take the sockets down.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from rdds.serving.listening import Listeners

__all__ = ["Supervisor"]

READY_SECONDS = 30.0  # a worker that doesn't listen by then has failed
STOP_SECONDS = 30.0  # a worker that doesn't end by then is killed
QUICK_DEATH = 10.0  # seconds of life under which a death is one more in a row
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before a successor, by the deaths in a row

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

_log = logging.getLogger("rdds.parent")

# What a worker does with its sockets: `(listeners, ready, life)`, until it is told to stop.
Work = Callable[[Listeners, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker:
    place: int  # which of the listeners are its own
    born: float
    deaths: int  # in a row, of those who had the place before


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vacancy:
    due: float  # when the place is taken again
    deaths: int


class Supervisor:
    """Keeps one worker on each of the listeners; *on_death* is called for each that died."""

    def __init__(
        self, listeners: tuple[Listeners, ...], work: Work, *, on_death: Callable[[], None]
    ) -> None:
        self._listeners = listeners
        self._work = work
        self._on_death = on_death
        self._workers: dict[int, _Worker] = {}
        self._leaving: dict[int, float] = {}  # until when they may take
        self._vacant: dict[int, _Vacancy] = {}  # by place
        self._life_read, self._life_write = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)

    def start(self) -> bool:
        """Fork all workers; tell whether every one of them listens.

        One with nothing to listen on is neither waited for nor in the way of the others.
        """
        listening = [place for place, each in enumerate(self._listeners) if each.sockets]
        started = [self._fork(place) for place in listening]
        deadline = time.monotonic() + READY_SECONDS
        answers = [_is_ready(ready, deadline) for ready in started]
        for place in range(len(self._listeners)):
            if place not in listening:
                os.close(self._fork(place))
        return all(answers)

    def run(self, renew: Callable[[], Work | None]) -> None:
        """Look after the workers until TERM or INT; on HUP ask *renew* what to do from now on.

        *renew* gives ``None`` where the new settings are bad: the old ones stay.
        """
        while True:
            self._kill_overdue()
            self._fill_vacant()
            match self._next_signal():
                case signal.SIGTERM | signal.SIGINT:
                    return
                case signal.SIGHUP:
                    work = renew()
                    if work is not None:
                        self._renew(work)
                case signal.SIGCHLD:
                    self._note_dead()
                case _:
                    pass

    def _next_signal(self) -> int | None:
        """Wait for a signal, or until an old worker is overdue or a place is to be taken."""
        awaited = [*self._leaving.values(), *(each.due for each in self._vacant.values())]
        if not awaited:
            return signal.sigwait(_SIGNALS)
        told = signal.sigtimedwait(_SIGNALS, max(0.0, min(awaited) - time.monotonic()))
        return None if told is None else told.si_signo

    def stop(self) -> None:
        """Let every worker finish what it has in hand; kill those that don't end.

        The signals stay blocked: a second TERM must not cut the orderly end short.
        """
        self._dismiss(list(self._workers))
        # At once: the last copy of a listener takes clients whom nobody will answer.
        for listeners in self._listeners:
            listeners.close()
        while self._leaving:
            signal.sigtimedwait((signal.SIGCHLD,), 0.1)
            for pid in _reaped():
                self._leaving.pop(pid, None)
            self._kill_overdue()
        os.close(self._life_write)
        os.close(self._life_read)

    def _renew(self, work: Work) -> None:
        """Put new workers on the same sockets, then let the old ones finish.

        Where nothing but the certificate can be new, the workers stay and read it anew:
        no connection ends for that.
        """
        before, old = self._work, list(self._workers)
        self._work = work
        if work == before:
            for pid in old:
                os.kill(pid, signal.SIGHUP)
            _log.info("the settings are the same; certificates are read anew")
            return
        vacant, self._vacant = self._vacant, {}
        if self.start():
            _log.info("settings read anew")
            self._dismiss(old)
            return
        _log.error("workers with the new settings did not start; the old ones serve on")
        self._work, self._vacant = before, vacant
        self._dismiss([pid for pid in self._workers if pid not in old])

    def _fork(self, place: int, *, deaths: int = 0) -> int:
        """Fork a worker; give the descriptor on which it says that it listens."""
        ready_read, ready_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._live(place, ready_read, ready_write)
        os.close(ready_write)
        self._workers[pid] = _Worker(place=place, born=time.monotonic(), deaths=deaths)
        return ready_read

    def _live(self, place: int, ready_read: int, ready_write: int) -> NoReturn:
        """Be the worker, in the child."""
        status = 1
        try:
            os.close(ready_read)
            os.close(self._life_write)
            for other, listeners in enumerate(self._listeners):
                if other != place:
                    listeners.close()
            # HUP waits until the worker listens to it: a certificate renewed meanwhile counts.
            signal.pthread_sigmask(signal.SIG_UNBLOCK, set(_SIGNALS) - {signal.SIGHUP})
            self._work(self._listeners[place], ready_write, self._life_read)
            status = 0
        except KeyboardInterrupt:
            status = 0
        except BaseException as error:  # noqa: BLE001 - the child's last word
            # An exception's text may hold a password or contact data; its place doesn't.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("a worker failed: %s in %s", type(error).__name__, frame.name)
        finally:
            logging.shutdown()
            os._exit(status)

    def _note_dead(self) -> None:
        """Vacate the places of workers that died; the more in a row, the longer."""
        for pid in _reaped():
            self._leaving.pop(pid, None)
            worker = self._workers.pop(pid, None)
            if worker is None:
                continue
            self._on_death()
            now = time.monotonic()
            deaths = worker.deaths + 1 if now - worker.born < QUICK_DEATH else 1
            pause = PAUSES[min(deaths, len(PAUSES)) - 1]
            self._vacant[worker.place] = _Vacancy(due=now + pause, deaths=deaths)
            if pause:
                _log.error("worker %d died and is replaced in %.1f seconds", pid, pause)
            else:
                _log.error("worker %d died and is replaced", pid)

    def _fill_vacant(self) -> None:
        """Put successors where a pause has ended; clients queue there meanwhile."""
        for place, vacancy in list(self._vacant.items()):
            if vacancy.due <= time.monotonic():
                del self._vacant[place]
                os.close(self._fork(place, deaths=vacancy.deaths))

    def _dismiss(self, pids: list[int]) -> None:
        """Tell workers to finish; they are no longer replaced."""
        for pid in pids:
            self._workers.pop(pid, None)
            self._leaving[pid] = time.monotonic() + STOP_SECONDS
            os.kill(pid, signal.SIGTERM)

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for pid, deadline in self._leaving.items():
            if now > deadline:
                os.kill(pid, signal.SIGKILL)
                self._leaving[pid] = now + STOP_SECONDS


def _reaped() -> list[int]:
    dead: list[int] = []
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return dead
        if pid == 0:
            return dead
        dead.append(pid)


def _is_ready(descriptor: int, deadline: float) -> bool:
    """Wait for a worker's word until *deadline*; its end without one is a failure."""
    try:
        left = max(0.0, deadline - time.monotonic())
        found, _, _ = select.select([descriptor], [], [], left)
        return bool(found) and os.read(descriptor, 1) == b"r"
    finally:
        os.close(descriptor)
