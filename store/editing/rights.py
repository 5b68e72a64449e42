"""Whether whoever acts may make a change: asked in its transaction, before anything is written.

An operator may do everything. A registrar acts on its own objects, a role holder on one name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn, assert_never

from store import changes
from store.changes import ActingHolder, ActingRegistrar, Actor, Change
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.model import Contact, Domain, Role
from store.names import ascii_name
from store.refusals import quoted
from store.registrant_changes import ChangeKind, RegistrantChange
from store.rules.hosts import host_split
from store.rules.operations import operations_of
from store.rules.rights import Operation, is_allowed, is_registrars, roles_on
from store.sql.records import domains, hosts
from store.sql.records.registrant_changes import find_change

__all__ = ["check_rights", "spelled"]


def check_rights(session: Session, change: Change) -> None:
    """Refuse what the acting party of the session may not do; what isn't there is refused later.

    Raises:
        RegistryError: ``NOT_SPONSOR`` for another registrar's object (C-04, E-39),
            ``NOT_ALLOWED`` for what a registrar or a role never does.
    """
    acting = session.actor.acting
    match acting:
        case None:
            return
        case ActingRegistrar():
            _check_registrar(session, change, acting)
        case ActingHolder():
            _check_holder(session, change, acting)
        case _:
            assert_never(acting)


def spelled(actor: Actor) -> str:
    """Say who acts, and for whom, as the history has it.

    >>> spelled(Actor(name="aroha", acting=ActingHolder(name="shop.example", contact="CA1")))
    'aroha for CA1 of shop.example'
    """
    name = quoted(actor.name)
    match actor.acting:
        case None:
            return name
        case ActingRegistrar(handle=handle):
            return f"{name} for registrar {quoted(handle)}"
        case ActingHolder(name=domain, contact=contact):
            return f"{name} for {quoted(contact)} of {quoted(domain)}"


def _check_registrar(session: Session, change: Change, acting: ActingRegistrar) -> None:
    handle = session.require_registrar(acting.handle).handle
    names = [domain for domain in _names(session, change) if domain is not None]
    about = names[0] if names else None
    _refuse_beyond(op for op in operations_of(change, about) if not is_registrars(op))
    if any(sponsor != handle for sponsor in _sponsors(session, change, names)):
        raise RegistryError(Code.NOT_SPONSOR, f"That is not the registrar {handle}'s.")


def _sponsors(session: Session, change: Change, names: list[Domain]) -> list[str | None]:
    """Give the registrars of all that *change* is about."""
    found: list[str | None] = [domain.registrar for domain in names]
    match change:
        case changes.CreateContact() | changes.CreateDomain():
            found.append(session.require_registrar(change.registrar).handle)
        case changes.UpdateContact() | changes.DeleteContact():
            found.append(_contact(session, change.handle).registrar)
        case changes.RecordConsent():
            found.append(_contact(session, change.contact).registrar)
        case changes.UpdateHost() | changes.DeleteHost():
            host = hosts.find_host(session.connection, session.named(change.name), lock=True)
            if host is not None:
                found.append(host.registrar)
        case changes.ResendRegistrantChange() | changes.WithdrawRegistrantChange():
            asked = find_change(session.connection, change.change)
            if asked is not None:
                found.append(asked.registrar)
        case _:
            pass
    return found


def _check_holder(session: Session, change: Change, acting: ActingHolder) -> None:
    name = ascii_name(acting.name)
    # Names before contacts: every editor locks in this order.
    named = [domain for domain in _names(session, change) if domain is not None]
    domain = domains.find_domain(session.connection, name, lock=True)
    contact = _contact(session, acting.contact)
    roles = frozenset[Role]() if domain is None else roles_on(domain, contact.id)
    if domain is None or not roles:
        _refuse(f"{contact.handle} is no contact of {name}")
    _refuse_elsewhere(session, change, domain, contact, named)
    replaced = roles if isinstance(change, changes.UpdateContact) and change.only else ()
    wanted = operations_of(change, domain, replaced=replaced)
    _refuse_beyond(op for op in wanted if not is_allowed(op, roles, own=True))


def _refuse_elsewhere(
    session: Session, change: Change, domain: Domain, contact: Contact, named: list[Domain]
) -> None:
    """Hold a role holder to one name and to its own contact: roles never reach across."""
    if any(each.id != domain.id for each in named):
        _refuse(f"{contact.handle} acts for {domain.name} alone")
    match change:
        case changes.UpdateContact():
            mine = _contact(session, change.handle).id == contact.id
        case changes.RecordConsent():
            mine = _contact(session, change.contact).id == contact.id
        case changes.ResendRegistrantChange() | changes.WithdrawRegistrantChange():
            mine = _is_about(find_change(session.connection, change.change), domain, contact)
        case changes.CreateHost() | changes.UpdateHost() | changes.DeleteHost():
            split = host_split(session.named(change.name), session.zones)
            mine = split is not None and split.registered == domain.name
        case _:
            mine = True
    if not mine:
        _refuse(f"{contact.handle} acts for {domain.name} and its own contact alone")


def _is_about(asked: RegistrantChange | None, domain: Domain, contact: Contact) -> bool:
    if asked is None:
        return True  # what isn't there is refused later
    if asked.kind is ChangeKind.EDIT:  # of all that its contact holds: nobody else's to end
        return asked.contact_id == contact.id
    return asked.names == (domain.name,)


def _names(session: Session, change: Change) -> list[Domain | None]:
    """Load and lock the names that *change* is about, in order."""
    match change:
        case changes.UpdateDomain() | changes.DeleteDomain() | changes.TransferDomain():
            texts: tuple[str, ...] = (change.name,)
        case changes.UpdateContact():
            texts = change.only
        case changes.CreateHost():
            split = host_split(session.named(change.name), session.zones)
            texts = () if split is None else (split.registered,)
        case _:
            texts = ()
    names = sorted({session.named(text) for text in texts})
    return [domains.find_domain(session.connection, name, lock=True) for name in names]


def _contact(session: Session, handle: str) -> Contact:
    # Not locked: its registrar never changes, and its roles stand under their name's lock.
    return session.require_contact(handle)


def _refuse_beyond(operations: Iterable[Operation]) -> None:
    beyond = sorted(operations)
    if beyond:
        _refuse(f"Whoever acts here may not {beyond[0]}")


def _refuse(sentence: str) -> NoReturn:
    raise RegistryError(Code.NOT_ALLOWED, f"{sentence}.")
