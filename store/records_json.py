"""Private records as JSON values: what ``show`` prints and what diffs compare.

Keys are the options' names with underscores; a domain, a host and a reserved name are
named by ``name``, everything else by ``id``; instants are RFC 3339 in UTC. No secret is
ever among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from store.details import (
    ContactDetail,
    Detail,
    DomainDetail,
    ForwardedAlias,
    HistoryEntry,
    HostDetail,
    LockDetail,
)
from store.model import (
    Card,
    Contact,
    Domain,
    Host,
    PostalForm,
    PrivacyMode,
    PrivacyService,
    Registrar,
    ReservedName,
    Role,
)
from store.published import DsData, KeyData
from store.statuses import Status

__all__ = ["Json", "Record", "difference", "rfc3339", "snapshot"]

Json = dict[str, object]
Record = Contact | Domain | Host | Registrar | PrivacyService | ReservedName

# What the store itself counts and dates: never what an edit is about.
_KEPT_BY_THE_STORE = frozenset(
    {"roid", "version", "created", "created_by", "updated", "updated_by", "transferred"}
    | {"unlinked", "consents"}
)


def rfc3339(at: datetime | None) -> str | None:
    """Spell an instant in UTC, with a fraction only where there is one.

    >>> rfc3339(datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC))
    '2026-01-02T03:04:05.12Z'
    """
    if at is None:
        return None
    whole = at.astimezone(UTC).replace(tzinfo=None)
    text = whole.isoformat(timespec="microseconds" if whole.microsecond else "seconds")
    return (text.rstrip("0") if whole.microsecond else text) + "Z"


def snapshot(shown: Record | Detail) -> Json:
    """Give a record or a detail as JSON values, without its secrets.

    A record's statuses are the stored ones, a detail's the full ones (D-28).
    """
    match shown:
        case ContactDetail():
            return _contact_detail(shown)
        case DomainDetail():
            return _domain_detail(shown)
        case HostDetail():
            return _host(shown.host) | {"statuses": _statuses(shown.statuses)}
        case HistoryEntry():
            return _history_entry(shown)
        case ForwardedAlias():
            return _forwarded_alias(shown)
        case LockDetail():
            return _lock_detail(shown)
        case _:
            return _record(shown)


def difference(before: Record | None, after: Record | None) -> dict[str, tuple[object, object]]:
    """Give what differs, as field to old and new value; ``None`` stands for no record.

    What the store counts and dates by itself is left out. An authorisation code is only
    said to have changed.
    """
    old = {} if before is None else _record(before)
    new = {} if after is None else _record(after)
    changes = {
        field: (old.get(field) or None, new.get(field) or None)
        for field in {**old, **new}
        if field not in _KEPT_BY_THE_STORE
    }
    differing = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if isinstance(after, Contact) and _auth_hash(before) != after.auth_hash:
        differing["auth_info"] = (None, "changed")
    return differing


def _auth_hash(record: Record | None) -> str | None:
    return record.auth_hash if isinstance(record, Contact) else None


def _record(record: Record) -> Json:
    match record:
        case Contact():
            return _contact(record)
        case Domain():
            return _domain(record)
        case Host():
            return _host(record)
        case Registrar():
            return _registrar(record)
        case PrivacyService():
            return _privacy_service(record)
        case ReservedName():
            return _reserved_name(record)


def _contact_detail(detail: ContactDetail) -> Json:
    shown = _contact(detail.contact) | {
        "statuses": _statuses(detail.statuses),
        "state": detail.state,
        "next_states": {name: rfc3339(at) for name, at in detail.next_states},
    }
    if detail.links is not None:
        shown["links"] = [
            {"name": link.name, "role": link.role.value, "since": rfc3339(link.since)}
            for link in detail.links
        ]
    if detail.changes is not None:
        shown["registrant_changes"] = list(detail.changes)
    return shown


def _domain_detail(detail: DomainDetail) -> Json:
    shown = _domain(detail.domain) | {"statuses": _statuses(detail.statuses)}
    if detail.changes is not None:
        shown["registrant_change"] = next(iter(detail.changes), None)
    return shown


def _history_entry(entry: HistoryEntry) -> Json:
    return {
        "at": rfc3339(entry.at),
        "kind": entry.kind,
        "subject": entry.subject,
        "action": entry.action,
        "actor": entry.actor,
        "door": entry.door,
        "changes": dict(entry.changes),
    }


def _lock_detail(detail: LockDetail) -> Json:
    lock, lifted = detail.lock, detail.lifted
    return {
        "name": detail.name,
        "locked": lock is not None,
        "since": None if lock is None else rfc3339(lock.since),
        "until": None if lock is None else rfc3339(lock.until),
        "registrant_change": None if lock is None else lock.change_id,
        "lifted": None if lifted is None else _lifted(lifted),
    }


def _lifted(entry: HistoryEntry) -> Json:
    """Give who lifted a lock when and why, and ``until``, the end that it had."""
    return {
        "at": rfc3339(entry.at),
        "actor": entry.actor,
        "door": entry.door,
        "reason": _of_pair(entry.changes.get("reason"), 1),
        "until": _of_pair(entry.changes.get("transfer_lock"), 0),
    }


def _of_pair(pair: object, place: int) -> object:
    return pair[place] if isinstance(pair, list) and len(pair) > place else None


def _forwarded_alias(alias: ForwardedAlias) -> Json:
    return {
        "name": alias.name,
        "role": alias.role.value,
        "alias": alias.alias,
        "forwards_to": alias.forwards_to,
    }


def _contact(contact: Contact) -> Json:
    second = None if contact.second is None else _form(contact.second)
    return {
        "id": contact.handle,
        "roid": contact.roid,
        "registrar": contact.registrar,
        "kind": None if contact.kind is None else contact.kind.value,
        "postal_type": contact.postal_type.value,
        **_card(contact.card),
        "second_form": second,
        "disclose": [word.element.value for word in contact.disclosures if word.show],
        "hide": [word.element.value for word in contact.disclosures if not word.show],
        "consents": {
            word.element.value: rfc3339(word.at) for word in contact.disclosures if word.show
        },
        "statuses": _statuses(contact.statuses),
        "unlinked": rfc3339(contact.unlinked_at),
        "created": rfc3339(contact.created),
        "created_by": contact.created_by,
        "updated": rfc3339(contact.updated),
        "updated_by": contact.updated_by,
        "transferred": rfc3339(contact.transferred),
        "version": contact.version,
    }


def _domain(domain: Domain) -> Json:
    links = {role.value: domain.link(role) for role in Role}
    return {
        "name": domain.name,
        "roid": domain.roid,
        "zone": domain.zone,
        "registrar": domain.registrar,
        **{role: None if link is None else link.contact for role, link in links.items()},
        "ns": list(domain.hosts),
        "ds": [_ds(ds) for ds in domain.dnssec.ds],
        "key": [_key(key) for key in domain.dnssec.keys],
        "max_sig_life": domain.dnssec.max_sig_life,
        "statuses": _statuses(domain.statuses),
        "privacy": _privacy(domain),
        "dispute": "open" if domain.disputed else "closed",
        "expires": rfc3339(domain.expires),
        "created": rfc3339(domain.created),
        "created_by": domain.created_by,
        "updated": rfc3339(domain.updated),
        "updated_by": domain.updated_by,
        "transferred": rfc3339(domain.transferred),
        "version": domain.version,
    }


def _host(host: Host) -> Json:
    return {
        "name": host.name,
        "roid": host.roid,
        "registrar": host.registrar,
        "address": [str(address) for address in host.addresses],
        "statuses": _statuses(host.statuses),
        "created": rfc3339(host.created),
        "created_by": host.created_by,
        "updated": rfc3339(host.updated),
        "updated_by": host.updated_by,
        "version": host.version,
    }


def _registrar(registrar: Registrar) -> Json:
    return {
        "id": registrar.handle,
        "gurid": registrar.gurid,
        "status": registrar.status,
        **_card(registrar.card),
        "url": registrar.url,
        "whois_server": registrar.whois_server,
        "rdap_url": registrar.rdap_url,
        "abuse_email": registrar.abuse_email,
        "abuse_phone": registrar.abuse_phone,
        "created": rfc3339(registrar.created),
        "updated": rfc3339(registrar.updated),
        "version": registrar.version,
    }


def _privacy_service(service: PrivacyService) -> Json:
    return {
        "id": service.handle,
        **_card(service.card),
        "alias_domain": service.alias_domain,
        "contact_url": service.contact_url,
        "created": rfc3339(service.created),
        "updated": rfc3339(service.updated),
        "version": service.version,
    }


def _reserved_name(reserved: ReservedName) -> Json:
    return {
        "name": reserved.name,
        "state": "blocked" if reserved.blocked else "reserved",
        "by": reserved.by,
        "created": rfc3339(reserved.created),
    }


def _form(form: PostalForm) -> Json:
    return {
        "name": form.name,
        "org": form.org,
        "street": list(form.street),
        "city": form.city,
        "sp": form.sp,
        "pc": form.pc,
        "cc": form.cc,
    }


def _card(card: Card) -> Json:
    reach = ("voice", "voice_ext", "fax", "fax_ext", "email")
    return _form(card) | {name: getattr(card, name) for name in reach}


def _privacy(domain: Domain) -> str:
    if domain.privacy is PrivacyMode.PROXY:
        return f"{domain.privacy.value}:{domain.privacy_service}"
    return domain.privacy.value


def _ds(ds: DsData) -> str:
    return f"{ds.key_tag} {ds.algorithm} {ds.digest_type} {ds.digest}"


def _key(key: KeyData) -> str:
    return f"{key.flags} {key.protocol} {key.algorithm} {key.public_key}"


def _statuses(statuses: Iterable[Status]) -> list[str]:
    # A detail's are in order already, `linked` last; a record's are a set.
    ordered = sorted(statuses) if isinstance(statuses, frozenset) else statuses
    return [status.value for status in ordered]
