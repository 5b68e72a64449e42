"""Look for stale answers: ask for what was just edited, on a new connection each time.

    checker.py SLOTS BOARD WHOIS RDAP CHECKS SEED

An answer that shows an older value than the newest that was acknowledged before the question
was sent is stale. Prints one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
from contextlib import closing
from pathlib import Path

from board import Board
from clients import HttpClient, ask_whois
from slots import load_slots, towns_in

__all__: list[str] = []


def _ask(whois: int, rdap: int, name: str, *, over_http: bool) -> bytes:
    if not over_http:
        return ask_whois(whois, name)
    with closing(HttpClient(rdap)) as client:
        return client.ask(f"/domain/{name}")[1]


def main(*arguments: str) -> None:
    """Check *checks* times, every other time what was edited last."""
    slots, board, whois, rdap, checks, seed = arguments
    chosen, shared, chance = load_slots(Path(slots)), Board(Path(board)), random.Random(int(seed))
    seen = {"checks": int(checks), "stale": 0, "mixed": 0, "wrong": 0}
    example = ""
    for number in range(int(checks)):
        slot = shared.latest if number % 2 else chance.randrange(len(chosen))
        least = shared.acknowledged(slot)
        over_http = chance.random() < 0.5
        answer = _ask(int(whois), int(rdap), chosen[slot].name, over_http=over_http)
        towns = towns_in(answer)
        fault = "wrong" if not towns else ""
        if towns and min(towns) < least:
            fault = "stale"
        elif len(towns) > 1:
            fault = "mixed"
        if fault:
            seen[fault] += 1
            door = "RDAP" if over_http else "WHOIS"
            example = f"{fault}: {chosen[slot].name} on {door}: {sorted(towns)} after {least}"
    print(json.dumps({**seen, "example": example}))


if __name__ == "__main__":
    main(*sys.argv[1:])
