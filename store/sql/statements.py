"""The read door's statements, on the public views alone.

They are written once, for both engines, and the drivers' own cursors run them: a process that
only answers needn't load what editors write their statements with (`docs/decisions/`).
"""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from store.sql.search_spelling import Dialect

__all__ = [
    "CARD",
    "CONTACT",
    "DOMAIN",
    "HOST",
    "KEY",
    "MOST_LOG",
    "REGISTRAR",
    "Select",
    "Statement",
    "compile_statements",
    "compiled",
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
KEY = ("key_tag", "algorithm", "digest_type", "digest", "flags", "protocol", "public_key")

MOST_LOG = 10_000  # rows of the change log that a reader takes in at once
MOST_HOSTS = 101  # name servers for one address: a hundred to show, and one more to say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement's text in one dialect; ``takes`` tells whether it has the caller's value."""

    sql: str
    takes: bool

    def bind(self, value: object) -> tuple[object, ...]:
        """Give the arguments for *value*."""
        return (value,) if self.takes else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A statement as it is written: its columns, by the names that they have, and the rest.

    ``:text`` or ``:number`` stands for the caller's value.
    """

    columns: Mapping[str, str]
    rest: str

    def __str__(self) -> str:
        columns = ", ".join(f"{each} AS {name}" for name, each in self.columns.items())
        return f"SELECT {columns} {self.rest}"


def _of(source: str, *names: str, prefix: str = "") -> dict[str, str]:
    return {f"{prefix}{name}": f"{source}.{name}" for name in names}


_SPONSOR = _of("r", *REGISTRAR, prefix="r_")
_STAMP = "FROM public_stamp t ORDER BY t.seq DESC LIMIT 1"


def _domain_by(condition: str) -> Select:
    """One row always: the stamp, and the domain with registrar and service if it is there."""
    return Select(
        columns={
            "at": "s.at",
            "imported": "EXISTS (SELECT 1 FROM public_zone z WHERE z.name = d.zone)",
            **_of("d", *DOMAIN),
            **_SPONSOR,
            **_of("p", "handle", *CARD, "alias_domain", "contact_url", prefix="p_"),
        },
        rest=(
            f"FROM (SELECT t.at {_STAMP}) AS s LEFT JOIN public_domain d ON {condition}"
            " LEFT JOIN public_registrar r ON r.handle = d.registrar"
            " LEFT JOIN public_service p ON p.handle = d.privacy_service"
        ),
    )


def _hosts_where(condition: str) -> Select:
    """A row for each host and address, hosts in order of name."""
    return Select(
        columns={
            **_of("h", *HOST),
            "address": "a.address",
            "linked": "EXISTS (SELECT 1 FROM public_domain_host n WHERE n.host_id = h.id)",
            **_of("h", "created", "updated"),
            **_SPONSOR,
        },
        rest=(
            "FROM public_host h LEFT JOIN public_host_address a ON a.host_id = h.id"
            " LEFT JOIN public_registrar r ON r.handle = h.registrar"
            f" WHERE {condition} ORDER BY h.name, a.address"
        ),
    )


def _registrar_where(condition: str) -> Select:
    return Select(
        columns=_of("r", *REGISTRAR),
        rest=f"FROM public_registrar r WHERE {condition} ORDER BY r.handle LIMIT 1",
    )


def _handle_where(condition: str) -> Select:
    return Select(
        columns=_of("c", "id", "handle", "roid"),
        rest=f"FROM public_handle c WHERE {condition} LIMIT 2",
    )


def _logged(rest: str) -> Select:
    return Select(
        columns=_of("l", "seq", "at", "kind", "subject"), rest=f"FROM public_log l {rest}"
    )


# What a contact is seen through: a step of the index for each, whatever its links.
_SIGHTS = (
    "FROM (WITH RECURSIVE seen (sight) AS ("
    "SELECT (SELECT min(x.sight) FROM public_sighted x WHERE x.contact_id = :number)"
    " UNION ALL SELECT (SELECT min(y.sight) FROM public_sighted y"
    " WHERE y.contact_id = :number AND y.sight > s.sight)"
    " FROM seen s WHERE s.sight IS NOT NULL)"
    " SELECT sight FROM seen WHERE sight IS NOT NULL) AS g"
)
_AT_ADDRESS = (
    "h.id IN (SELECT b.host_id FROM public_host_address b JOIN public_host o ON o.id = b.host_id"
    f" WHERE b.address = :text ORDER BY o.name LIMIT {MOST_HOSTS})"
)


def selects(domain: str = ":number") -> Mapping[str, Select]:
    """Give every statement by name; those about a domain's own for that of number *domain*.

    By default that number is the caller's value.
    """
    return {
        "stamp": Select(columns={"at": "t.at"}, rest=_STAMP),
        "zones": Select(columns={"name": "z.name"}, rest="FROM public_zone z"),
        "secret": Select(columns={"secret": "k.secret"}, rest="FROM public_secret k"),
        "beat": Select(columns={"at": "b.at"}, rest="FROM public_heartbeat b"),
        "policy": Select(columns={"fingerprint": "p.fingerprint"}, rest="FROM public_policy p"),
        "reserved": Select(
            columns=_of("v", "blocked", "blocked_by"),
            rest="FROM public_reserved v WHERE v.name = :text",
        ),
        "domain_by_name": _domain_by("d.name = :text"),
        "domain_by_id": _domain_by("d.id = :number"),
        # The handle is nobody's to see; it tells which edits an answer has to know of.
        "domain_contacts": Select(
            columns=_of("c", *CONTACT, "handle"),
            rest=f"FROM public_contact c WHERE c.domain_id = {domain}",
        ),
        "domain_hosts": Select(
            columns={**_of("h", *HOST), "address": "a.address"},
            rest=(
                "FROM public_domain_host n JOIN public_host h ON h.id = n.host_id"
                " LEFT JOIN public_host_address a ON a.host_id = h.id"
                f" WHERE n.domain_id = {domain} ORDER BY h.name"
            ),
        ),
        "domain_dnssec": Select(
            columns=_of("k", *KEY),
            rest=f"FROM public_dnssec k WHERE k.domain_id = {domain} ORDER BY k.position",
        ),
        "host_by_name": _hosts_where("h.name = :text"),
        "hosts_by_address": _hosts_where(_AT_ADDRESS),
        "registrar_by_gurid": _registrar_where("r.gurid = :number"),
        "registrar_by_handle": _registrar_where("r.handle = :text"),
        "registrar_by_handle_key": _registrar_where("r.handle_key = :text"),
        "registrar_by_name_key": _registrar_where("r.name_key = :text"),
        "contact_by_roid": _handle_where("c.roid = :text"),
        "contact_by_handle": _handle_where("c.handle = :text"),
        "contact_by_handle_key": _handle_where("c.handle_key = :text"),
        "log_from": _logged(f"WHERE l.seq >= :number ORDER BY l.seq LIMIT {MOST_LOG}"),
        "log_newest": _logged("ORDER BY l.seq DESC LIMIT 1"),
        "link_by_public_id": Select(
            columns=_of("l", "domain_id", "role"),
            rest="FROM public_link l WHERE l.public_id = :number",
        ),
        # Its role and link's number are no contact's own: whoever reads it puts the role in.
        "contact_values": Select(
            columns={"role": "'registrant'", "public_id": "0", **_of("c", *CONTACT[2:])},
            rest="FROM public_seen_contact c WHERE c.contact_id = :number",
        ),
        "contact_sights": Select(columns={"sight": "g.sight"}, rest=_SIGHTS),
    }


def compile_statements(dialect: Dialect) -> Mapping[str, Statement]:
    """Give every statement in *dialect* by name."""
    return {name: compiled(str(each), dialect) for name, each in selects().items()}


_VALUE = re.compile(r"(?<!:):(text|number)\b")
_KINDS = {"text": "text", "number": "bigint"}


def compiled(text: str, dialect: Dialect) -> Statement:
    """Give *text* with the engine's own places for the caller's value."""

    def place(match: re.Match[str]) -> str:
        return "?1" if dialect == "sqlite" else f"$1::{_KINDS[match[1]]}"

    sql, places = _VALUE.subn(place, text)
    return Statement(sql=sql, takes=places > 0)
