"""Any run of requests, answers, disputes and time: the store does as the table of 5.2 says."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store.changes import EndOverdueChanges, UpdateDomain, WithdrawRegistrantChange
from store.errors import Code, RegistryError
from store.model import Role
from store.registrant_changes import Answer, ChangeParty
from store.sql.database import Database
from tests.store.editing_values import Registry
from tests.store.registrant_changes.doors import doors_say
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    answer,
    change_of,
    edit,
    latest,
    repoint,
    sent,
    token,
)

NAMES = ("shop.co.example", "two.example")
OTHER = {"CA1": "CA3", "CA3": "CA1"}
CLOSED, REFUSED = Code.CLOSED, Code.STATUS_PROHIBITS


@dataclass
class Asked:
    """A change as the table has it."""

    number: int
    kind: str
    name: str | None
    leads_to: str | None
    deadline: datetime
    state: str = "awaiting_new"
    asked_prior: bool = False
    moved: bool = False
    closed: bool = field(default=False)

    def end(self, state: str) -> None:
        self.state, self.closed = state, True


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp())
    database = Database.open(f"sqlite:///{folder / 'filled.sqlite3'}", create=True)
    a_holder(database, *NAMES)
    database.close()
    return folder / "filled.sqlite3"


class RegistrantChanges(RuleBasedStateMachine):
    """CA1 holds two names at first; edits of it and new registrants for either are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        path = self.folder / "store.sqlite3"
        shutil.copy(_template(), path)
        self.registry = Registry(Database.open(f"sqlite:///{path}"))
        self.asked: list[Asked] = []
        self.holders = dict.fromkeys(NAMES, "CA1")
        self.disputed = dict.fromkeys(NAMES, False)
        self.email = "old@example.net"
        self.edits = 0
        self.said = doors_say(self.registry, *NAMES)

    def teardown(self) -> None:
        """Close the store and forget it."""
        self.registry.database.close()
        shutil.rmtree(self.folder)

    def _open(self, kind: str | None = None) -> list[Asked]:
        for each in self.asked:
            if not each.closed and self.registry.now >= each.deadline:
                each.state = "expired"
        standing = [each for each in self.asked if each.state.startswith("awaiting")]
        return [each for each in standing if kind is None or each.kind == kind]

    def _note(self, kind: str, name: str | None, leads_to: str | None) -> None:
        self.asked.append(
            Asked(
                number=latest(self.registry).id,
                kind=kind,
                name=name,
                leads_to=leads_to,
                deadline=self.registry.now + timedelta(days=7),
            )
        )

    @rule()
    def ask_for_an_edit(self) -> None:
        """R-01a, R-07, R-08: of all names that CA1 holds now."""
        held = [name for name in NAMES if self.holders[name] == "CA1"]
        self.edits += 1
        email = f"new{self.edits}@example.net"
        barred = any(self.disputed[name] for name in held) or self._open("repoint")
        if held and barred:
            self._refused(lambda: self.registry.apply(edit(email=email)), REFUSED)
            return
        outcome = self.registry.apply(edit(email=email))
        if not held:
            assert outcome.action == "updated"
            self.email = email
            for each in self._open("repoint"):
                each.moved = True
            return
        for each in self._open("edit"):
            each.end("superseded")
        assert outcome.action == "held"
        self._note("edit", None, email)

    @rule(name=st.sampled_from(NAMES))
    def ask_for_a_registrant(self, name: str) -> None:
        """R-01b, R-07 to R-09."""
        to = OTHER[self.holders[name]]
        if self.disputed[name] or self._open("edit"):
            self._refused(lambda: self.registry.apply(repoint(name, to)), REFUSED)
            return
        assert self.registry.apply(repoint(name, to)).action == "held"
        for each in self._open("repoint"):
            if each.name == name:
                each.end("superseded")
        self._note("repoint", name, to)

    @precondition(lambda self: self.asked)
    @rule(
        choice=st.integers(0, 2),
        party=st.sampled_from((NEW, PRIOR)),
        agrees=st.sampled_from((True, True, True, False)),
    )
    def take_an_answer(self, choice: int, party: ChangeParty, agrees: bool) -> None:
        """A-09 to A-13: of one of the newest changes, open or not, by either party."""
        self._open()
        each = self.asked[-1 - choice % len(self.asked)]
        no = Answer.DECLINE if party is NEW else Answer.REFUSE
        said = Answer.APPROVE if agrees else no

        def take() -> None:
            link = token(self.registry, each.number, party)
            answer(self.registry, party, said, token=link, data_correct=True)

        waits_for = {"awaiting_new": NEW, "awaiting_prior": PRIOR}.get(each.state)
        if waits_for is not party:
            self._refused(take, CLOSED)
            return
        take()
        if not agrees:
            each.end("declined_new" if party is NEW else "refused_prior")
        elif party is NEW:
            each.state, each.asked_prior = "awaiting_prior", True
        else:
            self._complete(each)

    def _complete(self, each: Asked) -> None:
        if each.moved:
            each.end("voided")
            return
        each.end("completed")
        if each.name is None:
            self.email = each.leads_to or ""
        else:
            self.holders[each.name] = each.leads_to or ""
        now = doors_say(self.registry, *NAMES)
        assert now != self.said
        self.said = now

    @precondition(lambda self: self.asked)
    @rule()
    def withdraw(self) -> None:
        """R-08."""
        each = self.asked[-1]
        step = WithdrawRegistrantChange(change=each.number)
        if each not in self._open():
            self._refused(lambda: self.registry.apply(step), CLOSED)
            return
        self.registry.apply(step)
        each.end("withdrawn")

    @rule(name=st.sampled_from(NAMES))
    def open_or_close_a_dispute(self, name: str) -> None:
        """E-21: opening one voids what covers the name."""
        self.disputed[name] = not self.disputed[name]
        self.registry.apply(UpdateDomain(name=name, disputed=self.disputed[name]))
        if self.disputed[name]:
            for each in self._open():
                covers = self.holders[name] == "CA1" if each.name is None else each.name == name
                if covers:
                    each.end("voided")
        self.said = doors_say(self.registry, *NAMES)  # the name's own edit is dated

    @rule(hours=st.sampled_from((1, 30, 96)))
    def wait(self, hours: int) -> None:
        """R-19: the clock ends changes, whatever ran."""
        self.registry.wait(hours=hours)

    @rule()
    def sweep(self) -> None:
        """R-29."""
        self.registry.apply(EndOverdueChanges())
        self._open()
        for each in self.asked:
            each.closed |= each.state == "expired"

    @invariant()
    def states_are_the_tables(self) -> None:
        """5.2: of every change there ever was."""
        self._open()
        for each in self.asked:
            found = change_of(self.registry, each.number)
            assert found.state_at(self.registry.now).value == each.state, each

    @invariant()
    def records_are_what_was_completed(self) -> None:
        """A-13, R-26: nothing but completion touches contact or link."""
        assert self.registry.contact("CA1").card.email == self.email
        for name, holder in self.holders.items():
            link = self.registry.domain(name).link(Role.REGISTRANT)
            assert link is not None
            assert link.contact == holder

    @invariant()
    def doors_say_what_they_said(self) -> None:
        """R-28: byte for byte, but for completion."""
        assert doors_say(self.registry, *NAMES) == self.said

    @invariant()
    def ends_were_told(self) -> None:
        """D-14, R-29, A-10, A-12: each message once, to those it is for."""
        told = sent(self.registry)
        for each in self.asked:
            mine = [(message.kind, message.to) for message in told if message.change == each.number]
            assert mine.count(("N1", "new")) == 1
            assert mine.count(("N2", "prior")) == each.asked_prior
            ends = [to for kind, to in mine if kind in {"N3", "N4", "N5"}]
            knew = each.asked_prior or each.state == "expired"
            everyone = ["new", "prior", "registrar"] if knew else ["new", "registrar"]
            over = change_of(self.registry, each.number).closed is not None
            assert sorted(ends) == (everyone if over else [])

    def _refused(self, step: Callable[[], object], code: Code) -> None:
        before = self.registry.rows() if code is REFUSED else None
        with pytest.raises(RegistryError) as refusal:
            step()
        assert refusal.value.code is code, refusal.value.message
        if before is not None:
            assert self.registry.rows() == before


RegistrantChanges.TestCase.settings = settings(
    max_examples=15, stateful_step_count=14, deadline=None
)
TestRegistrantChanges = RegistrantChanges.TestCase
