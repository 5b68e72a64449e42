"""Names under a privacy service, their holders' private values, and both doors over them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from store import changes
from store.alias_table import AliasTable
from store.changes import PrivacyEdit, UpdateDomain
from store.model import PrivacyMode
from store.policy import PROFILES, RegistryPolicy, ZonePolicy
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from tests.running_doors import RunningDoors, doors_over
from tests.store.editing_values import Registry, a_card, a_contact, a_registry, links

__all__ = [
    "NAME",
    "OPEN_ZONE",
    "SECOND",
    "Veils",
    "an_order",
    "switched",
    "veils_over",
]

NAME, SECOND = "veiled.co.example", "second.co.example"

# A zone that shows all of a party, and lets every mode be chosen.
OPEN_ZONE = replace(PROFILES["irs"], privacy_modes=frozenset(PrivacyMode))


def switched(mode: PrivacyMode, name: str = NAME) -> UpdateDomain:
    """Give the switch of a name's privacy."""
    service = "PRIV" if mode is PrivacyMode.PROXY else None
    return UpdateDomain(name=name, privacy=PrivacyEdit(mode=mode, service=service))


def an_order(name: str, **values: Any) -> UpdateDomain:
    """Give an edit of a name."""
    return UpdateDomain(name=name, **values)


def _holder(handle: str, word: str, digit: str) -> changes.CreateContact:
    return a_contact(
        handle,
        name=f"{word} Person",
        org=f"{word} Works",
        street=(f"1 {word} Street",),
        city=f"{word}ton",
        sp=f"{word}shire",
        pc=f"{word}9",
        cc="TV",
        voice=f"+64.21{digit * 7}",
        fax=f"+64.22{digit * 7}",
        email=f"{word.lower()}@mail.example.net",
    )


@dataclass
class Veils:
    """A registry with names under a service, and what is said of them to the public."""

    registry: Registry
    running: RunningDoors

    def whois(self, name: str = NAME) -> str:
        """Give port 43's answer."""
        return self.running.ask_whois(name).decode()

    def rdap(self, name: str = NAME) -> dict[str, Any]:
        """Give RDAP's answer."""
        status, answer = self.running.ask_rdap(f"domain/{name}")
        assert status == 200, answer
        document: dict[str, Any] = json.loads(answer[answer.index(b"{") :])
        return document

    def parties(self, name: str = NAME) -> dict[str, dict[str, Any]]:
        """Give RDAP's entities that stand for contacts, by role."""
        entities = [
            each for each in self.rdap(name)["entities"] if "registrar" not in each["roles"]
        ]
        return {role: entity for entity in entities for role in entity["roles"]}

    def said(self, name: str = NAME) -> str:
        """Give all that both doors say, in small letters."""
        return (self.whois(name) + json.dumps(self.rdap(name), ensure_ascii=False)).lower()

    def values(self, handle: str) -> tuple[str, ...]:
        """Give all of a card that nobody may learn of a name under a service."""
        card = self.registry.contact(handle).card
        fields = (card.name, card.org, *card.street, card.city, card.sp, card.pc, card.email)
        digits = (card.voice or "").split(".")[-1], (card.fax or "").split(".")[-1]
        return tuple(value.lower() for value in (*fields, *digits) if value)

    def shows(self, *handles: str, name: str = NAME) -> set[str]:
        """Give the contacts of which any value is told."""
        said = self.said(name)
        return {
            each
            for each in handles
            if any(value in said for value in self.values(each)) or self._names(said, each)
        }

    def _names(self, said: str, handle: str) -> bool:
        """Tell if a handle or ROID is told, as a word: an alias may hold any three letters."""
        contact = self.registry.contact(handle)
        words = (re.escape(word.lower()) for word in (contact.handle, contact.roid))
        return any(re.search(rf"(?<![a-z0-9]){word}(?![a-z0-9])", said) for word in words)

    def emails(self, name: str = NAME) -> dict[str, str]:
        """Give the e-mail of each role on port 43."""
        lines = (line.partition(": ") for line in self.whois(name).splitlines())
        return {
            key.split()[0].lower(): value
            for key, _, value in lines
            if key in {"Registrant Email", "Admin Email", "Tech Email"}
        }

    def forward(self, alias: str) -> str | None:
        """Give where mail to *alias* goes now."""

        async def find() -> str | None:
            source = open_source(self.registry.database.url)
            try:
                return await AliasTable(source, self.registry.policy).find(alias)
            finally:
                await source.close()

        return asyncio.run(find())


@contextmanager
def veils_over(
    database: Database,
    url: str,
    *,
    mode: PrivacyMode = PrivacyMode.PROXY,
    zone: ZonePolicy = OPEN_ZONE,
) -> Iterator[Veils]:
    """Give two names of the contact CA1 in *mode*; CA2 is their tech, CA3 a stranger."""
    registry = a_registry(database)
    registry.use(RegistryPolicy(zones={"co.example": zone}))
    registry.apply(
        _holder("CA1", "Zephyr", "1"),
        _holder("CA2", "Quokka", "2"),
        _holder("CA3", "Yonder", "3"),
        changes.CreatePrivacyService(
            handle="PRIV",
            card=a_card(
                name="For the holder",
                org="Veil Limited",
                city="Veilville",
                sp="Capital Region",
                cc="IS",
                voice="+354.4212434",
            ),
            alias_domain="alias.example",
        ),
    )
    for name in (NAME, SECOND):
        registry.register(name, links=links("CA1", "CA1", "CA2"))
        registry.apply(switched(mode, name))
    reader = ReadDoor(open_source(url), registry.policy, clock=lambda: registry.now)
    with doors_over(reader) as running:
        yield Veils(registry, running)
