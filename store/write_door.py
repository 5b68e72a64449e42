"""The one write door: every editor hands a change to it, whatever the editor is.

Load, decide, save, write history and the change log, commit: one transaction. A dry
run skips the commit and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import assert_never

from sqlalchemy import Connection

from store import changes
from store.changes import Actor, Change, DeleteDueContacts
from store.editing import (
    contacts,
    domains,
    hosts,
    lifecycle,
    privacy_services,
    registrars,
    reserved_names,
    retention,
    transfer_locks,
    transfers,
)
from store.editing.registrant_changes import answering, consents, ending, resending
from store.editing.rights import check_rights, spelled
from store.editing.session import Session
from store.outcomes import Outcome
from store.policy import RegistryPolicy
from store.sql.database import Database
from store.sql.locks import lock_for_edit

__all__ = ["Outcome", "WriteDoor"]


class WriteDoor:
    """Applies changes to a store under the policy in force."""

    def __init__(
        self, database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock

    def apply(self, change: Change, actor: Actor, *, dry_run: bool = False) -> Outcome:
        """Apply *change* in one transaction of its own; with *dry_run*, undo it.

        Raises:
            RegistryError: why the change was refused; the store is as it was. A field's
                name is the option's, with underscores.
            StoreUnavailableError: the store can't be reached, or another editor holds it.
        """
        known = replace(actor, name=spelled(actor))
        alone = 0.0

        def work(connection: Connection) -> Outcome:
            nonlocal alone
            lock_for_edit(connection)
            alone = monotonic()
            # The instant is taken when the transaction is alone: later saves are later.
            instant = self._clock().astimezone(UTC)
            session = Session(
                connection=connection,
                policy=self._policy,
                actor=known,
                now=instant.replace(microsecond=0),
                logged_at=instant,
            )
            check_rights(session, change)
            outcome = _perform(session, change)
            session.finish()
            return outcome

        outcome = self._database.write(work, commit=not dry_run)
        if outcome.batch is None:
            return outcome
        return replace(outcome, batch=replace(outcome.batch, seconds=monotonic() - alone))

    def ready(self, change: DeleteDueContacts) -> DeleteDueContacts:
        """Work out ahead of the locks what *change* will write, and give it with that.

        Raises:
            StoreUnavailableError: the store can't be reached.
        """
        now = self._clock().astimezone(UTC).replace(microsecond=0)
        readied = self._database.read(
            lambda connection: lifecycle.ready_due_contacts(
                connection, change, policy=self._policy, now=now
            )
        )
        return replace(change, readied=readied)


def _perform(session: Session, change: Change) -> Outcome:  # noqa: C901, PLR0912 - a total table
    match change:
        case changes.CreateContact():
            return contacts.create_contact(session, change)
        case changes.UpdateContact():
            return contacts.update_contact(session, change)
        case changes.DeleteContact():
            return contacts.delete_contact(session, change)
        case changes.CreateDomain():
            return domains.create_domain(session, change)
        case changes.UpdateDomain():
            return domains.update_domain(session, change)
        case changes.DeleteDomain():
            return domains.delete_domain(session, change)
        case changes.TransferDomain():
            return transfers.transfer_domain(session, change)
        case changes.LiftTransferLock():
            return transfer_locks.lift_transfer_lock(session, change)
        case changes.CreateHost():
            return hosts.create_host(session, change)
        case changes.UpdateHost():
            return hosts.update_host(session, change)
        case changes.DeleteHost():
            return hosts.delete_host(session, change)
        case changes.CreateRegistrar():
            return registrars.create_registrar(session, change)
        case changes.UpdateRegistrar():
            return registrars.update_registrar(session, change)
        case changes.DeleteRegistrar():
            return registrars.delete_registrar(session, change)
        case changes.CreatePrivacyService():
            return privacy_services.create_privacy_service(session, change)
        case changes.UpdatePrivacyService():
            return privacy_services.update_privacy_service(session, change)
        case changes.DeletePrivacyService():
            return privacy_services.delete_privacy_service(session, change)
        case changes.ResendRegistrantChange():
            return resending.resend_change(session, change)
        case changes.RecordConsent():
            return consents.record_consent(session, change)
        case changes.AddReservedName():
            return reserved_names.add_reserved_name(session, change)
        case changes.RemoveReservedName():
            return reserved_names.remove_reserved_name(session, change)
        case changes.AnswerRegistrantChange():
            return answering.answer_change(session, change)
        case changes.WithdrawRegistrantChange():
            return ending.withdraw_change(session, change)
        case changes.EndOverdueChanges():
            return ending.end_overdue(session, change)
        case changes.DeleteDueContacts():
            return lifecycle.delete_due_contacts(session, change)
        case changes.ScrubHistory():
            return retention.scrub_history(session, change)
        case changes.PruneChangeLog():
            return retention.prune_change_log(session, change)
        case _:
            assert_never(change)
