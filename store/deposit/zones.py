"""The zones that a deposit speaks for, and whether it may (RFC 8909 §4 and §5)."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from store.deposit.defects import Defect, DepositDefect
from store.deposit.headers import Header
from store.deposit.remarks import Remark
from store.deposit.sql import Load
from store.errors import Code, RegistryError

__all__ = [
    "check_chain",
    "check_known",
    "header_of_deletions",
    "list_zones",
    "stage_zones",
    "write_zones",
]

MOST_ZONES = 2000


def stage_zones(load: Load, header: Header) -> None:
    """Make the tables of zones: whose names are ours, and which zones this deposit fills.

    A domain belongs to the zone that is its parent: a deposit of ``nz`` with names in
    ``co.nz`` fills both. A registrar's deposit that names no zones speaks for all of
    its names' parents.
    """
    load.run("DROP TABLE IF EXISTS import_zone")
    load.run("DROP TABLE IF EXISTS import_fill")
    load.run("CREATE TEMPORARY TABLE import_zone (pattern TEXT, kind TEXT)")
    load.run("CREATE TEMPORARY TABLE import_fill (name TEXT PRIMARY KEY)")
    parents = [zone for (zone,) in load.rows("SELECT DISTINCT zone FROM import_domain LIMIT 2001")]
    own = header.zones or tuple(parents)
    if len(parents) > MOST_ZONES or len(own) > MOST_ZONES:
        raise DepositDefect(Defect.TOO_LARGE, f"its names are in more than {MOST_ZONES} zones")
    fills = {zone for zone in parents if _is_within(zone, own)} | set(header.zones)
    fills.update(_deleted_from(load, own))
    for name in sorted(fills):
        load.run("INSERT INTO import_fill VALUES (CAST(:name AS TEXT))", name=name)
    others = [z for (z,) in load.rows("SELECT name FROM zone") if z not in fills]
    kinds = [("own", zone) for zone in own]
    kinds += [("inner" if _is_within(zone, own) else "other", zone) for zone in others]
    for kind, zone in kinds:
        load.run(
            "INSERT INTO import_zone VALUES (CAST(:pattern AS TEXT), CAST(:kind AS TEXT))",
            pattern=_below(zone),
            kind=kind,
        )
    if deeper := sorted(fills - set(own)):
        load.notes.note(
            Remark.BELOW_ZONE,
            header.line,
            "header",
            f"names lie in {deeper[0]}, which is served as a zone of its own",
            count=len(deeper),
        )


def _deleted_from(load: Load, own: tuple[str, ...]) -> list[str]:
    """Give the zones below *own* that the same FULL brought and that lose names now."""
    told = {row.name: row.last_full for row in load.rows("SELECT name, last_full FROM zone")}
    fulls = {told[zone] for zone in own if told.get(zone) is not None}
    return [
        zone
        for zone, full in told.items()
        if full in fulls and _is_within(zone, own) and _loses_names(load, zone)
    ]


def _loses_names(load: Load, zone: str) -> bool:
    found = (
        "SELECT count(*) FROM import_delete WHERE kind IN ('domain', 'nndn')"
        " AND key LIKE CAST(:pattern AS TEXT) ESCAPE '!'"
    )
    return load.number(found, pattern=_below(zone)) > 0


def header_of_deletions(load: Load) -> Header:
    """Make the header that a DIFF or INCR of deletions alone doesn't have (RFC 8909 §5.1.3).

    It speaks for the zones that the deposit before it filled.

    Raises:
        DepositDefect: ``not-a-deposit`` where there are none.
    """
    column = "last_full" if load.envelope.type == "INCR" else "last_deposit"
    followed = load.rows(
        f"SELECT name FROM zone WHERE {column} = CAST(:previous AS TEXT) ORDER BY name",
        previous=load.envelope.previous,
    )
    zones = [zone for (zone,) in followed]
    if load.full or not zones or not load.number("SELECT count(*) FROM import_delete"):
        raise DepositDefect(Defect.NOT_A_DEPOSIT, "it has no header (rdeHeader:header)")
    # Two registries may number alike: the names tell whose deposit this is.
    losing = [zone for zone in zones if _loses_names(load, zone)]
    return Header(line=1, tld=None, zones=tuple(losing or zones), counts={})


def list_zones(load: Load) -> tuple[str, ...]:
    """Give the zones that the deposit fills."""
    return tuple(name for (name,) in load.rows("SELECT name FROM import_fill ORDER BY name"))


def check_known(load: Load, zones: tuple[str, ...], *, replace: bool) -> None:
    """Refuse a FULL for a zone that the store holds, unless it shall be replaced.

    Raises:
        RegistryError: ``EXISTS``.
    """
    if not load.full or replace:
        return
    for zone in zones:
        known = load.number(
            "SELECT count(*) FROM (SELECT 1 FROM zone WHERE name = :zone UNION ALL"
            " SELECT 1 FROM (SELECT 1 FROM domain WHERE zone = :zone LIMIT 1) d) z",
            zone=zone,
        )
        if known:
            raise RegistryError(
                Code.EXISTS,
                f"The store already holds the zone {zone}; --replace swaps its names for"
                " those of this deposit.",
                field="replace",
            )


def check_chain(load: Load, header: Header) -> None:
    """Refuse a DIFF or INCR that doesn't follow what was loaded last (8.1.4, D-29).

    Raises:
        DepositDefect: ``wrong-previous``.
    """
    if load.full:
        return
    column = "last_full" if load.envelope.type == "INCR" else "last_deposit"
    zones = header.zones or list_zones(load)
    for zone in zones:
        row = load.rows(f"SELECT {column} FROM zone WHERE name = :zone", zone=zone)
        last = row[0][0] if row else None
        told = load.envelope.previous
        # RFC 8909 §5: prevId may be left out of an INCR, which counts from the last FULL.
        if last is None:
            sentence = f"the store holds no FULL deposit of {zone} for it to follow"
        elif told is None and load.envelope.type == "DIFF":
            sentence = f"it names no previous deposit; the last one loaded is {last}"
        elif told not in {None, last}:
            sentence = f"it follows deposit {told}, and the last one loaded is {last}"
        else:
            continue
        load.notes.tolerates(Defect.WRONG_PREVIOUS, sentence, line=1, subject="deposit")


def write_zones(load: Load) -> None:
    """Remember what was loaded."""
    full = "excluded.last_full" if load.full else "zone.last_full"
    load.run(
        "INSERT INTO zone (name, last_full, last_deposit, watermark)"
        " SELECT name, CAST(:full AS TEXT), CAST(:deposit AS TEXT), CAST(:watermark AS BIGINT)"
        " FROM import_fill WHERE true"
        f" ON CONFLICT (name) DO UPDATE SET last_full = {full},"
        " last_deposit = excluded.last_deposit, watermark = excluded.watermark",
        full=load.envelope.id if load.full else None,
        deposit=load.envelope.id,
        watermark=load.watermark,
    )


def _below(zone: str) -> str:
    """Give the LIKE pattern of the names below *zone*."""
    return "%." + zone.replace("!", "!!").replace("_", "!_").replace("%", "!%")


def _is_within(zone: str, own: tuple[str, ...]) -> bool:
    return any(zone == one or zone.endswith(f".{one}") for one in own)
