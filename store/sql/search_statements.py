"""The searches' statements, on the public views alone, in each engine's own spelling.

Each walks ranges of an index and stops at ``:limit``. Where several ranges make one result
(zones, sets of sights, groups), one row comes back for each range, and in it the first
entries as JSON: SQLite has no LATERAL, and both have this. Core can't say it, so these are
texts; ``:name`` is an argument.
"""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

from store.sql.statements import CARD, CONTACT, DOMAIN, HOST, REGISTRAR

__all__ = ["SearchStatement", "compile_searches"]

Dialect = Literal["sqlite", "postgresql"]

_FIRST, _SECOND = "__a", "__b"  # PostgreSQL: a list of pairs is two lists
_ARGUMENT = re.compile(r"(?<!:):([a-z_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStatement:
    """A statement's text in one engine's spelling, and the names of its arguments in order."""

    sql: str
    names: tuple[str, ...]
    json: bool

    def bind(self, value: object) -> tuple[object, ...]:
        """Give the arguments from the mapping *value*; SQLite takes lists as JSON."""
        if not isinstance(value, Mapping):
            return ()
        if not self.json:
            return tuple(_listed(name, value) for name in self.names)
        found = (value[name] for name in self.names)
        return tuple(
            orjson.dumps(each).decode() if isinstance(each, list) else each for each in found
        )


def _listed(name: str, value: Mapping[str, object]) -> object:
    if name.endswith((_FIRST, _SECOND)):
        pairs: Sequence[tuple[object, object]] = value[name.removesuffix(name[-3:])]  # type: ignore[assignment]
        return [pair[name.endswith(_SECOND)] for pair in pairs]
    return value[name]


class _Spelling:
    """How one engine says what both can do."""

    def __init__(self, dialect: Dialect) -> None:
        self.sqlite = dialect == "sqlite"

    def each(self, name: str, kind: str) -> str:
        """Give a table ``g`` with the column ``v`` of the list *name* of texts or numbers."""
        if self.sqlite:
            return f"(SELECT value AS v FROM json_each(:{name})) AS g"
        return f"unnest(CAST(:{name} AS {kind}[])) AS g(v)"

    def pairs(self, name: str, kinds: tuple[str, str]) -> str:
        """Give a table ``g`` with the columns ``a`` and ``b`` of the list *name* of pairs."""
        if self.sqlite:
            parts = "json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b"
            return f"(SELECT {parts} FROM json_each(:{name})) AS g"
        halves = (
            f"CAST(:{name}{half} AS {kind}[])"
            for half, kind in zip((_FIRST, _SECOND), kinds, strict=True)
        )
        return f"unnest({', '.join(halves)}) AS g(a, b)"

    def within(self, column: str, name: str, kind: str) -> str:
        """Give the condition that *column* is in the list *name*."""
        if self.sqlite:
            return f"{column} IN (SELECT value FROM json_each(:{name}))"
        return f"{column} = ANY(CAST(:{name} AS {kind}[]))"

    def entries(self, columns: str, rows: str) -> str:
        """Give *columns* of *rows* as one JSON array of arrays."""
        if self.sqlite:
            return f"(SELECT json_group_array(json_array({columns})) FROM ({rows}) AS e)"
        return f"(SELECT json_agg(json_build_array({columns})) FROM ({rows}) AS e)"

    @staticmethod
    def count(rows: str) -> str:
        """Give the number of *rows*, of ``:limit`` of them at most."""
        return f"SELECT count(*) FROM ({rows} LIMIT :limit) AS e"


def compile_searches(dialect: Dialect) -> Mapping[str, SearchStatement]:
    """Give every statement of the searches in *dialect*, by name."""
    spelling = _Spelling(dialect)
    texts = {
        **_domains(spelling),
        **_hosts(spelling),
        **_delegated(spelling),
        **_people(spelling),
        **_related(spelling),
        **_objects(spelling),
        **_sort_keys(spelling),
    }
    return {name: _statement(text, spelling) for name, text in texts.items()}


def _statement(text: str, spelling: _Spelling) -> SearchStatement:
    names = _ARGUMENT.findall(text)
    if spelling.sqlite:
        return SearchStatement(sql=_ARGUMENT.sub("?", text), names=tuple(names), json=True)
    places = list(dict.fromkeys(names))
    numbered = _ARGUMENT.sub(lambda match: f"${places.index(match[1]) + 1}", text)
    return SearchStatement(sql=numbered, names=tuple(places), json=False)


_RANGE = "{column} >= :low AND {column} <= :high"


def _domains(s: _Spelling) -> dict[str, str]:
    """Names of each zone in a range of names; ``:low`` and ``:high`` belong to it."""
    within = "public_domain d WHERE d.zone = g.v AND " + _RANGE.format(column="d.name")
    found = "SELECT d.name AS k, d.id AS i FROM " + within + " ORDER BY d.name{way} LIMIT :limit"
    zones = s.each("zones", "text")
    return {
        "domains": f"SELECT {s.entries('e.k, e.i', found.format(way=''))} FROM {zones}",
        "domains_down": f"SELECT {s.entries('e.k, e.i', found.format(way=' DESC'))} FROM {zones}",
        "count_domains": s.count(f"SELECT 1 FROM {zones} CROSS JOIN {within}"),
    }


def _hosts(_s: _Spelling) -> dict[str, str]:
    """Hosts in a range of names, of one parent or any, or with an address, by number."""
    by_name = "SELECT h.name, h.id FROM public_host h WHERE " + _RANGE.format(column="h.name")
    below = " AND h.parent = :parent"
    return {
        "hosts": f"{by_name} ORDER BY h.name LIMIT :limit",
        "hosts_down": f"{by_name} ORDER BY h.name DESC LIMIT :limit",
        "hosts_below": f"{by_name}{below} ORDER BY h.name LIMIT :limit",
        "hosts_below_down": f"{by_name}{below} ORDER BY h.name DESC LIMIT :limit",
        "hosts_at": (
            "SELECT h.name, h.id FROM public_host_address a"
            " JOIN public_host h ON h.id = a.host_id"
            " WHERE a.address = :address AND a.host_id > :after ORDER BY a.host_id LIMIT :limit"
        ),
    }


# A group's own entries begin after those of the page before.
_AFTER = "CASE WHEN {group} THEN CAST(:after AS bigint) ELSE -1 END"


def _delegated(s: _Spelling) -> dict[str, str]:
    """Domains of each of some hosts; each comes at the first of its hosts that match.

    ``every_…`` gives them in no order, so that it needn't look at more than it gives.
    """
    after = _AFTER.format(group="g.v = :first")
    same = "o.domain_id = n.domain_id AND o.host_id < n.host_id"
    earlier = {
        "named": (
            "SELECT 1 FROM public_domain_host o CROSS JOIN public_host h"
            f" WHERE h.id = o.host_id AND {same} AND {_RANGE.format(column='h.name')}"
        ),
        "below": (
            "SELECT 1 FROM public_domain_host o CROSS JOIN public_host h"
            f" WHERE h.id = o.host_id AND {same} AND {_RANGE.format(column='h.name')}"
            " AND h.parent = :parent"
        ),
        "at": (
            "SELECT 1 FROM public_domain_host o CROSS JOIN public_host_address a"
            f" WHERE a.host_id = o.host_id AND {same} AND a.address = :address"
        ),
    }
    # CROSS JOIN: SQLite keeps that order. From the domain's few hosts, not from all that match.
    texts = {}
    for how, other in earlier.items():
        linked = "public_domain_host n JOIN public_domain d ON d.id = n.domain_id"
        fits = f"n.host_id = g.v AND {s.within('d.zone', 'zones', 'text')} AND NOT EXISTS ({other})"
        found = s.entries(
            "e.i",
            f"SELECT n.domain_id AS i FROM {linked} WHERE {fits} AND n.domain_id > {after}"
            " ORDER BY n.domain_id LIMIT :limit",
        )
        hosts = s.each("hosts", "bigint")
        texts[f"domains_{how}"] = f"SELECT g.v, {found} FROM {hosts}"
        texts[f"every_domain_{how}"] = (
            f"SELECT n.domain_id FROM {hosts} CROSS JOIN {linked} WHERE {fits} LIMIT :limit"
        )
    return texts


def _people(s: _Spelling) -> dict[str, str]:
    """Contacts of each set of sights and word about the name; registrars; sets of sights."""
    texts = {
        "sight_sets": (
            "WITH RECURSIVE p (v) AS (SELECT (SELECT min(x.sights) FROM public_sight x)"
            " UNION ALL SELECT (SELECT min(y.sights) FROM public_sight y WHERE y.sights > p.v)"
            " FROM p WHERE p.v IS NOT NULL) SELECT p.v FROM p WHERE p.v IS NOT NULL"
        ),
        "own_sights": (
            f"WITH RECURSIVE p (i, v) AS (SELECT g.v, (SELECT min(x.sight) FROM public_sighted x"
            f" WHERE x.contact_id = g.v) FROM {s.each('contacts', 'bigint')}"
            " UNION ALL SELECT p.i, (SELECT min(y.sight) FROM public_sighted y"
            " WHERE y.contact_id = p.i AND y.sight > p.v)"
            " FROM p WHERE p.v IS NOT NULL) SELECT p.i, p.v FROM p WHERE p.v IS NOT NULL"
        ),
        "services": "SELECT handle, name FROM public_service",
        "registrars_exactly": (
            "SELECT r.handle FROM public_registrar r"
            " WHERE r.public_key = :key OR r.handle_key = :key LIMIT :limit"
        ),
        "link": "SELECT l.domain_id, l.role FROM public_link l WHERE l.public_id = :number",
    }
    groups = s.pairs("sets", ("text", "int"))
    for key, column in (("names", "name_key"), ("roids", "roid_key")):
        within = "public_sight s WHERE s.sights = g.a AND s.name_said = g.b"
        up = f"(s.{column}, s.contact_id) > (:low, :number) AND s.{column} <= :high"
        down = f"(s.{column}, s.contact_id) < (:high, :number) AND s.{column} >= :low"
        for way, bound, order in (("", up, ""), ("_down", down, " DESC")):
            found = (
                f"SELECT s.{column} AS k, s.contact_id AS i FROM {within} AND {bound}"
                f" ORDER BY s.{column}{order}, s.contact_id{order} LIMIT :limit"
            )
            texts[f"contact_{key}{way}"] = f"SELECT {s.entries('e.k, e.i', found)} FROM {groups}"
        texts[f"count_contact_{key}"] = s.count(
            f"SELECT 1 FROM {groups} CROSS JOIN {within} AND {up}"
        )
    for key, column in (("names", "fn_key"), ("handles", "public_key")):
        rows = f"SELECT r.{column}, r.handle FROM public_registrar r WHERE"
        texts[f"registrar_{key}"] = (
            f"{rows} (r.{column}, r.handle) > (:low, :handle) AND r.{column} <= :high"
            f" ORDER BY r.{column}, r.handle LIMIT :limit"
        )
        texts[f"registrar_{key}_down"] = (
            f"{rows} (r.{column} < :high OR (r.{column} = :high AND"
            f" (CAST(:handle AS text) = '' OR r.handle < :handle)))"
            f" AND r.{column} BETWEEN :low AND :high"
            f" ORDER BY r.{column} DESC, r.handle DESC LIMIT :limit"
        )
    return texts


def _related(s: _Spelling) -> dict[str, str]:
    """Objects by the entities they show; ``every_…`` gives them in no order."""
    texts = {}
    groups = s.pairs("sets", ("text", "int"))
    for key, column, word in (
        ("name", "name_key", "name_said"),
        ("roid", "roid_key", "name_said"),
        ("email", "email_key", "email_said"),
    ):
        found = (
            "SELECT s.contact_id AS i, s.sights AS s, s.name_said AS n, s.email_said AS m,"
            " s.name_key AS k"
            f" FROM public_sight s WHERE s.sights = g.a AND s.{word} = g.b AND s.{column} = :{key}"
            " AND (:any_name OR s.name_key = :name) AND (:any_roid OR s.roid_key = :roid)"
            " AND (:any_email OR s.email_key = :email) AND s.contact_id >= :contact"
            " ORDER BY s.contact_id LIMIT :limit"
        )
        entries = s.entries("e.i, e.s, e.n, e.m, e.k", found)
        texts[f"contacts_by_{key}"] = f"SELECT {entries} FROM {groups}"
    shown = (
        "SELECT 1 FROM public_sighted o JOIN public_sight c ON c.contact_id = o.contact_id"
        " WHERE o.domain_id = n.domain_id"
        " AND (o.contact_id < n.contact_id OR (o.contact_id = n.contact_id AND o.sight < n.sight))"
        " AND (:any_name OR c.name_key = :name) AND (:any_roid OR c.roid_key = :roid)"
        " AND (:any_email OR c.email_key = :email) AND "
        + s.within("o.sight || ' ' || c.name_said || c.email_said", "shown", "text")
    )
    after = _AFTER.format(group="g.a = :first AND g.b = :sight")
    others = (
        f" AND NOT ({s.within('d.registrar', 'registrars', 'text')})"
        f" AND NOT ({s.within('d.id', 'singles', 'bigint')})"
    )
    linked = (
        "public_sighted n JOIN public_domain d ON d.id = n.domain_id"
        f" WHERE n.contact_id = g.a AND n.sight = g.b{others} AND NOT EXISTS ({shown})"
    )
    found = s.entries(
        "e.i",
        f"SELECT n.domain_id AS i FROM {linked} AND n.domain_id > {after}"
        " ORDER BY n.domain_id LIMIT :limit",
    )
    pairs = s.pairs("contacts", ("bigint", "text"))
    texts["domains_of_contacts"] = f"SELECT g.a, g.b, {found} FROM {pairs}"
    texts["every_domain_of_contacts"] = (
        f"SELECT n.domain_id FROM {pairs} CROSS JOIN {linked} LIMIT :limit"
    )
    first = _AFTER.format(group="g.v = :first")
    published = s.within("l.role || ' ' || d.zone", "published", "text")
    for key, fits in (
        ("sponsors", f"d.registrar = g.v AND NOT ({s.within('d.id', 'singles', 'bigint')})"),
        (
            "services",
            (
                f"d.privacy_service = g.v{others} AND EXISTS"
                f" (SELECT 1 FROM public_link l WHERE l.domain_id = d.id AND {published})"
            ),
        ),
    ):
        held = f"public_domain d WHERE {fits} AND {s.within('d.zone', 'zones', 'text')}"
        found = s.entries(
            "e.i", f"SELECT d.id AS i FROM {held} AND d.id > {first} ORDER BY d.id LIMIT :limit"
        )
        names = s.each(key, "text")
        texts[f"domains_of_{key}"] = f"SELECT g.v, {found} FROM {names}"
        texts[f"every_domain_of_{key}"] = f"SELECT d.id FROM {names} CROSS JOIN {held} LIMIT :limit"
    texts["hosts_of_sponsors"] = (
        "SELECT g.v, "
        + s.entries(
            "e.i, e.k",
            "SELECT h.id AS i, h.name AS k FROM public_host h WHERE h.registrar = g.v"
            f" AND h.id > {first} ORDER BY h.id LIMIT :limit",
        )
        + f" FROM {s.each('sponsors', 'text')}"
    )
    return texts


def _objects(s: _Spelling) -> dict[str, str]:
    """What a page's objects are made from, each in a fixed number of statements."""
    sponsor = ", ".join(f"r.{name}" for name in REGISTRAR)
    ids = s.within("{}", "ids", "bigint")
    return {
        "stamp_now": "SELECT at FROM public_stamp ORDER BY seq DESC LIMIT 1",
        "domains_by_id": (
            f"SELECT {', '.join(f'd.{name}' for name in DOMAIN)}, {sponsor}, p.handle,"
            f" {', '.join(f'p.{name}' for name in CARD)}, p.alias_domain, p.contact_url"
            " FROM public_domain d LEFT JOIN public_registrar r ON r.handle = d.registrar"
            " LEFT JOIN public_service p ON p.handle = d.privacy_service"
            f" WHERE {ids.format('d.id')}"
        ),
        "contacts_of_domains": (
            f"SELECT c.domain_id, {', '.join(f'c.{name}' for name in CONTACT)}"
            f" FROM public_contact c WHERE {ids.format('c.domain_id')}"
        ),
        "hosts_of_domains": (
            f"SELECT n.domain_id, {', '.join(f'h.{name}' for name in HOST)}, a.address"
            " FROM public_domain_host n JOIN public_host h ON h.id = n.host_id"
            " LEFT JOIN public_host_address a ON a.host_id = h.id"
            f" WHERE {ids.format('n.domain_id')} ORDER BY n.domain_id, h.name"
        ),
        "keys_of_domains": (
            "SELECT k.domain_id, k.key_tag, k.algorithm, k.digest_type, k.digest, k.flags,"
            " k.protocol, k.public_key FROM public_dnssec k"
            f" WHERE {ids.format('k.domain_id')} ORDER BY k.domain_id, k.position"
        ),
        "hosts_by_id": (
            f"SELECT {', '.join(f'h.{name}' for name in HOST)}, a.address, EXISTS"
            " (SELECT 1 FROM public_domain_host n WHERE n.host_id = h.id), h.created, h.updated,"
            f" {sponsor} FROM public_host h LEFT JOIN public_host_address a ON a.host_id = h.id"
            " LEFT JOIN public_registrar r ON r.handle = h.registrar"
            f" WHERE {ids.format('h.id')}"
        ),
        "contacts_by_id": (
            "SELECT c.contact_id, 'registrant', 0, c.roid, c.kind,"
            f" {', '.join(f'c.{name}' for name in CARD)}, c.statuses, c.disclosures, c.generation,"
            f" c.created, c.updated FROM public_seen_contact c WHERE {ids.format('c.contact_id')}"
        ),
        "sights_by_id": (
            f"SELECT s.contact_id, s.sights FROM public_sight s WHERE {ids.format('s.contact_id')}"
        ),
        "registrars_by_handle": (
            f"SELECT {sponsor} FROM public_registrar r"
            f" WHERE {s.within('r.handle', 'handles', 'text')}"
        ),
    }


def _sort_keys(s: _Spelling) -> dict[str, str]:
    """What objects can be put in order by."""
    ids = s.within("{}", "ids", "bigint")
    return {
        "domain_sort_keys": (
            "SELECT d.id, d.name, d.zone, d.created, d.updated, d.expires, d.transferred"
            f" FROM public_domain d WHERE {ids.format('d.id')}"
        ),
        "host_sort_keys": (
            "SELECT h.id, h.name, h.created, h.updated FROM public_host h"
            f" WHERE {ids.format('h.id')}"
        ),
        "contact_sort_keys": (
            "SELECT c.contact_id, c.name, c.roid, c.created, c.updated"
            f" FROM public_seen_contact c WHERE {ids.format('c.contact_id')}"
        ),
        "registrar_sort_keys": (
            "SELECT r.handle, r.name, r.public_key, r.created, r.updated"
            f" FROM public_registrar r WHERE {s.within('r.handle', 'handles', 'text')}"
        ),
    }
