"""What the doors' connections can read of contacts at all, on both engines."""

from __future__ import annotations

from sqlalchemy import Connection, text

from store.changes import DeleteContact, UpdateDomain
from store.model import Role
from store.sql.database import Database
from store.sql.views import PUBLIC_VIEWS
from tests.store.editing_values import Registry, a_contact, a_registry, links


def _readable(registry: Registry) -> dict[str, str]:
    """Give all that each public view holds, as text."""

    def work(connection: Connection) -> dict[str, str]:
        return {
            view: repr(connection.execute(text(f"SELECT * FROM {view}")).all())
            for view in PUBLIC_VIEWS
        }

    return registry.database.read(work)


def _telling(registry: Registry, mark: str) -> set[str]:
    return {view for view, rows in _readable(registry).items() if mark in rows.lower()}


def test_public_views_hold_nothing_of_a_billing_contact_p05(database: Database) -> None:
    """P-05, P-03, P-04, E-31: no row, no key, no link; the same contact as tech is there."""
    registry = a_registry(database, "CA1")
    registry.apply(
        a_contact("QUOKKA1", name="Quokka", email="quokka@example.net", auth_info="q" * 9)
    )
    registry.register("shop.example", links=links("CA1", "CA1", "CA1", "QUOKKA1"))
    billing = registry.domain("shop.example").link(Role.BILLING)
    assert billing is not None
    assert _telling(registry, "quokka") == set()
    assert _telling(registry, str(billing.public_id)) == set()
    assert _telling(registry, "billing") == set()
    registry.apply(UpdateDomain(name="shop.example", links=links(tech="QUOKKA1")))
    assert {"public_contact", "public_handle"} <= _telling(registry, "quokka")
    registry.apply(UpdateDomain(name="shop.example", links=links(tech="CA1")))
    assert _telling(registry, "quokka") == set()


def test_orphan_is_in_no_public_view_l08(database: Database) -> None:
    """L-08: what no name shows can't be read, nor told by what is read."""
    registry = a_registry(database, "CA1")
    registry.apply(a_contact("QUOKKA1", name="Quokka", email="quokka@example.net"))
    assert _telling(registry, "quokka") == set()
    registry.apply(DeleteContact(handle="QUOKKA1"))
    assert _telling(registry, "quokka") == set()
