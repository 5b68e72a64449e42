"""The self-check: what the store would publish against what both doors answer.

The three are read one after the other and are not one snapshot. So where anything
differs everything is asked once more: an edit may have come between.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdds.checking.comparing import CheckReport, compare
from rdds.checking.doors import RdapDoorAt, WhoisDoorAt, ask_rdap, ask_whois
from rdds.checking.facts import REGISTERED, UNREGISTERED, Facts
from rdds.checking.places import rdap_door, whois_door
from rdds.checking.published_facts import published_facts
from rdds.checking.rdap_facts import own_base, rdap_facts
from rdds.checking.whois_facts import REDACTIONS, NoAnswerError, whois_facts
from store.errors import Code, RegistryError, StoreUnavailableError
from store.names import ascii_name
from store.queries import FindDomain, Reader
from store.read_door import ReadDoor
from store.sql.sources import open_source

if TYPE_CHECKING:
    from rdds.settings import Settings

__all__ = ["check_doors", "run_check"]

ATTEMPTS = 2


def run_check(
    settings: Settings, name: str, *, whois: str | None = None, rdap: str | None = None
) -> CheckReport:
    """Compare what the store, WHOIS and RDAP say about the domain *name*, in any spelling.

    *whois* is ``HOST:PORT`` and *rdap* a base URL; by default the doors of *settings*
    are asked. With both given and no store there the doors are compared with each
    other. Nothing is created.

    Raises:
        RegistryError: ``INVALID_NAME``; ``NOT_FOUND`` where the name is registered at
            none of them; ``PEER_UNREACHABLE``; ``USAGE`` for an address that is none.
        StoreUnavailableError: the store can't be read, or isn't there though it is needed.
    """
    inner = ascii_name(name)
    doors = _Doors(whois_door(settings, whois), rdap_door(settings, rdap))
    return asyncio.run(_check(settings, inner, doors, alone=whois is not None and rdap is not None))


async def check_doors(
    name: str,
    whois: WhoisDoorAt,
    rdap: RdapDoorAt,
    *,
    reader: Reader | None,
    redactions: frozenset[str] = REDACTIONS,
) -> CheckReport:
    """Compare both doors and, where there is one, the store behind *reader*; retry once.

    Raises:
        RegistryError: as :func:`run_check`.
    """
    doors = _Doors(whois, rdap)
    for attempt in range(1, ATTEMPTS + 1):
        report = await _compare(name, doors, reader, redactions)
        if report.agree or attempt == ATTEMPTS:
            break
    return report


@dataclass(frozen=True, slots=True)
class _Doors:
    whois: WhoisDoorAt
    rdap: RdapDoorAt


async def _check(settings: Settings, name: str, doors: _Doors, *, alone: bool) -> CheckReport:
    policy = settings.registry_policy()
    redactions = REDACTIONS | {zone.redaction_text for zone in policy.zones.values()}
    source = open_source(settings.database.url, settings.database.public_url)
    try:
        reader: Reader | None = ReadDoor(source, policy)
        if alone and not await _is_there(ReadDoor(source, policy), name):
            reader = None
        return await check_doors(
            name, doors.whois, doors.rdap, reader=reader, redactions=frozenset(redactions)
        )
    finally:
        await source.close()


async def _is_there(reader: Reader, name: str) -> bool:
    try:
        await reader.answer(FindDomain(name=name))
    except StoreUnavailableError as error:
        if error.code is Code.STORE_MISSING:
            return False
        raise
    return True


async def _compare(
    name: str, doors: _Doors, reader: Reader | None, redactions: frozenset[str]
) -> CheckReport:
    before = None if reader is None else await reader.answer(FindDomain(name=name))
    if before is not None:
        redactions |= {before.notices.redaction_text}
    whois = await _whois(name, doors.whois, redactions)
    document = await ask_rdap(doors.rdap, name)
    after = None if reader is None else await reader.answer(FindDomain(name=name))
    own = {"own_base": own_base(document), "own_whois": doors.whois.public_name}
    store, later = (
        None if answer is None else published_facts(answer, **own) for answer in (before, after)
    )
    rdap = UNREGISTERED if document is None else rdap_facts(document)
    if all(
        facts.get(REGISTERED) == UNREGISTERED[REGISTERED]
        for facts in (store, whois, rdap)
        if facts is not None
    ):
        raise RegistryError(
            Code.NOT_FOUND, f"{name} is registered nowhere that was asked.", field="name"
        )
    return compare(
        name, store=store, whois=whois, rdap=rdap, store_after=later, redactions=redactions
    )


async def _whois(name: str, door: WhoisDoorAt, redactions: frozenset[str]) -> Facts:
    text = await ask_whois(door, name)
    try:
        return whois_facts(text, redactions)
    except NoAnswerError as error:
        raise RegistryError(
            Code.PEER_UNREACHABLE, f"WHOIS at {door} gives no answer: {error}."
        ) from error
