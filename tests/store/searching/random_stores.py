"""Stores full of chance: shared contacts, several zones and policies, every privacy mode."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from store.model import PrivacyMode, Role
from store.policy import PROFILES, Part, RegistryPolicy, ZonePolicy
from store.published import PublicRole
from store.queries import Sought
from tests.stores import RowWriter

__all__ = ["NAMES", "SIZE", "a_policy", "fill"]

ZONES = ("example", "co.example", "test", "xn--bcher-kva.example")
NAMES = (
    "Aroha Ngata",
    "aroha NGATA",
    "Aróha",
    "Straße GmbH",
    "STRASSE",
    "Zoé",
    "ﬁne",
    "O'Neill",
    "",
)
HANDLES = ("Ahorn", "ahorn", "Zed", "Ünit")
SIZE = 24  # domains of a store


def a_policy(chance: random.Random) -> RegistryPolicy:
    """Draw a policy for each zone; the last of ZONES may be none of ours."""
    served = ZONES if chance.random() < 0.5 else ZONES[:-1]
    return RegistryPolicy(zones={zone: _zone(chance) for zone in served})


def _zone(chance: random.Random) -> ZonePolicy:
    policy = PROFILES[chance.choice(sorted(PROFILES))]
    if chance.random() < 0.3:
        policy = replace(policy, always_shown=frozenset(p for p in Part if chance.random() < 0.5))
    if chance.random() < 0.3:
        policy = replace(policy, redacted=frozenset(p for p in Part if chance.random() < 0.5))
    if chance.random() < 0.4:
        roles = frozenset(role for role in PublicRole if chance.random() < 0.6)
        policy = replace(policy, published_roles=roles)
    if chance.random() < 0.4:
        policy = replace(
            policy, searches=frozenset(each for each in Sought if chance.random() < 0.6)
        )
    return policy


@dataclass
class _Drawing:
    chance: random.Random
    rows: RowWriter

    def registrars(self) -> list[str]:
        """Add registrars, some with IANA ids, some alike."""
        handles = ["Ahorn", "Zed", "177", "ROLLE", "REG-A"]
        for number, handle in enumerate(handles):
            self.rows.registrar(
                handle,
                name=self.chance.choice([name for name in NAMES if name]),
                gurid=self.chance.choice([None, number * 11 + 1, number * 11 + 1]),
            )
        for number in range(2):
            self.rows.row(
                "privacy_service",
                handle=f"PRIV{number}",
                name=self.chance.choice(NAMES),
                email="service@alias.example",
                version=1,
                **(
                    {"alias_domain": "alias.example"}
                    if number
                    else {"contact_url": "https://form.example/"}
                ),
            )
        return handles

    def contacts(self) -> list[int]:
        """Add contacts, alike and each with its own word on name and e-mail."""
        for ident in range(1, 13):
            said = {}
            for element in ("name", "email", "voice"):
                word = self.chance.choice(("5", "null", None))
                if word is not None:
                    said[element] = word
            self.rows.contact(
                ident,
                name=self.chance.choice(NAMES),
                email=self.chance.choice(["A@mail.example", "b@mail.example", None]),
                disclosures="{" + ",".join(f'"{k}":{v}' for k, v in said.items()) + "}",
                roid=f"{self.chance.choice(('C', 'D', 'ﬁ'))}{ident}-EXAMPLE",
            )
        return list(range(1, 13))

    def domains(self, registrars: list[str], contacts: list[int]) -> None:
        """Add domains with shared contacts in any role, and delegations."""
        chance = self.chance
        for ident in range(1, SIZE + 1):
            zone = chance.choice(ZONES)
            label = chance.choice(("ab", "abc", "b", "xn--bcher-kva", "xn--bb-eka"))
            mode = chance.choice(("none", "none", "withhold", "proxy"))
            service = f"PRIV{chance.randrange(2)}" if mode == "proxy" else None
            roles = [role for role in Role if chance.random() < 0.6]
            self.rows.domain(
                ident,
                f"{label}{ident if chance.random() < 0.8 else f'-{ident}'}.{zone}",
                {role: chance.choice(contacts) for role in roles},
                zone=zone,
                privacy=PrivacyMode(mode).value,
                privacy_service=service,
                registrar=chance.choice(registrars),
                created=chance.choice([None, 1_000_000, 2_000_000, 3_000_000]),
                updated=chance.choice([None, 5_000_000, 6_000_000]),
                expires=chance.choice([None, 7_000_000_000_000, 8_000_000_000_000]),
            )

    def hosts(self) -> None:
        """Add name servers inside and outside of the zones, and delegate names to them."""
        chance = self.chance
        names = sorted(
            {
                f"ns{chance.randrange(4)}.{chance.choice(('ab', 'abc'))}.{chance.choice(ZONES)}"
                for _ in range(12)
            }
            | {"ns1.else.where", "ns2.else.where", "where", "n.else.where"}
        )
        for number, name in enumerate(names, start=1):
            addresses = [f"192.0.2.{each}" for each in (1, 2) if chance.random() < 0.5]
            addresses += ["2001:db8::1"] if chance.random() < 0.3 else []
            self.rows.host(
                number,
                name,
                *addresses,
                registrar=chance.choice((None, "Ahorn", "Zed")),
                created=chance.choice([None, 4_000_000]),
            )
        for ident in range(1, SIZE + 1):
            for host in chance.sample(range(1, len(names) + 1), chance.randrange(4)):
                self.rows.delegation(ident, host)


def fill(rows: RowWriter, chance: random.Random) -> None:
    """Fill a store by *chance*."""
    drawing = _Drawing(chance, rows)
    registrars = drawing.registrars()
    contacts = drawing.contacts()
    drawing.domains(registrars, contacts)
    drawing.hosts()
    rows.row("change_log", at=1_700_000_000_000_000, kind="x", subject="x")
