"""The searches' statements, on the public views alone, in each engine's own spelling.

Each walks ranges of an index and stops at ``:limit``. Where several ranges make one result
(zones, sets of sights, groups), one row comes back for each range, and in it the first
entries as JSON: SQLite has no LATERAL, and both have this.
"""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

from collections.abc import Mapping

from store.sql.page_statements import page_statements
from store.sql.related_statements import related_statements
from store.sql.search_spelling import AFTER, RANGE, Dialect, SearchStatement, Spelling
from store.sql.statements import selects

__all__ = ["SearchStatement", "compile_searches"]


def compile_searches(dialect: Dialect) -> Mapping[str, SearchStatement]:
    """Give every statement of the searches in *dialect*, by name."""
    spelling = Spelling(dialect)
    texts = {
        **_openings(spelling),
        **_domains(spelling),
        **_hosts(spelling),
        **_delegated(spelling),
        **_people(spelling),
        **related_statements(spelling),
        **page_statements(spelling),
    }
    return {name: spelling.statement(text) for name, text in texts.items()}


def _openings(s: Spelling) -> dict[str, str]:
    """What a search begins with; where people are looked for, sets of sights and services too."""
    named = selects()
    zones = s.entries("e.name", str(named["zones"]))
    sets = s.entries(
        "e.v",
        "WITH RECURSIVE p (v) AS (SELECT (SELECT min(x.sights) FROM public_sight x)"
        " UNION ALL SELECT (SELECT min(y.sights) FROM public_sight y WHERE y.sights > p.v)"
        " FROM p WHERE p.v IS NOT NULL) SELECT p.v FROM p WHERE p.v IS NOT NULL",
    )
    services = s.entries("e.handle, e.name", "SELECT handle, name FROM public_service")
    opening = f"SELECT ({named['stamp']}), ({named['secret']}), {zones}"
    return {"opening": opening, "opening_of_people": f"{opening}, {sets}, {services}"}


def _domains(s: Spelling) -> dict[str, str]:
    """Names of each zone in a range of names; ``:low`` and ``:high`` belong to it."""
    within = "public_domain d WHERE d.zone = g.v AND " + RANGE.format(column="d.name")
    found = "SELECT d.name AS k, d.id AS i FROM " + within + " ORDER BY d.name{way} LIMIT :limit"
    zones = s.each("zones", "text")
    return {
        "domains": f"SELECT {s.entries('e.k, e.i', found.format(way=''))} FROM {zones}",
        "domains_down": f"SELECT {s.entries('e.k, e.i', found.format(way=' DESC'))} FROM {zones}",
        "count_domains": s.count(f"SELECT 1 FROM {zones} CROSS JOIN {within}"),
    }


def _hosts(_s: Spelling) -> dict[str, str]:
    """Hosts in a range of names, of one parent or any, or with an address, by number."""
    by_name = "SELECT h.name, h.id FROM public_host h WHERE " + RANGE.format(column="h.name")
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


def _delegated(s: Spelling) -> dict[str, str]:
    """Domains of the hosts that match, in the hosts' order; each at the first of its hosts.

    What is passed over at a host was found at one before it: on a first page fewer than it
    holds, further on as many as the hosts have in common, within a search's time.
    ``every_…`` gives them at each of their hosts, ``count_…`` their number; their order is
    the index's that they walk.
    """
    after = AFTER.format(group="{number} = :first")
    zones = s.within("d.zone", "zones", "text")
    named = RANGE.format(column="{h}.name")
    texts = {}
    # CROSS JOIN keeps that order of loops, so rows come by host and then by domain. Neither engine
    # can tell, and would sort all for it: who reads the rows looks that they are in order.
    # `earlier` goes from the domain's few hosts, not from all that match.
    for how, source, number, place, matches in (
        ("named", "public_host", "id", "name", named),
        ("below", "public_host", "id", "name", f"{named} AND {{h}}.parent = :parent"),
        ("at", "public_host_address", "host_id", "host_id", "{h}.address = :address"),
    ):
        earlier = (
            f"SELECT 1 FROM public_domain_host o CROSS JOIN {source} x WHERE x.{number} = o.host_id"
            f" AND o.domain_id = n.domain_id AND x.{place} < h.{place} AND {matches.format(h='x')}"
        )
        those = f"{matches.format(h='h')} AND h.{place} >= :place"
        domains = (
            f"n.host_id = h.{number} AND {zones} AND NOT EXISTS ({earlier})"
            f" AND n.domain_id > {after.format(number=f'h.{number}')}"
        )
        if s.sqlite:
            texts[f"domains_{how}"] = (
                f"SELECT h.{place}, h.{number}, n.domain_id FROM {source} h"
                " CROSS JOIN public_domain_host n CROSS JOIN public_domain d"
                f" WHERE {those} AND d.id = n.domain_id AND {domains}"
                f" ORDER BY h.{place} LIMIT :limit"
            )
        else:
            texts[f"domains_{how}"] = (
                f"SELECT h.{place}, h.{number}, e.i FROM (SELECT h.* FROM {source} h"
                f" WHERE {those} ORDER BY h.{place}) AS h"
                " CROSS JOIN LATERAL (SELECT n.domain_id AS i FROM public_domain_host n"
                f" JOIN public_domain d ON d.id = n.domain_id WHERE {domains}"
                " ORDER BY n.domain_id LIMIT :limit) AS e LIMIT :limit"
            )
        every = (
            f"SELECT n.domain_id, TRUE FROM {source} h CROSS JOIN public_domain_host n"
            f" CROSS JOIN public_domain d WHERE {matches.format(h='h')} AND n.host_id = h.{number}"
            f" AND d.id = n.domain_id AND {zones} ORDER BY h.{place} LIMIT :limit"
        )
        texts[f"every_domain_{how}"] = every
        texts[f"count_domains_{how}"] = s.count_each_once(every)
    return texts


def _people(s: Spelling) -> dict[str, str]:
    """Contacts of each set of sights and word about the name; registrars."""
    texts = {
        "own_sights": (
            f"WITH RECURSIVE p (i, v) AS (SELECT g.v, (SELECT min(x.sight) FROM public_sighted x"
            f" WHERE x.contact_id = g.v) FROM {s.each('contacts', 'bigint')}"
            " UNION ALL SELECT p.i, (SELECT min(y.sight) FROM public_sighted y"
            " WHERE y.contact_id = p.i AND y.sight > p.v)"
            " FROM p WHERE p.v IS NOT NULL) SELECT p.i, p.v FROM p WHERE p.v IS NOT NULL"
        ),
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
