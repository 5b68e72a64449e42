"""Changes of privacy services."""

from __future__ import annotations

from store.changes import CreatePrivacyService, DeletePrivacyService, UpdatePrivacyService
from store.editing.session import Session, with_warnings
from store.errors import Code, RegistryError
from store.outcomes import Outcome
from store.refusals import counted
from store.rules import privacy_services as rules
from store.sql.records import privacy_services as records
from store.sql.records.saving import COUNT_CAP

__all__ = ["create_privacy_service", "delete_privacy_service", "update_privacy_service"]

KIND = "privacy-service"


def create_privacy_service(session: Session, change: CreatePrivacyService) -> Outcome:
    """Make a privacy service."""
    decision = rules.create_privacy_service(change, policy=session.policy, now=session.now)
    handle = decision.record.handle
    if records.handle_taken(session.connection, handle):
        raise RegistryError(
            Code.EXISTS, f"There is a privacy service {handle} already.", field="id"
        )
    saved = records.insert_privacy_service(session.connection, decision.record)
    outcome = session.record(KIND, handle, "created", after=saved)
    return with_warnings(outcome, decision.warnings)


def update_privacy_service(session: Session, change: UpdatePrivacyService) -> Outcome:
    """Edit a privacy service; every name under it shows the edit."""
    service = session.require_privacy_service(change.handle, lock=True)
    decision = rules.update_privacy_service(service, change, policy=session.policy, now=session.now)
    if decision.record == service:
        return session.unchanged(KIND, service.handle, decision.warnings)
    saved = records.update_privacy_service(session.connection, service, decision.record)
    outcome = session.record(KIND, service.handle, "updated", before=service, after=saved)
    return with_warnings(outcome, decision.warnings)


def delete_privacy_service(session: Session, change: DeletePrivacyService) -> Outcome:
    """Delete a privacy service.

    Raises:
        RegistryError: ``NOT_FOUND``, or ``IN_USE`` while names are under it.
    """
    service = session.require_privacy_service(change.handle, lock=True)
    names = records.count_proxied(session.connection, service.handle)
    if names:
        used = counted(names, "name", cap=COUNT_CAP)
        raise RegistryError(
            Code.IN_USE, f"The privacy service {service.handle} stands in for {used}.", field="id"
        )
    records.delete_privacy_service(session.connection, service)
    return session.record(KIND, service.handle, "deleted", before=service)
