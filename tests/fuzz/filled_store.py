"""The store that is asked: the sample, and as many names as make several pages."""

from __future__ import annotations

from pathlib import Path

from rdds.demo import demo_policy, load_demo
from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.sql.database import Database
from tests.stores import RowWriter, write_rows

__all__ = ["MANY", "POLICY", "SAMPLE_NAMES", "fill_store"]

LONG_NAME = "漢" * 240  # a cursor may have to carry it along
MANY = 120  # names, hosts and holders: a page holds 20
SAMPLE_NAMES = ("veiled.example", "garden.co.example")

POLICY = demo_policy(RegistryPolicy(zones={"example": PROFILES["gtld"]}))


def fill_store(folder: Path) -> str:
    """Make a store in *folder*; give its URL."""
    url = f"sqlite:///{folder / 'rdds.sqlite3'}"
    database = Database.open(url, create=True)
    try:
        load_demo(database, POLICY)
        write_rows(database, _add_many)
    finally:
        database.close()
    return url


def _add_many(rows: RowWriter) -> None:
    rows.registrar("FUZZ", name="Fuzz Registrar", gurid=9998)
    for number in range(1, MANY + 1):
        ident = 1_000_000 + number
        rows.contact(ident, name=f"Many {number}", registrar="FUZZ")
        rows.contact(ident + MANY, name=LONG_NAME + f" {number}", registrar="FUZZ")
        rows.domain(
            ident,
            f"many{number}.co.example",
            {Role.REGISTRANT: ident, Role.TECH: ident + MANY},
            zone="co.example",
            registrar="FUZZ",
        )
        rows.host(ident, f"ns{number}.many.example", "192.0.2.77")
        rows.delegation(ident, ident)
