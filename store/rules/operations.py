"""What each change does, in the operations that rights are given for (contacts.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from store import changes
from store.changes import UNSET, Change, DisclosureEdit, UpdateContact, UpdateDomain, UpdateHost
from store.model import Domain, Role
from store.rules.rights import Operation
from store.statuses import Status

__all__ = ["operations_of"]

_REPLACES: Mapping[Role, Operation] = {
    Role.REGISTRANT: Operation.CHANGE_REGISTRANT,
    Role.ADMIN: Operation.REPLACE_OTHERS,
    Role.TECH: Operation.REPLACE_TECH,
    Role.BILLING: Operation.REPLACE_OTHERS,
}

# The prohibitions that lock a name against its holder's own mistakes; the holder unlocks it.
_LOCKS = frozenset(
    {
        Status.CLIENT_DELETE_PROHIBITED,
        Status.CLIENT_TRANSFER_PROHIBITED,
        Status.CLIENT_UPDATE_PROHIBITED,
    }
)


def operations_of(  # noqa: C901 - a total table
    change: Change, domain: Domain | None = None, *, replaced: Iterable[Role] = ()
) -> frozenset[Operation]:
    """Give all that *change* does; whoever makes it must be allowed every one of them.

    *domain* is the name it is about, if it is about one; *replaced* are the roles in which
    a split puts a copy in a contact's place.
    """
    match change:
        case UpdateDomain():
            return _domain_operations(change, domain)
        case UpdateContact():
            return _contact_operations(change, replaced)
        case UpdateHost():
            statuses = change.add_statuses | change.remove_statuses
            return frozenset({Operation.NAME_SERVERS}) | _status_operations(
                statuses, locks=frozenset()
            )
        case changes.CreateHost() | changes.DeleteHost():
            return frozenset({Operation.NAME_SERVERS})
        case changes.DeleteDomain():
            return frozenset({Operation.TRANSFER_CODE})
        case changes.WithdrawRegistrantChange() | changes.RecordConsent():
            return frozenset({Operation.CHANGE_REGISTRANT})
        case changes.ResendRegistrantChange(release=release):
            sent = {Operation.CHANGE_REGISTRANT}
            return frozenset(sent | {Operation.SPONSOR} if release else sent)
        case changes.AnswerRegistrantChange():
            return frozenset({Operation.APPROVE})
        case changes.CreateContact() | changes.DeleteContact() | changes.CreateDomain():
            return frozenset({Operation.SPONSOR})
        case (
            changes.TransferDomain()
            | changes.LiftTransferLock()
            | changes.CreateRegistrar()
            | changes.UpdateRegistrar()
            | changes.DeleteRegistrar()
            | changes.CreatePrivacyService()
            | changes.UpdatePrivacyService()
            | changes.DeletePrivacyService()
            | changes.AddReservedName()
            | changes.RemoveReservedName()
            | changes.EndOverdueChanges()
            | changes.DeleteDueContacts()
            | changes.ScrubHistory()
            | changes.PruneChangeLog()
        ):
            return frozenset({Operation.ORDER})
        case _:
            assert_never(change)


def _domain_operations(change: UpdateDomain, domain: Domain | None) -> frozenset[Operation]:
    found = {_REPLACES[edit.role] for edit in change.links}
    if change.add_hosts or change.remove_hosts:
        found.add(Operation.NAME_SERVERS)
    if change.add_ds or change.remove_ds:
        found.add(Operation.DNSSEC)
    if change.privacy is not UNSET:
        found.add(Operation.PRIVACY)
    if change.disputed is not UNSET:
        found.add(Operation.ORDER)
    if change.expires is not UNSET:
        expires = change.expires if domain is None else domain.expires
        renewed = expires is not None and change.expires >= expires
        found.add(Operation.PAYMENT if renewed else Operation.ORDER)
    statuses = change.add_statuses | change.remove_statuses
    return frozenset(found) | _status_operations(statuses, locks=_LOCKS)


def _contact_operations(change: UpdateContact, replaced: Iterable[Role]) -> frozenset[Operation]:
    found = {_REPLACES[role] for role in replaced}
    silent = changes.CardEdit()
    if change.card != silent or change.kind is not UNSET or change.auth_info is not UNSET:
        found.add(Operation.EDIT_CONTACT)
    if change.disclosure != DisclosureEdit():
        found.add(Operation.PRIVACY)
    statuses = change.add_statuses | change.remove_statuses
    return frozenset(found) | _status_operations(statuses)


def _status_operations(
    statuses: frozenset[Status], *, locks: frozenset[Status] = frozenset()
) -> frozenset[Operation]:
    """Tell whose statuses these are: the registry's, the holder's locks, or the registrar's."""
    found = set()
    for status in statuses:
        if status.startswith("client"):
            found.add(Operation.TRANSFER_CODE if status in locks else Operation.SPONSOR)
        else:
            found.add(Operation.ORDER)
    return frozenset(found)
