"""The limits as workers ask them: doors, budgets, counts, processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import ip_address, ip_network

import pytest

from rdds.limits.shared import ClientLimits, SharedLimits
from rdds.settings.sections import Limits
from store.watch import EXEMPT, Door
from tests.rdds.limits.clocks import HandClock

WORKERS = 4


def limits(clock: Callable[[], float] = time.monotonic, **settings: object) -> SharedLimits:
    """Give limits for :data:`WORKERS` with *settings*."""
    return SharedLimits(Limits(**settings), workers=WORKERS, clock=clock)  # type: ignore[arg-type]


def test_both_doors_and_all_workers_have_one_budget() -> None:
    """conformance.md 6.1.10: a client's questions count together, wherever it asks."""
    shared = limits(HandClock(), questions=10, per_seconds=600)
    one, other = (ClientLimits(shared, place=place) for place in (0, 3))
    anna = one.visitor("192.0.2.1")
    assert other.visitor(ip_address("192.0.2.1")) == anna
    assert [one.admit(Door.WHOIS, anna) for _ in range(6)] == [0] * 6
    assert [other.admit(Door.RDAP, anna) for _ in range(4)] == [0] * 4
    assert one.admit(Door.WHOIS, anna) == 61
    assert other.admit(Door.RDAP, anna) == 61
    assert other.admit(Door.RDAP, other.visitor("192.0.2.2")) == 0


def test_persons_have_a_budget_of_their_own() -> None:
    """Answers that show nobody cost nothing of it, and it costs no questions."""
    clock = HandClock()
    here = ClientLimits(limits(clock, questions=100, persons=6, per_seconds=60), place=0)
    anna = here.visitor("192.0.2.1")
    assert [here.charge(anna, 3), here.charge(anna, 0), here.charge(anna, 3)] == [0, 0, 0]
    assert here.charge(anna, 1) == 11
    assert here.charge(anna, 0) == 0
    assert here.admit(Door.RDAP, anna) == 0
    clock.now += 11
    assert here.charge(anna, 1) == 0


def test_exempt_client_is_never_limited_nor_counted() -> None:
    """Whoever is in `limits.exempt` asks, connects and reads as much as it likes."""
    shared = limits(questions=1, persons=1, connections=1, server_questions=1, exempt=(
        ip_network("192.0.2.0/24"),
    ))  # fmt: skip
    here = ClientLimits(shared, place=0)
    monitor = here.visitor("192.0.2.9")
    assert monitor == EXEMPT
    for _ in range(50):
        assert here.enter(Door.RDAP, monitor)
        assert here.admit(Door.RDAP, monitor) == 0
        assert here.charge(monitor, 100) == 0
    here.leave(Door.RDAP, monitor)
    assert shared.counts().live == 0
    assert here.admit(Door.RDAP, here.visitor("127.0.0.1")) == 0  # loopback is not exempt here


def twice(here: ClientLimits, what: str) -> bool:
    """Do *what* is limited twice, for one client; tell whether it was free both times."""
    anna = here.visitor("192.0.2.1")
    match what:
        case "persons":
            return not any(here.charge(anna, 1) for _ in range(2))
        case "connections":
            return all(here.enter(Door.RDAP, anna) for _ in range(2))
        case _:
            return not any(here.admit(Door.RDAP, anna) for _ in range(2))


@pytest.mark.parametrize("what", ["questions", "persons", "connections", "server_questions"])
def test_zero_switches_a_limit_off(what: str) -> None:
    """0 is no limit, where 1 lets one through."""
    unlimited = dict.fromkeys(("questions", "persons", "connections", "server_questions"), 0)
    assert twice(ClientLimits(limits(HandClock(), **unlimited), place=0), what)
    assert not twice(ClientLimits(limits(HandClock(), **unlimited | {what: 1}), place=0), what)


def test_everybody_together_is_limited_too() -> None:
    """More questions in a second than the server may take are refused for a second."""
    clock = HandClock()
    shared = limits(clock, questions=3, per_seconds=600, server_questions=10)
    here = ClientLimits(shared, place=1)
    greedy = here.visitor("192.0.2.1")
    assert sum(not here.admit(Door.WHOIS, greedy) for _ in range(50)) == 3
    others = [here.visitor(f"198.51.100.{each}") for each in range(9)]
    waits = [here.admit(Door.WHOIS, each) for each in others]
    assert waits == [0] * 7 + [1] * 2  # who was over its own budget took nothing from all
    clock.now += 1
    assert here.admit(Door.WHOIS, others[-1]) == 0
    assert shared.counts().server == 2


