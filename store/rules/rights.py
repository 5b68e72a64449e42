"""Who may do what: section 9 of contacts.md as a table, and what it says of one name.

Roles count for one name alone: a contact that is tech of one name and registrant of another
is nothing more than tech on the first (T-12, section 9, "Edge").
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from store.model import Domain, Role

__all__ = [
    "RIGHTS",
    "Operation",
    "Right",
    "is_allowed",
    "is_registrars",
    "roles_on",
    "viewable_contacts",
]


class Operation(StrEnum):
    """What can be done to a name and its contacts: the rows of section 9, and two beside them."""

    VIEW_PUBLIC = "view the public record"
    VIEW_PRIVATE = "view private contact data"
    NAME_SERVERS = "change name servers and glue"
    DNSSEC = "change DNSSEC data"
    DNS_RECORDS = "change DNS records"
    EDIT_CONTACT = "edit its own contact"
    REPLACE_TECH = "replace the tech contact"
    REPLACE_OTHERS = "replace the admin or billing contact"
    CHANGE_REGISTRANT = "start a registrant change"
    APPROVE = "approve a registrant change"
    PRIVACY = "switch privacy or disclosure"
    TRANSFER_CODE = "ask for the transfer code, unlock or delete"
    PAYMENT = "pay and renew"
    # Not of section 9: nothing for those who hold a name.
    SPONSOR = "do its registrar's part"
    ORDER = "do what the registry alone does"


class Right(StrEnum):
    """How far a role may go."""

    YES = "yes"
    NO = "no"
    OWN = "own"  # as far as its own contact goes
    PARTY = "party"  # one of the two who are asked, on the page that the message leads to


YES, NO, OWN, PARTY = Right.YES, Right.NO, Right.OWN, Right.PARTY


def _row(registrant: Right, admin: Right, tech: Right, billing: Right) -> Mapping[Role, Right]:
    return {Role.REGISTRANT: registrant, Role.ADMIN: admin, Role.TECH: tech, Role.BILLING: billing}


# contacts.md 9, with D-16.
RIGHTS: Mapping[Operation, Mapping[Role, Right]] = {
    Operation.VIEW_PUBLIC: _row(YES, YES, YES, YES),
    Operation.VIEW_PRIVATE: _row(YES, YES, OWN, OWN),
    Operation.NAME_SERVERS: _row(YES, YES, YES, NO),
    Operation.DNSSEC: _row(YES, YES, YES, NO),
    Operation.DNS_RECORDS: _row(YES, YES, YES, NO),
    Operation.EDIT_CONTACT: _row(OWN, OWN, OWN, OWN),
    Operation.REPLACE_TECH: _row(YES, YES, NO, NO),
    Operation.REPLACE_OTHERS: _row(YES, YES, NO, NO),
    Operation.CHANGE_REGISTRANT: _row(YES, YES, NO, NO),
    Operation.APPROVE: _row(PARTY, NO, NO, NO),
    Operation.PRIVACY: _row(YES, YES, NO, NO),
    Operation.TRANSFER_CODE: _row(YES, YES, NO, NO),
    Operation.PAYMENT: _row(YES, YES, NO, YES),
    Operation.SPONSOR: _row(NO, NO, NO, NO),
    Operation.ORDER: _row(NO, NO, NO, NO),
}

# What no registrar does to its own objects either: approvals are the parties', orders the
# registry's (R-31: a lock is lifted by order).
_NEVER_REGISTRARS = frozenset({Operation.APPROVE, Operation.ORDER})


def roles_on(domain: Domain, contact_id: int) -> frozenset[Role]:
    """Give the roles that a contact, by its number, has on *domain*."""
    return frozenset(link.role for link in domain.links if link.contact_id == contact_id)


def is_allowed(operation: Operation, roles: frozenset[Role], *, own: bool = False) -> bool:
    """Tell whether any of *roles* may do *operation*; *own* says it is about its own contact."""
    reach = {Right.YES, Right.OWN} if own else {Right.YES}
    return any(RIGHTS[operation][role] in reach for role in roles)


def is_registrars(operation: Operation) -> bool:
    """Tell whether a registrar may do *operation* to an object of its own."""
    return operation not in _NEVER_REGISTRARS


def viewable_contacts(domain: Domain, contact_id: int) -> frozenset[int]:
    """Give the numbers of the contacts of *domain* whose private data a contact may view."""
    roles = roles_on(domain, contact_id)
    everyone = is_allowed(Operation.VIEW_PRIVATE, roles)
    return frozenset(
        link.contact_id
        for link in domain.links
        if everyone
        or (link.contact_id == contact_id and is_allowed(Operation.VIEW_PRIVATE, roles, own=True))
    )
