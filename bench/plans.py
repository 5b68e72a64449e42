"""What a soak asks, and the right answers to what nobody edits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from clients import HttpClient, ask_whois
from ours import Serving
from slots import Slot

__all__ = ["Plan", "Question", "make_plan", "settled"]

_STAMPS = (
    (b">>> Last update of WHOIS database: ", b" <<<"),
    (b'"last update of RDAP database","eventDate":"', b'"'),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question at one door: a line of port 43, or a target of RDAP, which begins with /."""

    text: str
    slot: int | None = None

    @property
    def over_http(self) -> bool:
        """Whether it is one for RDAP."""
        return self.text.startswith("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Both ports, what is edited, and questions with their right answers without the stamp."""

    whois: int
    rdap: int
    slots: tuple[Slot, ...]
    answers: Mapping[str, str]

    def save(self, file: Path) -> None:
        """Write it to *file*, for other processes."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Plan:
        """Read what :meth:`save` wrote."""
        read = json.loads(file.read_text(encoding="utf-8"))
        return cls(**{**read, "slots": tuple(Slot(**slot) for slot in read["slots"])})


def settled(answer: bytes) -> str:
    """Give *answer* without the instant of the last update, which any edit changes.

    >>> settled(b">>> Last update of WHOIS database: 2026-01-01T00:00:00Z <<<")
    '>>> Last update of WHOIS database:  <<<'
    """
    for begin, end in _STAMPS:
        before, found, rest = answer.partition(begin)
        if found:
            answer = before + found + end + rest.partition(end)[2]
    return answer.decode("utf-8", errors="replace")


def make_plan(serving: Serving, slots: tuple[Slot, ...], names: Sequence[str]) -> Plan:
    """Ask once what has one right answer: names nobody edits, absent ones, hosts, the help."""
    client, answers = HttpClient(serving.rdap), {}
    texts = [f"absent-{number}.example" for number in range(10)]
    texts += [each for name in names for each in (name, f"ns1.{name}")]
    for text in texts:
        kind = "nameserver" if text.startswith("ns1.") else "domain"
        for question in (text, f"/{kind}/{text}"):
            over_http = question.startswith("/")
            answer = client.ask(question)[1] if over_http else ask_whois(serving.whois, question)
            if b"Town " not in answer:
                answers[question] = settled(answer)
    answers["/help"] = settled(client.ask("/help")[1])
    client.close()
    return Plan(whois=serving.whois, rdap=serving.rdap, slots=slots, answers=answers)
