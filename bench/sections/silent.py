"""Latency while thousands of connections are open that never ask."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import suppress
from statistics import median

from generators import Load
from goals import Goal, Line, Skip
from ground import CHECKED, DOORS, Ground, port_of
from silent import holding_silent
from table import columns

__all__ = ["GOALS", "measure"]

GOALS = tuple(
    Goal(what=f"{door}, p99 with 10,000 silent and dripping connections on each door, against none",
         sense="≤", bound=2)
    for door in DOORS
)  # fmt: skip
HEAD = ("door", "connections", "answers/s", "p50 µs", "p99 µs", "failed")
SPARE = 1000  # descriptors for everything else
ROUNDS = 3  # opening so many takes a while

# They are to stay open while it is measured, so nobody's patience ends.
_PATIENT = {"RDDS_WHOIS_PATIENCE": "3600", "RDDS_RDAP_PATIENCE": "3600"}


def _allow(files: int) -> bool:
    """Allow this process's children so many open *files*; tell whether the system does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        with suppress(ValueError, PermissionError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, max(hard, files)))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= files


def _is_roomy(connections: int) -> bool:
    """Tell whether a server may have so many *connections* at both doors, or at one alone.

    Raises:
        Skip: not even at one.
    """
    if _allow(2 * connections + SPARE):
        return True
    if not _allow(connections + SPARE):
        raise Skip(f"it takes {connections + SPARE:,} open files, and fewer are allowed")
    return False


def measure(ground: Ground) -> Iterator[Line]:
    """Ask for hot names with and without them, turn about."""
    options, generators = ground.options, ground.generators("hot", ground.hot_names())
    roomy = _is_roomy(options.silent)
    most = str(options.silent + SPARE)
    most_connections = {f"RDDS_{door}_MOST_CONNECTIONS": most for door in DOORS}
    rows = []
    with ground.program().serve(variables={**CHECKED, **_PATIENT, **most_connections}) as serving:
        for door, goal in zip(DOORS, GOALS, strict=True):
            generator, port = generators[door], port_of(serving, door)
            ports = (serving.rdap, serving.whois) if roomy else (port,)
            generator.run(port, 1)
            none, much = [], []
            for _ in range(min(ROUNDS, options.rounds)):
                none.append(generator.run(port, options.seconds))
                with holding_silent(
                    ports, options.silent, folder=ground.folder, core=ground.load_core
                ) as opened:
                    much.append(generator.run(port, options.seconds))
                if opened < len(ports) * options.silent:
                    raise RuntimeError(f"only {opened:,} silent connections opened")
            rows += [_row(door, 0, none), _row(door, opened, much)]
            seen = median(
                each.p99 / max(other.p99, 1) for each, other in zip(much, none, strict=True)
            )
            how = f"{opened:,} open, half of them dripping"
            if not roomy:
                how += ", on this door alone: open files are limited"
            yield Line(goal=goal, seen=seen, how=how)
    print(columns(HEAD, rows))


def _row(door: str, opened: int, loads: list[Load]) -> tuple[str, ...]:
    return (
        door,
        f"{opened:,}",
        f"{median(each.answers / each.seconds for each in loads):.0f}",
        f"{median(each.p50 for each in loads):.0f}",
        f"{median(each.p99 for each in loads):.0f}",
        str(sum(each.errors for each in loads)),
    )
