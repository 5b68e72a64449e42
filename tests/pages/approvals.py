"""Registrant changes as approval pages show them: values with defaults, and a desk of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from store.approvals import Approval, NamePage, ProposedValue
from store.errors import RegistryError
from store.registrant_changes import Answer, ChangeKind, ChangeParty, ChangeState
from tests.pages.running import FakeReader, Response, RunningPages, running_pages
from tests.published_values import absent

__all__ = [
    "APPROVE",
    "NOW",
    "PAGE",
    "TOKEN",
    "FakeDesk",
    "Given",
    "an_approval",
    "asked",
    "changes",
    "controls",
    "rows",
    "shown",
]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "Zm9v-YmFyX2Jhei1xdXV4MTIz_4567"
PAGE = f"change/{TOKEN}"
APPROVE = {"decision": "approve", "data_correct": "yes"}

_VALUES = (
    ProposedValue(field="name", old=("Aroha Ngata",), new=("Maria Rossi",)),
    ProposedValue(field="org", old=("Ngata Ltd",), new=()),
    ProposedValue(field="street", new=("Via Roma 1", "Scala B")),
    ProposedValue(field="voice", new=("+39.06123456",)),
    ProposedValue(field="email", old=("aroha@shop.example",), new=("maria@rossi.example",)),
)


def an_approval(party: ChangeParty = ChangeParty.NEW, **values: Any) -> Approval:
    """Give a change that asks *party*; to the new one without a value of the other."""
    new = party is ChangeParty.NEW
    defaults: dict[str, Any] = {
        "change": 17,
        "party": party,
        "kind": ChangeKind.EDIT,
        "state": ChangeState.AWAITING_NEW if new else ChangeState.AWAITING_PRIOR,
        "registrar": "Kauri Domains",
        "created": NOW - timedelta(days=1),
        "deadline": NOW + timedelta(days=6),
        "now": NOW,
        "names": ("shop.example", "xn--bcher-kva.example"),
        "count": 2,
        "values": tuple(
            ProposedValue(field=each.field, old=() if new else each.old, new=each.new)
            for each in _VALUES
        ),
        "lock": timedelta(0) if new else timedelta(days=60),
    }
    return Approval(**defaults | values)


def asked(party: ChangeParty = ChangeParty.NEW) -> FakeDesk:
    """Give a desk with one change that asks *party* under :data:`TOKEN`."""
    return FakeDesk({TOKEN: an_approval(party)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer that reached the desk."""

    token: str
    party: ChangeParty
    answer: Answer
    data_correct: bool
    waive_lock: bool


@dataclass
class FakeDesk:
    """Shows approvals by their tokens, keeps what is answered, refuses what it is told to.

    An accepted answer puts ``after`` in the place of the approval.
    """

    approvals: dict[str, Approval]
    after: Approval | None = None
    refusal: RegistryError | None = None
    names: tuple[str, ...] = ()
    per_page: int = 3
    given: list[Given] = field(default_factory=list)
    found: int = 0
    fault: Exception | None = None

    async def find(self, token: str) -> Approval | None:
        """Give what is there."""
        self.found += 1
        if self.fault is not None:
            raise self.fault
        return self.approvals.get(token)

    async def list_names(self, token: str, after: str) -> NamePage | None:
        """Give names past *after*, a few at a time."""
        past = tuple(name for name in self.names if name > after)
        return NamePage(names=past[: self.per_page], more=len(past) > self.per_page)

    async def answer(
        self,
        token: str,
        party: ChangeParty,
        answer: Answer,
        *,
        data_correct: bool,
        waive_lock: bool,
    ) -> None:
        """Keep the answer, or refuse it."""
        if self.after is not None:
            self.approvals[token] = self.after
        if self.refusal is not None:
            raise self.refusal
        self.given.append(
            Given(
                token=token,
                party=party,
                answer=answer,
                data_correct=data_correct,
                waive_lock=waive_lock,
            )
        )


@contextmanager
def changes(desk: FakeDesk, prefix: str = "/", **values: Any) -> Iterator[RunningPages]:
    """Serve the pages of *desk*."""
    with running_pages(FakeReader(absent()), prefix, desk=desk, **values) as pages:
        yield pages


def shown(approval: Approval, below: str = "", **fields: str) -> Response:
    """Give the page for *approval*."""
    with changes(FakeDesk({TOKEN: approval})) as pages:
        return pages.ask(PAGE + below, **fields)


def rows(response: Response) -> list[tuple[str, ...]]:
    """Give the compared values, row by row, as a person reads them."""
    cells = response.page.xpath("//dl/div") or response.page.xpath("//table/tbody/tr")
    return [tuple(" ".join(cell.text_content().split()) for cell in row) for row in cells]


def controls(response: Response) -> dict[str, list[str]]:
    """Give the names and the values of what the one form posts."""
    (form,) = response.page.xpath("//form")
    assert form.get("method") == "post"
    found: dict[str, list[str]] = {}
    for control in form.xpath(".//input | .//button[@name]"):
        found.setdefault(control.get("name"), []).append(control.get("value"))
    return found
