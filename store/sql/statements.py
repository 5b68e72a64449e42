"""The read door's statements, on the public views alone.

Core writes them, once, in each dialect; the drivers' own cursors run them (through
Core's execution a look-up costs four times as much, see ``bench/``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Select,
    String,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import TableClause

__all__ = [
    "CARD",
    "CONTACT",
    "DOMAIN",
    "HOST",
    "MOST_LOG",
    "REGISTRAR",
    "Statement",
    "compile_selects",
    "compile_statements",
    "selects",
]

# What each row is read back by: `store.sql.reading` unpacks these in order.
CARD = (
    *("name", "org", "street1", "street2", "street3", "city", "sp", "pc", "cc"),
    *("voice", "voice_ext", "fax", "fax_ext", "email"),
)
REGISTRAR = (
    *("handle", "gurid", "name", "street1", "street2", "street3", "city", "sp", "pc", "cc"),
    *("voice", "voice_ext", "fax", "fax_ext", "email", "url", "whois_server", "rdap_url"),
    *("abuse_email", "abuse_phone", "created", "updated"),
)
DOMAIN = (
    *("id", "name", "zone", "roid", "statuses", "privacy", "max_sig_life"),
    *("created", "updated", "expires", "transferred"),
    *("locked_until", "holder_locked_until", "change_until", "holder_change_until"),
)
CONTACT = ("role", "public_id", "roid", "kind", *CARD, "statuses", "disclosures", "generation",
           "created", "updated")  # fmt: skip
HOST = ("id", "name", "roid", "statuses")

MOST_LOG = 10_000  # rows of the change log that a reader takes in at once
MOST_HOSTS = 101  # name servers for one address: a hundred to show, and one more to say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement's text in one dialect, and its arguments but for the caller's one.

    ``places`` tells which of ``arguments`` the caller's value takes.
    """

    sql: str
    arguments: tuple[object, ...]
    places: tuple[bool, ...]

    def bind(self, value: object) -> tuple[object, ...]:
        """Give the arguments with *value* in its places."""
        return tuple(
            value if here else argument
            for here, argument in zip(self.places, self.arguments, strict=True)
        )


def _view(name: str, *columns: str) -> TableClause:
    return table(name, *[column(each) for each in dict.fromkeys(columns)])


_zone = _view("public_zone", "name")
_stamp = _view("public_stamp", "seq", "at")
_log = _view("public_log", "seq", "at", "kind", "subject")
_registrar = _view("public_registrar", *REGISTRAR, "handle_key", "name_key")
_service = _view("public_service", "handle", *CARD, "alias_domain", "contact_url")
_domain = _view("public_domain", *DOMAIN, "registrar", "privacy_service")
_link = _view("public_link", "domain_id", "contact_id", "role", "public_id")
_contact = _view("public_contact", "domain_id", "contact_id", "handle", *CONTACT)
_handle = _view("public_handle", "id", "handle", "handle_key", "roid")
_sighted = _view("public_sighted", "contact_id", "sight")
_seen = _view("public_seen_contact", "contact_id", *CONTACT[2:])
_host = _view("public_host", *HOST, "registrar", "created", "updated")
_address = _view("public_host_address", "host_id", "address")
_domain_host = _view("public_domain_host", "domain_id", "host_id")
_dnssec = _view(
    *("public_dnssec", "domain_id", "position", "key_tag", "algorithm", "digest_type"),
    *("digest", "flags", "protocol", "public_key"),
)
_reserved = _view("public_reserved", "name", "blocked", "blocked_by")
_secret = _view("public_secret", "name", "secret")
_heartbeat = _view("public_heartbeat", "at")
_policy = _view("public_policy", "fingerprint")


def _pick(source: TableClause, names: tuple[str, ...]) -> list[ColumnClause[Any]]:
    return [source.c[name] for name in names]


_CALLERS = ("text", "number")
_ONE: ColumnClause[int] = literal_column("1")  # not an argument of its own


def _text() -> Any:
    return bindparam("text", type_=String(), value=None)


def _number() -> Any:
    return bindparam("number", type_=BigInteger(), value=None)


def _domain_by(condition: Any) -> Select[Any]:
    """One row always: the stamp, and the domain with registrar and service if it is there."""
    stamp = select(_stamp.c.at).order_by(_stamp.c.seq.desc()).limit(_ONE).subquery("stamp")
    imported = exists(select(literal_column("1")).where(_zone.c.name == _domain.c.zone))
    return select(
        stamp.c.at,
        imported,
        *_pick(_domain, DOMAIN),
        *_pick(_registrar, REGISTRAR),
        _service.c.handle,
        *_pick(_service, CARD),
        _service.c.alias_domain,
        _service.c.contact_url,
    ).select_from(
        stamp.outerjoin(_domain, condition)
        .outerjoin(_registrar, _registrar.c.handle == _domain.c.registrar)
        .outerjoin(_service, _service.c.handle == _domain.c.privacy_service)
    )


def _hosts_where(condition: Any) -> Select[Any]:
    """A row for each host and address, hosts in order of name."""
    linked = exists(select(literal_column("1")).where(_domain_host.c.host_id == _host.c.id))
    return (
        select(
            *_pick(_host, HOST),
            _address.c.address,
            linked,
            _host.c.created,
            _host.c.updated,
            *_pick(_registrar, REGISTRAR),
        )
        .select_from(
            _host.outerjoin(_address, _address.c.host_id == _host.c.id).outerjoin(
                _registrar, _registrar.c.handle == _host.c.registrar
            )
        )
        .where(condition)
        .order_by(_host.c.name, _address.c.address)
    )


