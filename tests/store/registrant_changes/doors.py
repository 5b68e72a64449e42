"""What both doors say of names at one instant, as the bytes that go out but for the stamp."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from store.queries import Answer, FindDomain
from store.read_door import ReadDoor
from store.sql.sources import open_source
from tests.properties.answers import rdap_body, whois_body
from tests.store.editing_values import Registry

__all__ = ["doors_say"]

STAMP = datetime(2026, 1, 1, tzinfo=UTC)  # in place of the last edit's instant (R-28 spares it)


def doors_say(registry: Registry, *names: str) -> dict[str, tuple[bytes, bytes]]:
    """Ask both doors for *names*, under the registry's policy and at its instant."""
    return asyncio.run(_ask(registry, names))


async def _ask(registry: Registry, names: tuple[str, ...]) -> dict[str, tuple[bytes, bytes]]:
    source = open_source(registry.database.url)
    try:
        door = ReadDoor(source, registry.policy, clock=lambda: registry.now)
        said = {}
        for name in names:
            answer = await door.answer(FindDomain(name=name))
            said[name] = _bytes(replace(answer, as_of=STAMP), name)
        return said
    finally:
        await source.close()


def _bytes(answer: Answer, name: str) -> tuple[bytes, bytes]:
    return whois_body(answer), rdap_body(answer, f"domain/{name}")
