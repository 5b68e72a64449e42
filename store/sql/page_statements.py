"""The statements that read what a page shows, and what its objects are put in order by."""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

from store.sql.search_spelling import RANGE, Spelling
from store.sql.statements import CARD, CONTACT, DOMAIN, HOST, KEY, REGISTRAR, selects

__all__ = ["page_statements"]


def page_statements(s: Spelling) -> dict[str, str]:
    """What a page's objects are made from, each in a fixed number of statements."""
    sponsor = ", ".join(f"r.{name}" for name in REGISTRAR)
    ids = s.within("{}", "ids", "bigint")
    hosts = (
        f"SELECT {', '.join(f'h.{name}' for name in HOST)}, a.address"
        " FROM public_domain_host n JOIN public_host h ON h.id = n.host_id"
        " LEFT JOIN public_host_address a ON a.host_id = h.id WHERE n.domain_id = d.id"
    )
    keys = str(selects(domain="d.id")["domain_dnssec"])
    return _sort_keys(s) | {
        "domains_by_id": (
            f"SELECT {', '.join(f'd.{name}' for name in DOMAIN)}, {sponsor}, p.handle,"
            f" {', '.join(f'p.{name}' for name in CARD)}, p.alias_domain, p.contact_url,"
            f" {s.entries(', '.join(f'e.{name}' for name in (*HOST, 'address')), hosts)},"
            f" {s.entries(', '.join(f'e.{name}' for name in KEY), keys)}"
            " FROM public_domain d LEFT JOIN public_registrar r ON r.handle = d.registrar"
            " LEFT JOIN public_service p ON p.handle = d.privacy_service"
            f" WHERE {ids.format('d.id')}"
        ),
        "contacts_of_domains": (
            f"SELECT c.domain_id, {', '.join(f'c.{name}' for name in CONTACT)}"
            f" FROM public_contact c WHERE {ids.format('c.domain_id')}"
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


def _sort_keys(s: Spelling) -> dict[str, str]:
    """What objects can be put in order by."""
    ids = s.within("{}", "ids", "bigint")
    domains = "SELECT d.id, d.name, d.zone, d.created, d.updated, d.expires, d.transferred FROM"
    return {
        "domain_sort_keys": f"{domains} public_domain d WHERE {ids.format('d.id')}",
        # Of what is found by name each row is looked at: what it is put in order by comes along.
        "every_domain": (
            f"{domains} {s.each('zones', 'text')} CROSS JOIN public_domain d"
            f" WHERE d.zone = g.v AND {RANGE.format(column='d.name')} LIMIT :limit"
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
