"""Throughput while contacts are edited, and at what rate of edits it begins to fall."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

from board import Board
from duel import Round, Side, fight
from editor import editing
from goals import Goal, Line
from ground import CHECKED, DOORS, Ground, port_of
from slots import choose_slots, save_slots
from table import columns

__all__ = ["GOALS", "measure"]

RATES = (0, 10, 30, 100, 300)  # edits a second
ENOUGH = 0.8  # of the edits wanted: fewer measure another load
GOALS = (
    Goal(what="RDAP, hot, throughput with 100 edits a second, against none", sense="≥", bound=0.7),
    Goal(what="WHOIS, hot, throughput with 100 edits a second, against none", sense="≥", bound=0.7),
)
HEAD = (
    "door",
    "edits wanted",
    "edits/s seen",
    "answers/s",
    "p50 µs",
    "p99 µs",
    "CPU µs",
    "of none",
)


def measure(ground: Ground) -> Iterator[Line]:
    """Edit the contacts of the very names that are asked for, at several rates turn about."""
    names, options, program = ground.hot_names(), ground.options, ground.program()
    generators = ground.generators("hot", names)
    slots = choose_slots(program.url, names, 500)
    saved, file = ground.folder / "edits-slots", ground.folder / "edits-board"
    save_slots(saved, slots)
    board = Board.make(file, len(slots))
    rows: list[tuple[str, ...]] = []
    with (
        program.serve(variables=CHECKED) as serving,
        editing(program.url, ground.folder, file, saved, core=ground.editor_core) as editor,
    ):
        for door, goal in zip(DOORS, GOALS, strict=True):
            sides = [
                Side(
                    name=str(rate),
                    pid=serving.pid,
                    port=port_of(serving, door),
                    generator=generators[door],
                    beside=lambda: board.edits,
                    before=partial(setattr, board, "rate", rate),
                )
                for rate in RATES
            ]
            duel = fight(sides, rounds=options.rounds, seconds=options.seconds)
            board.rate = 0
            for rate in RATES:
                rounds = duel.rounds[str(rate)]
                share = duel.ratio(str(rate), "0", lambda each: each.rate)
                slower = duel.ratio(str(rate), "0", lambda each: each.load.p50)
                rows.append(_row(door, rate, rounds, share))
                edits = max(median(map(_edits, rounds)), 1)
                ground.plot("edits-throughput", door, edits, share)
                ground.plot("edits-latency", door, edits, slower)
            seen = median(map(_edits, duel.rounds["100"]))
            share = duel.ratio("100", "0", lambda each: each.rate)
            how = f"{seen:.0f} edits/s seen, hot names' contacts"
            if seen < ENOUGH * 100:
                share, how = None, f"the editor came to {seen:.0f} edits/s alone"
            yield Line(goal=goal, seen=share, how=how)
    print(columns(HEAD, rows))
    print(f"  an edit took {editor.said['p50_ms']:.1f} ms, {editor.said['p99_ms']:.1f} ms at p99")


def _edits(each: Round) -> float:
    """Give the edits a second of a round; ``beside`` counted them for a million answers."""
    return each.beside * each.rate / 1e6


def _row(door: str, rate: int, rounds: tuple[Round, ...], share: float | None) -> tuple[str, ...]:
    return (
        door,
        f"{rate} edits/s",
        f"{median(map(_edits, rounds)):.0f}",
        f"{median(each.rate for each in rounds):.0f}",
        f"{median(each.load.p50 for each in rounds):.0f}",
        f"{median(each.load.p99 for each in rounds):.0f}",
        f"{median(each.cost for each in rounds):.1f}",
        f"{share:.3f}",
    )
