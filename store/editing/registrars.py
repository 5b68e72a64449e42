"""Changes of registrars."""

from __future__ import annotations

from store.changes import CreateRegistrar, DeleteRegistrar, UpdateRegistrar
from store.editing.session import Session, with_warnings
from store.errors import Code, RegistryError
from store.model import Registrar
from store.outcomes import Outcome
from store.refusals import counted
from store.rules import registrars as rules
from store.sql.records import registrars as records
from store.sql.records.saving import COUNT_CAP, serialise

__all__ = ["create_registrar", "delete_registrar", "update_registrar"]


def create_registrar(session: Session, change: CreateRegistrar) -> Outcome:
    """Make a registrar."""
    decision = rules.create_registrar(change, policy=session.policy, now=session.now)
    registrar = decision.record
    if records.handle_taken(session.connection, registrar.handle):
        raise RegistryError(
            Code.EXISTS, f"There is a registrar {registrar.handle} already.", field="id"
        )
    _check_gurid_free(session, registrar)
    saved = records.insert_registrar(session.connection, registrar)
    outcome = session.record("registrar", saved.handle, "created", after=saved)
    return with_warnings(outcome, decision.warnings)


def update_registrar(session: Session, change: UpdateRegistrar) -> Outcome:
    """Edit a registrar."""
    registrar = session.require_registrar(change.handle, field="id", lock=True)
    decision = rules.update_registrar(registrar, change, policy=session.policy, now=session.now)
    after = decision.record
    if after == registrar:
        return session.unchanged("registrar", registrar.handle, decision.warnings)
    if after.gurid != registrar.gurid:
        _check_gurid_free(session, after)
    saved = records.update_registrar(session.connection, registrar, after)
    outcome = session.record(
        "registrar", registrar.handle, "updated", before=registrar, after=saved
    )
    return with_warnings(outcome, decision.warnings)


def delete_registrar(session: Session, change: DeleteRegistrar) -> Outcome:
    """Delete a registrar.

    Raises:
        RegistryError: ``NOT_FOUND``, or ``IN_USE`` while it sponsors anything.
    """
    registrar = session.require_registrar(change.handle, field="id", lock=True)
    sponsored = [
        counted(count, kind, cap=COUNT_CAP)
        for kind, count in records.count_sponsored(session.connection, registrar.handle).items()
        if count
    ]
    if sponsored:
        listed = ", ".join(sponsored)
        raise RegistryError(
            Code.IN_USE, f"The registrar {registrar.handle} sponsors {listed}.", field="id"
        )
    records.delete_registrar(session.connection, registrar)
    return session.record("registrar", registrar.handle, "deleted", before=registrar)


def _check_gurid_free(session: Session, registrar: Registrar) -> None:
    if registrar.gurid is None:
        return
    serialise(session.connection, f"gurid {registrar.gurid}")
    holder = records.gurid_holder(session.connection, registrar.gurid)
    if holder is not None:
        raise RegistryError(
            Code.EXISTS,
            f"The IANA id {registrar.gurid} is of registrar {holder}.",
            field="gurid",
        )
