"""The statements that find objects by the entities they show (RFC 9536)."""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

from store.sql.search_spelling import AFTER, Spelling

__all__ = ["related_statements"]


def related_statements(s: Spelling) -> dict[str, str]:
    """Objects by the entities they show; ``every_…`` gives them in no order."""
    return {**_meant(s), **_linked(s), **_held(s)}


# That a contact is what the terms ask for.
_ASKED = (
    " AND (:any_name OR {table}.name_key = :name) AND (:any_roid OR {table}.roid_key = :roid)"
    " AND (:any_email OR {table}.email_key = :email)"
)


def _meant(s: Spelling) -> dict[str, str]:
    """Contacts of each set of sights and word, by one key that leads and the others.

    ``every_…`` gives the domains that they show, at each of their links, in no order, and
    whether the name is the one asked for, where it mustn't decide what is read; ``count_…``
    gives their number.
    """
    texts = {}
    groups = s.pairs("sets", ("text", "int"))
    shown = s.within("n.sight || ' ' || s.name_said || s.email_said", "shown", "text")
    for key, column, word in (
        ("name", "name_key", "name_said"),
        ("roid", "roid_key", "name_said"),
        ("email", "email_key", "email_said"),
    ):
        meant = (
            f"s.sights = g.a AND s.{word} = g.b AND s.{column} = :{key}{_ASKED.format(table='s')}"
        )
        found = (
            "SELECT s.contact_id AS i, s.sights AS s, s.name_said AS n, s.email_said AS m,"
            f" s.name_key AS k FROM public_sight s WHERE {meant} AND s.contact_id >= :contact"
            " ORDER BY s.contact_id LIMIT :limit"
        )
        entries = s.entries("e.i, e.s, e.n, e.m, e.k", found)
        texts[f"contacts_by_{key}"] = f"SELECT {entries} FROM {groups}"
        source, where = "public_sight s", meant
        if not s.sqlite:  # without an order it would rather read all contacts of one name
            first = f"SELECT * FROM {source} WHERE {where} ORDER BY s.contact_id LIMIT :limit"
            source, where = f"LATERAL ({first}) AS s", "TRUE"
        every = (
            f"SELECT n.domain_id, (:any_key OR s.name_key = :name) FROM {groups}"
            f" CROSS JOIN {source} CROSS JOIN public_sighted n WHERE {where}"
            f" AND n.contact_id = s.contact_id AND {shown} LIMIT :limit"
        )
        texts[f"every_domain_by_{key}"] = every
        texts[f"count_domains_by_{key}"] = s.count_each_once(every)
    return texts


def _others(s: Spelling) -> str:
    """Say that a domain isn't found by itself or by its registrar already."""
    return (
        f" AND NOT ({s.within('d.registrar', 'registrars', 'text')})"
        f" AND NOT ({s.within('d.id', 'singles', 'bigint')})"
    )


def _linked(s: Spelling) -> dict[str, str]:
    """Domains of contacts by their sights, each at the first of its contacts that match."""
    shown = (
        "SELECT 1 FROM public_sighted o JOIN public_sight c ON c.contact_id = o.contact_id"
        " WHERE o.domain_id = n.domain_id"
        " AND (o.contact_id < n.contact_id OR (o.contact_id = n.contact_id AND o.sight < n.sight))"
        f"{_ASKED.format(table='c')} AND "
        + s.within("o.sight || ' ' || c.name_said || c.email_said", "shown", "text")
    )
    seen = "n.contact_id = g.a AND n.sight = g.b"
    after = AFTER.format(group="g.a = :first AND g.b = :sight")
    found = s.entries(
        "e.i",
        "SELECT n.domain_id AS i FROM public_sighted n JOIN public_domain d ON d.id = n.domain_id"
        f" WHERE {seen}{_others(s)} AND NOT EXISTS ({shown}) AND n.domain_id > {after}"
        " ORDER BY n.domain_id LIMIT :limit",
    )
    pairs = s.pairs("contacts", ("bigint", "text"))
    return {"domains_of_contacts": f"SELECT g.a, g.b, {found} FROM {pairs}"}


def _held(s: Spelling) -> dict[str, str]:
    """Domains and hosts of registrars, and domains that privacy services stand for."""
    texts = {}
    first = AFTER.format(group="g.v = :first")
    published = s.within("l.role || ' ' || d.zone", "published", "text")
    link = f"SELECT 1 FROM public_link l WHERE l.domain_id = d.id AND {published}"
    for key, fits, others in (
        ("sponsors", "d.registrar = g.v", f" AND NOT ({s.within('d.id', 'singles', 'bigint')})"),
        ("services", f"d.privacy_service = g.v AND EXISTS ({link})", _others(s)),
    ):
        held = f"public_domain d WHERE {fits} AND {s.within('d.zone', 'zones', 'text')}"
        found = s.entries(
            "e.i",
            f"SELECT d.id AS i FROM {held}{others} AND d.id > {first} ORDER BY d.id LIMIT :limit",
        )
        names = s.each(key, "text")
        texts[f"domains_of_{key}"] = f"SELECT g.v, {found} FROM {names}"
        texts[f"every_domain_of_{key}"] = f"SELECT d.id FROM {names} CROSS JOIN {held} LIMIT :limit"
    hosts = s.entries(
        "e.i, e.k",
        "SELECT h.id AS i, h.name AS k FROM public_host h WHERE h.registrar = g.v"
        f" AND h.id > {first} ORDER BY h.id LIMIT :limit",
    )
    texts["hosts_of_sponsors"] = f"SELECT g.v, {hosts} FROM {s.each('sponsors', 'text')}"
    return texts