def _registrar_where(condition: Any) -> Select[Any]:
    return (
        select(*_pick(_registrar, REGISTRAR))
        .where(condition)
        .order_by(_registrar.c.handle)
        .limit(_ONE)
    )


def _handle_where(condition: Any) -> Select[Any]:
    return select(_handle.c.id, _handle.c.handle, _handle.c.roid).where(condition).limit(2)


def _sights() -> Select[Any]:
    """What a contact is seen through: a step of the index for each, whatever its links."""
    first = select(func.min(_sighted.c.sight)).where(_sighted.c.contact_id == _number())
    seen = select(first.scalar_subquery().label("sight")).cte("seen", recursive=True)
    after = select(func.min(_sighted.c.sight)).where(
        _sighted.c.contact_id == _number(), _sighted.c.sight > seen.c.sight
    )
    following = select(after.scalar_subquery()).where(seen.c.sight.is_not(None))
    seen = seen.union_all(following)
    return select(seen.c.sight).where(seen.c.sight.is_not(None))


def selects(domain: ColumnElement[int] | None = None) -> Mapping[str, Select[Any]]:
    """Give every statement by name; those about a domain's own for that of number *domain*.

    By default that number is the caller's value.
    """
    of_domain = _number() if domain is None else domain
    with_address = (
        select(_address.c.host_id)
        .select_from(_address.join(_host, _host.c.id == _address.c.host_id))
        .where(_address.c.address == _text())
        .order_by(_host.c.name)
        .limit(MOST_HOSTS)
    )
    logged = select(_log.c.seq, _log.c.at, _log.c.kind, _log.c.subject)
    return {
        "stamp": select(_stamp.c.at).order_by(_stamp.c.seq.desc()).limit(_ONE),
        "zones": select(_zone.c.name),
        "secret": select(_secret.c.secret),
        "beat": select(_heartbeat.c.at),
        "policy": select(_policy.c.fingerprint),
        "reserved": select(_reserved.c.blocked, _reserved.c.blocked_by).where(
            _reserved.c.name == _text()
        ),
        "domain_by_name": _domain_by(_domain.c.name == _text()),
        "domain_by_id": _domain_by(_domain.c.id == _number()),
        # The handle is nobody's to see; it tells which edits an answer has to know of.
        "domain_contacts": select(*_pick(_contact, CONTACT), _contact.c.handle).where(
            _contact.c.domain_id == of_domain
        ),
        "domain_hosts": (
            select(*_pick(_host, HOST), _address.c.address)
            .select_from(
                _domain_host.join(_host, _host.c.id == _domain_host.c.host_id).outerjoin(
                    _address, _address.c.host_id == _host.c.id
                )
            )
            .where(_domain_host.c.domain_id == of_domain)
            .order_by(_host.c.name)
        ),
        "domain_dnssec": (
            select(
                _dnssec.c.key_tag,
                _dnssec.c.algorithm,
                _dnssec.c.digest_type,
                _dnssec.c.digest,
                _dnssec.c.flags,
                _dnssec.c.protocol,
                _dnssec.c.public_key,
            )
            .where(_dnssec.c.domain_id == of_domain)
            .order_by(_dnssec.c.position)
        ),
        "host_by_name": _hosts_where(_host.c.name == _text()),
        "hosts_by_address": _hosts_where(_host.c.id.in_(with_address)),
        "registrar_by_gurid": _registrar_where(_registrar.c.gurid == _number()),
        "registrar_by_handle": _registrar_where(_registrar.c.handle == _text()),
        "registrar_by_handle_key": _registrar_where(_registrar.c.handle_key == _text()),
        "registrar_by_name_key": _registrar_where(_registrar.c.name_key == _text()),
        "contact_by_roid": _handle_where(_handle.c.roid == _text()),
        "contact_by_handle": _handle_where(_handle.c.handle == _text()),
        "contact_by_handle_key": _handle_where(_handle.c.handle_key == _text()),
        "log_from": logged.where(_log.c.seq >= _number()).order_by(_log.c.seq).limit(MOST_LOG),
        "log_newest": logged.order_by(_log.c.seq.desc()).limit(1),
        "link_by_public_id": select(_link.c.domain_id, _link.c.role).where(
            _link.c.public_id == _number()
        ),
        # Its role and link's number are no contact's own: whoever reads it puts the role in.
        "contact_values": select(
            literal_column("'registrant'"), literal_column("0"), *_pick(_seen, CONTACT[2:])
        ).where(_seen.c.contact_id == _number()),
        "contact_sights": _sights(),
    }


def compile_statements(dialect: str) -> Mapping[str, Statement]:
    """Give every statement in *dialect*, ``sqlite`` or ``postgresql``, by name."""
    return compile_selects(selects(), dialect)


def compile_selects(named: Mapping[str, Select[Any]], dialect: str) -> Mapping[str, Statement]:
    """Give *named* statements in *dialect*, ``sqlite`` or ``postgresql``."""
    engine = sqlite.dialect() if dialect == "sqlite" else asyncpg.dialect()  # type: ignore[no-untyped-call]
    return {name: _compiled(each, engine) for name, each in named.items()}


def _compiled(statement: Select[Any], engine: Dialect) -> Statement:
    compiled = statement.compile(dialect=engine)
    names = tuple(compiled.positiontup or ())
    return Statement(
        sql=str(compiled),
        arguments=tuple(compiled.params[name] for name in names),
        places=tuple(name in _CALLERS for name in names),
    )