def test_connections_are_counted_in_and_out() -> None:
    """A client has its number of connections at both doors together, and no more."""
    shared = limits(connections=2)
    here = ClientLimits(shared, place=0)
    anna = here.visitor("2001:db8::1")
    assert here.enter(Door.WHOIS, anna)
    assert here.enter(Door.RDAP, anna)
    assert not here.enter(Door.RDAP, here.visitor("2001:db8::2"))
    here.leave(Door.WHOIS, anna)
    assert here.enter(Door.RDAP, anna)
    assert shared.counts().connections == (0, 1)


def test_refusals_are_counted_by_door_over_all_workers() -> None:
    """What is limited can be read in any process, and goes on after a worker's end."""
    shared = limits(HandClock(), questions=1, persons=1, per_seconds=60)
    for place in range(WORKERS):
        here = ClientLimits(shared, place=place)
        anna = here.visitor("192.0.2.1")
        here.admit(Door.WHOIS, anna)
        here.admit(Door.RDAP, anna)
        here.charge(anna, 1)
    assert ClientLimits(shared, place=0).admit(Door.RDAP, anna) == 61
    counts = shared.counts()
    assert counts.questions == (WORKERS - 1, WORKERS + 1)
    assert counts.persons == WORKERS - 1
    assert (counts.live, counts.slots) == (1, 65_536)


def test_memory_is_fixed_by_the_settings() -> None:
    """The budgets take 16 bytes a slot, and connections 4 more for each worker."""
    shared = limits(clients=5000)
    assert shared.questions is not None
    assert shared.questions.slots == 8192
    assert shared.stripes.counts.nbytes == 4 * 8192 * WORKERS


def children(work: Callable[[int], int]) -> int:
    """Have :data:`WORKERS` processes do *work* at the same time; give the sum of their results."""
    start_read, start_write = os.pipe()
    told_read, told_write = os.pipe()
    pids = []
    for place in range(WORKERS):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(start_write)
                os.read(start_read, 1)
                os.write(told_write, b"%8d" % work(place))
                status = 0
            finally:
                os._exit(status)
        pids.append(pid)
    os.close(start_write)  # their sign to begin
    os.close(start_read)
    ended = [os.waitpid(pid, 0)[1] for pid in pids]
    os.close(told_write)
    with os.fdopen(told_read, "rb") as told:
        results = told.read()
    assert ended == [0] * WORKERS
    return sum(int(each) for each in results.split())


def test_processes_that_ask_at_once_share_a_budget() -> None:
    """Four workers give a client its budget, nearly to the question, and never less.

    Between two questions each does what an answer costs; so long the others may take.
    """
    rounds, budget = 20, 250
    shared = limits(questions=budget, per_seconds=86_400, exempt=())

    def ask(place: int) -> int:
        here = ClientLimits(shared, place=place)
        admitted = 0
        for each in range(rounds):
            visitor = here.visitor(f"192.0.2.{each}")
            for _ in range(budget):
                admitted += not here.admit(Door.WHOIS, visitor)
                blake2b(bytes(10_000)).digest()
        return admitted

    assert rounds * budget <= children(ask) <= rounds * budget * 1.25
    assert sum(shared.counts().questions) >= rounds * budget * (WORKERS - 1.25)


def test_processes_charge_nobody_for_another_in_a_full_table() -> None:
    """Workers that take over each other's buckets leave every newcomer its whole budget.

    Two in a bucket by chance, of 24 bits among eight, are one in two million; three of
    20,000 clients never are.
    """
    shared = limits(questions=1, per_seconds=86_400, clients=1024, exempt=())

    def ask(place: int) -> int:
        here = ClientLimits(shared, place=place)
        own = range(place * 5000, (place + 1) * 5000)
        return sum(not here.admit(Door.RDAP, here.visitor(ip_address(each))) for each in own)

    assert WORKERS * 5000 - 3 < children(ask) <= WORKERS * 5000


def test_connections_of_a_killed_process_do_not_stay() -> None:
    """What a worker had counted when it was killed is gone when its successor starts."""
    shared = limits(connections=3, exempt=())
    alive = ClientLimits(shared, place=0)
    anna = alive.visitor("192.0.2.1")

    def die(place: int) -> int:
        if place == 1:
            here = ClientLimits(shared, place=place)
            return sum(here.enter(Door.WHOIS, anna) for _ in range(9))
        return 0

    assert children(die) == 3
    assert not alive.enter(Door.RDAP, anna)
    ClientLimits(shared, place=1)
    assert [alive.enter(Door.RDAP, anna) for _ in range(4)] == [True, True, True, False]
