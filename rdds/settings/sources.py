"""Where settings come from: a TOML file and variables, each value with its origin."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rdds.settings.readers import Reader, nearest
from rdds.settings.tree import SECTIONS
from rdds.settings.zones import ZONE_READERS
from store.errors import Code, RegistryError
from store.names import ascii_name

__all__ = ["Given", "find_file", "from_file", "from_variables", "refusal"]

SEARCHED = ("rdds.toml", "/etc/rdds/rdds.toml")
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One raw value: a section (or ``zones`` and a zone's name), a key, and its origin."""

    section: str
    zone: str | None
    key: str
    raw: object
    origin: str

    @property
    def dotted(self) -> str:
        """Give the key's full name, ``zones.co.example.role`` or ``whois.patience``."""
        return ".".join(part for part in (self.section, self.zone, self.key) if part)


def refusal(key: str, sentence: str, origin: str | None = None, *, hint: str = "") -> RegistryError:
    """Make the refusal of the setting *key*: a sentence's end, the value's origin, a hint."""
    where = f" ({origin})" if origin and origin != "default" else ""
    return RegistryError(Code.SETTINGS, f"{key} {sentence}{where}{hint or '.'}", field=key)


def reader_of(section: str, key: str) -> Reader[object] | None:
    """Give the reader of *key*, or ``None`` where there is no such key."""
    if section == "zones":
        return ZONE_READERS.get(key)
    declared = {each.name: each for each in fields(SECTIONS[section])}
    return declared[key].metadata["reader"] if key in declared else None


def find_file(asked: Path | None, variables: Mapping[str, str]) -> Path | None:
    """Give the settings file to read: *asked*, ``RDDS_CONFIG``, the usual places, or none.

    Raises:
        RegistryError: ``SETTINGS`` where a file that was named isn't there.
    """
    named = asked or (Path(variables["RDDS_CONFIG"]) if variables.get("RDDS_CONFIG") else None)
    if named is not None:
        return named
    return next((path for path in map(Path, SEARCHED) if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    """Tell whether a file was found at *path*; a folder that is closed to us has none."""
    try:
        return path.exists()
    except PermissionError:
        return False


def from_file(path: Path) -> list[Given]:
    """Read a TOML file's values.

    Raises:
        RegistryError: ``SETTINGS`` for a file that can't be read, is no TOML, or has an
            unknown section or key.
    """
    origin = f"file {path}"
    given: list[Given] = []
    for section, table in _toml(path).items():
        if section != "zones" and section not in SECTIONS:
            hint = nearest(section, [*SECTIONS, "zones"])
            raise refusal(section, "is no section", origin, hint=hint)
        if not isinstance(table, dict):
            raise refusal(section, "is a section, not a value", origin)
        zones = _zone_tables(table, origin) if section == "zones" else [(None, table)]
        for zone, keys in zones:
            for key, raw in keys.items():
                value = Given(section=section, zone=zone, key=key, raw=raw, origin=origin)
                given.append(_known(value))
            if zone is not None and not keys:  # named, with all of the profile's values
                given.append(
                    Given(section="zones", zone=zone, key="profile", raw="gtld", origin=origin)
                )
    return given


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise RegistryError(
            Code.SETTINGS, f"The settings file {path} can't be read: {error.strerror}."
        ) from error
    if len(content) > _MOST_BYTES:
        raise RegistryError(Code.SETTINGS, f"The settings file {path} is too large.")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise RegistryError(Code.SETTINGS, f"{path} is not TOML: {reason}.") from error


def _zone_tables(table: dict[str, Any], origin: str) -> list[tuple[str, dict[str, Any]]]:
    zones: dict[str, dict[str, Any]] = {}
    for typed, keys in table.items():
        zone = _zone_name(typed, origin)
        if not isinstance(keys, dict):
            raise refusal(f"zones.{zone}", "is a section, not a value", origin)
        if zone in zones:
            raise refusal(f"zones.{zone}", "is named twice", origin)
        nested = [key for key, value in keys.items() if isinstance(value, dict)]
        if nested and reader_of("zones", nested[0]) is None:
            name = f'[zones."{typed}.{nested[0]}"]'
            raise refusal(f"zones.{zone}", f"has a section; quote names with dots: {name}", origin)
        zones[zone] = keys
    return list(zones.items())


def _zone_name(typed: str, origin: str) -> str:
    try:
        return ascii_name(typed)
    except RegistryError as error:
        raise refusal(
            "zones", f"names a zone that is no legal domain name: {typed!r}", origin
        ) from error


def _known(value: Given) -> Given:
    if reader_of(value.section, value.key) is None:
        known = (
            list(ZONE_READERS)
            if value.section == "zones"
            else [declared.name for declared in fields(SECTIONS[value.section])]
        )
        hint = nearest(value.key, known)
        raise refusal(value.dotted, "is no setting", value.origin, hint=hint)
    return value


def from_variables(variables: Mapping[str, str], zones: frozenset[str]) -> list[Given]:
    """Read the ``RDDS_`` variables; *zones* are those a file names.

    A zone's variable is ``RDDS_ZONES_<NAME>_<KEY>`` with dots and hyphens of the name as
    underscores; a zone that no file names has dots there.

    Raises:
        RegistryError: ``SETTINGS`` for an unknown variable.
    """
    plain = {
        f"RDDS_{section}_{declared.name}".upper(): (section, declared.name)
        for section, kind in SECTIONS.items()
        for declared in fields(kind)
    }
    given = []
    for name in sorted(variables):
        if not name.startswith("RDDS_") or name == "RDDS_CONFIG":
            continue
        place = plain.get(name)
        section, zone, key = (
            (place[0], None, place[1]) if place else _zone_place(name, zones, plain)
        )
        reader = reader_of(section, key)
        assert reader is not None  # noqa: S101 - both look-ups give known keys only
        raw = reader.spell(variables[name])
        given.append(Given(section=section, zone=zone, key=key, raw=raw, origin=f"variable {name}"))
    return given


def _zone_place(
    name: str, zones: frozenset[str], plain: Mapping[str, object]
) -> tuple[str, str, str]:
    rest = name.removeprefix("RDDS_ZONES_")
    keys = sorted(ZONE_READERS, key=len, reverse=True)
    key = next((key for key in keys if rest.endswith(f"_{key.upper()}")), None)
    if rest == name or key is None:
        known = [*plain, "RDDS_CONFIG"]
        if rest != name:
            known = [
                f"RDDS_ZONES_{rest.rsplit('_', key.count('_') + 1)[0]}_{key.upper()}"
                for key in keys
            ]
        raise RegistryError(
            Code.SETTINGS, f"The variable {name} is no setting{nearest(name, known)}", field=name
        )
    spelled = rest.removesuffix(f"_{key.upper()}")
    named = {zone.upper().replace(".", "_").replace("-", "_"): zone for zone in sorted(zones)}
    zone = named.get(spelled) or _zone_name(spelled.replace("_", "."), f"variable {name}")
    return "zones", zone, key
