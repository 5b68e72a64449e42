"""What a party says on the page its link leads to (contacts.md R-13 to R-17)."""

from __future__ import annotations

from store.changes import AnswerRegistrantChange
from store.editing.registrant_changes.completing import Step, ask_prior, complete
from store.editing.registrant_changes.ending import end_change, noted, require_change
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.outcomes import Outcome
from store.registrant_changes import Answer, ChangeParty, ChangeState, RegistrantChange
from store.rules.registrant_changes import ChangeEvent, check_answer, moved
from store.sql.records import contacts, domains
from store.sql.records import registrant_changes as records
from store.sql.records.approval_tokens import find_token

__all__ = ["answer_change"]


def answer_change(session: Session, change: AnswerRegistrantChange) -> Outcome:
    """Take a party's answer; a change is over with the first "no" and the second "yes" (A-13).

    ``changes`` of the outcome has the old and the new ``state``. ``action`` is ``ended``
    for every end, also one that was voided because it can't be completed any more (R-27).

    Raises:
        RegistryError: ``NOT_FOUND`` for a token never made, ``CLOSED`` for a change that has
            ended and for a party that has answered; ``MISSING_VALUE``, ``INVALID_VALUE``.
    """
    found = find_token(session.connection, change.token)
    if found is None:
        raise RegistryError(Code.NOT_FOUND, "There is no such link.", field="token")
    number, party = found
    standing = _locked(session, number)
    check_answer(
        standing,
        party,
        change.answer,
        data_correct=change.data_correct,
        waive_lock=change.waive_lock,
        now=session.now,
    )
    step = _answered(session, standing, party, change)
    over = step.change.state is not ChangeState.AWAITING_PRIOR
    return Outcome(
        kind="registrant-change",
        subject=str(number),
        action="ended" if over else "answered",
        changes={"state": (standing.state.value, step.change.state.value)},
        copies={} if step.outcome is None else step.outcome.copies,
    )


def _answered(
    session: Session, standing: RegistrantChange, party: ChangeParty, said: AnswerRegistrantChange
) -> Step:
    if said.answer is not Answer.APPROVE:
        return Step(change=end_change(session, standing, ChangeEvent.REJECTED))
    if party is ChangeParty.PRIOR:
        return complete(session, standing, waive_lock=said.waive_lock)
    after = moved(standing, ChangeEvent.APPROVED, now=session.now)
    saved = records.update_change(session.connection, standing, after)
    noted(session, standing, saved)
    return ask_prior(session, saved)


def _locked(session: Session, number: int) -> RegistrantChange:
    """Load a change with everything it may touch, locked in everybody's order."""
    seen = require_change(session, number, lock=False)
    parties = {seen.contact_id, seen.to_contact_id or seen.contact_id}
    for name in seen.names:
        domain = domains.find_domain(session.connection, name, lock=True)
        if domain is not None:
            parties |= {link.contact_id for link in domain.links}
    contacts.lock_contacts(session.connection, parties)
    return require_change(session, number)
