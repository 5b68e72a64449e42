"""Ask mixed questions of both doors without pause, and look at every answer.

    asker.py PLAN BOARD SEED

PLAN is what ``soak`` wrote. Half of the questions are about what is being edited; the others
have one right answer, which the plan holds. What fails while the server is being disturbed is
asked again, and counted apart. Asks until standard input ends; prints one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from pathlib import Path

from board import Board
from clients import Broken, HttpClient, ask_whois
from plans import Plan, Question, settled
from processes import await_end
from slots import towns_in
from tolls import Toll

__all__: list[str] = []

PATIENCE = 60.0  # seconds after which a question that is asked again and again is lost


class _Asker:
    def __init__(self, plan: Plan, board: Board, chance: random.Random) -> None:
        self._plan, self._board, self._chance = plan, board, chance
        self._static = tuple(plan.answers)
        self._client: HttpClient | None = None
        # The disturbances that had ended when the connection in use was made, and the kept one.
        self._quiet = self._kept_quiet = 0
        self.toll = Toll()

    def ask_one(self, told: threading.Event) -> None:
        """Ask one question until it is answered, and look at the answer."""
        question = self._draw()
        begun = time.monotonic()
        while True:
            least = 0 if question.slot is None else self._board.acknowledged(question.slot)
            try:
                answer = self._ask(question)
            except (OSError, Broken) as error:
                self._drop()
                fault = f"{question.text}: {type(error).__name__} {error}"
                if self._board.begun <= self._quiet:  # nobody disturbed
                    self.toll.note("lost", fault)
                    return
                if time.monotonic() - begun > PATIENCE:
                    self.toll.note("lost", f"after {PATIENCE:.0f} s: {fault}")
                    return
                self.toll.counts["asked again"] += 1
                if told.wait(0.02):
                    return
                continue
            self.toll.counts["questions"] += 1
            self._judge(question, least, answer)
            return

    def _draw(self) -> Question:
        if self._chance.random() < 0.5:
            return Question(text=self._chance.choice(self._static))
        recent = self._chance.random() < 0.5
        slot = self._board.latest if recent else self._chance.randrange(len(self._plan.slots))
        name = self._plan.slots[slot].name
        over_http = self._chance.random() < 0.5
        return Question(text=f"/domain/{name}" if over_http else name, slot=slot)

    def _ask(self, question: Question) -> bytes:
        """Ask over the kept connection or, for every tenth and at port 43, over a new one."""
        if not question.over_http:
            self._quiet = self._board.ended
            return ask_whois(self._plan.whois, question.text)
        if self._client is None or self._chance.random() < 0.1:
            self._drop()
            self._quiet = self._kept_quiet = self._board.ended
            self._client = HttpClient(self._plan.rdap)
        self._quiet = self._kept_quiet
        return self._client.ask(question.text)[1]

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _judge(self, question: Question, least: int, answer: bytes) -> None:
        if question.slot is None:
            if settled(answer) != self._plan.answers[question.text]:
                self.toll.note("wrong", f"{question.text}: {answer[:2000]!r}")
            return
        towns = towns_in(answer)
        if not towns:
            self.toll.note("wrong", f"{question.text}: {answer[:2000]!r}")
        elif min(towns) < least:
            self.toll.note("stale", f"{question.text}: {sorted(towns)} after {least}")
        elif len(towns) > 1:
            self.toll.note("mixed", f"{question.text}: {sorted(towns)}")


def main(plan: str, board: str, seed: str) -> None:
    """Ask until standard input ends."""
    asker = _Asker(Plan.load(Path(plan)), Board(Path(board)), random.Random(int(seed)))
    told = threading.Event()
    threading.Thread(target=await_end, args=(told,), daemon=True).start()
    while not told.is_set():
        asker.ask_one(told)
    print(json.dumps({"counts": asker.toll.counts, "examples": asker.toll.examples}))


if __name__ == "__main__":
    main(*sys.argv[1:])
