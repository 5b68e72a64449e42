"""The searches that are measured: every kind of pattern that is admitted, of a store's names."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

__all__ = ["Sample", "questions", "sample_store"]

PICKED = 2000  # objects of each class that questions are made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some names, hosts, addresses of hosts, contacts (name, ROID, e-mail) and registrars."""

    domains: tuple[str, ...]
    hosts: tuple[str, ...]
    addresses: tuple[str, ...]
    contacts: tuple[tuple[str, str, str], ...]
    registrars: tuple[tuple[str, str], ...]


def sample_store(url: str) -> Sample:
    """Read a sample from the store at *url*, the same one in every run.

    Contacts are those that some zone may show: the holder's word decides (``name_said``).
    """
    if url.startswith("sqlite:"):
        engine = create_engine(url)
        with engine.connect() as connection:
            return _sample(connection)
    return asyncio.run(_sample_afar(url))


async def _sample_afar(url: str) -> Sample:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:", 1))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_sample)
    finally:
        await engine.dispose()


def _sample(connection: Connection) -> Sample:
    chance = random.Random(20260101)
    contacts = _picked(connection, chance, "contact", "name, roid, email")
    consenting = text(
        "SELECT c.name, c.roid, c.email FROM contact_sight s JOIN contact c"
        " ON c.id = s.contact_id WHERE s.name_said = 2 LIMIT 200"
    )
    shown = connection.execute(consenting).all()
    addresses = _picked(connection, chance, "host_address", "address", key="host_id")
    registrars = connection.execute(text("SELECT name, gurid FROM registrar")).all()
    return Sample(
        domains=tuple(row[0] for row in _picked(connection, chance, "domain", "name")),
        hosts=tuple(row[0] for row in _picked(connection, chance, "host", "name")),
        addresses=tuple(row[0] for row in addresses),
        contacts=tuple((row[0], row[1], row[2]) for row in [*contacts, *shown] if row[0]),
        registrars=tuple((row[0], str(row[1])) for row in registrars if row[1]),
    )


def _picked(
    connection: Connection, chance: random.Random, table: str, columns: str, *, key: str = "id"
) -> Sequence[Sequence[str]]:
    least, most = connection.execute(text(f"SELECT min({key}), max({key}) FROM {table}")).one()
    numbers = sorted({chance.randint(least, most) for _ in range(PICKED)})
    listed = ", ".join(map(str, numbers))
    found = text(f"SELECT {columns} FROM {table} WHERE {key} IN ({listed}) ORDER BY {key}")
    return connection.execute(found).all()


def questions(sample: Sample, zone: str) -> Mapping[str, Callable[[random.Random], str]]:
    """Give each kind of question by its name: a function that draws a target below ``/``."""

    def cut(texts: Sequence[str], length: int) -> Callable[[random.Random], str]:
        return lambda chance: quote(chance.choice(texts)[:length])

    def any_of(texts: Sequence[str]) -> Callable[[random.Random], str]:
        return lambda chance: quote(chance.choice(texts))

    names, roids, mailboxes = (
        tuple(filter(None, each)) for each in zip(*sample.contacts, strict=True)
    )
    sponsors, numbers = zip(*sample.registrars, strict=True)
    labels = tuple(name.partition(".")[0] for name in sample.domains)
    narrow = tuple(label[: label.rfind("-") + 2] for label in labels)
    domain, host, address = any_of(sample.domains), any_of(sample.hosts), any_of(sample.addresses)
    name, roid, mailbox = any_of(names), any_of(roids), any_of(mailboxes)
    kinds: dict[str, tuple[str, Callable[[random.Random], str]]] = {
        "look-up": ("domain/{}", domain),
        **{
            f"name, {length} letters": ("domains?name={}*", cut(labels, length))
            for length in (1, 2, 3, 4, 8)
        },
        "name and parent": (f"domains?name={{}}*.{zone}", cut(labels, 2)),
        "name, whole": ("domains?name={}", domain),
        "name, field set id": ("domains?name={}*&fieldSet=id", cut(labels, 2)),
        "name, field set brief": ("domains?name={}*&fieldSet=brief", cut(labels, 2)),
        "name, JSContact": ("domains?name={}*&jscontact=1", cut(labels, 2)),
        "name, downwards": ("domains?name={}*&sort=name:d", cut(labels, 2)),
        "name, by date": ("domains?name={}*&sort=registrationDate", any_of(narrow)),
        "name, by two dates": (
            "domains?name={}*&sort=expirationDate:d,lastChangedDate", any_of(narrow)
        ),
        "name, counted": ("domains?name={}*&count=true", cut(labels, 1)),
        "nsLdhName, 1 letter": ("domains?nsLdhName={}*", cut(sample.hosts, 1)),
        "nsLdhName, 6 letters": ("domains?nsLdhName={}*", cut(sample.hosts, 6)),
        "nsLdhName, whole": ("domains?nsLdhName={}", host),
        "nsLdhName, counted": ("domains?nsLdhName={}*&count=true", cut(sample.hosts, 5)),
        "nsIp": ("domains?nsIp={}", address),
        "nsIp, counted": ("domains?nsIp={}&count=true", address),
        "nameserver, 1 letter": ("nameservers?name={}*", cut(sample.hosts, 1)),
        "nameserver, 6 letters": ("nameservers?name={}*", cut(sample.hosts, 6)),
        "nameserver, counted": ("nameservers?name={}*&count=true", cut(sample.hosts, 5)),
        "nameserver, ip": ("nameservers?ip={}", address),
        "fn, 1 letter": ("entities?fn={}*", cut(names, 1)),
        "fn, 5 letters": ("entities?fn={}*", cut(names, 5)),
        "fn, whole": ("entities?fn={}", name),
        "fn, counted": ("entities?fn={}*&count=true", cut(names, 1)),
        "fn, downwards": ("entities?fn={}*&sort=fn:d", cut(names, 1)),
        "handle, beginning": ("entities?handle={}*", cut(roids, 5)),
        "handle, counted": ("entities?handle={}*&count=true", cut(roids, 3)),
        "handle, whole": ("entities?handle={}", roid),
        "reverse, fn": ("domains/reverse_search/entity?fn={}", name),
        "reverse, fn counted": ("domains/reverse_search/entity?fn={}&count=true", name),
        "reverse, handle": ("domains/reverse_search/entity?handle={}", roid),
        "reverse, e-mail": ("domains/reverse_search/entity?email={}", mailbox),
        "reverse, registrar": (
            "domains/reverse_search/entity?fn={}&role=registrar", any_of(sponsors)
        ),
        "reverse, registrar counted": (
            "domains/reverse_search/entity?handle={}&role=registrar&count=true", any_of(numbers)
        ),
        "reverse, nameservers": ("nameservers/reverse_search/entity?handle={}", any_of(numbers)),
    }  # fmt: skip
    return {kind: _drawing(*made) for kind, made in kinds.items()}


def _drawing(form: str, draw: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda chance: form.format(draw(chance))
