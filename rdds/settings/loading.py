"""Reading the settings once: search order, variables over file, checks between values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from rdds.settings.sections import Database
from rdds.settings.sources import Given, find_file, from_file, from_variables, reader_of, refusal
from rdds.settings.tree import SECTIONS, Settings
from rdds.settings.zones import ZONE_READERS, zone_policy
from store.policy import ZonePolicy

__all__ = ["load_settings", "reload_settings"]


def load_settings(asked: Path | None, variables: Mapping[str, str]) -> Settings:
    """Read the settings that are in force.

    Args:
        asked: The file that the command line names, if any.
        variables: The environment; only names that begin with ``RDDS_`` are looked at.

    Raises:
        RegistryError: ``SETTINGS`` with the key's dotted name in ``field``.
    """
    file = find_file(asked, variables)
    given = from_file(file) if file is not None else []
    zones = frozenset(value.zone for value in given if value.zone is not None)
    given += from_variables(variables, zones)  # later ones win
    by_place = {(value.section, value.zone, value.key): value for value in given}
    settings = Settings(
        **{section: _section(section, by_place.values()) for section in SECTIONS},
        zones=_zones(by_place.values()),
        origins=_origins(by_place.values()),
        asked=asked,
        file=file,
    )
    _check_together(settings)
    return settings


def reload_settings(settings: Settings, variables: Mapping[str, str]) -> Settings:
    """Read anew what *settings* were read from.

    Raises:
        RegistryError: as :func:`load_settings`.
    """
    return load_settings(settings.asked, variables)


def _read(value: Given) -> object:
    reader = reader_of(value.section, value.key)
    if reader is None:
        raise refusal(value.dotted, "is no setting", value.origin)
    try:
        return reader.read(value.raw)
    except ValueError as error:
        raise refusal(value.dotted, str(error), value.origin) from error


def _section(name: str, given: Iterable[Given]) -> Any:
    values = {value.key: _read(value) for value in given if value.section == name}
    return SECTIONS[name](**values)


def _zones(given: Iterable[Given]) -> dict[str, ZonePolicy]:
    by_zone: dict[str, dict[str, object]] = {}
    origins: dict[str, str] = {}
    for value in given:
        if value.zone is not None:
            by_zone.setdefault(value.zone, {})[value.key] = _read(value)
            origins[value.dotted] = value.origin
    return {
        zone: zone_policy(
            values,
            lambda key, sentence, zone=zone: refusal(  # type: ignore[misc]
                f"zones.{zone}.{key}", sentence, origins.get(f"zones.{zone}.{key}")
            ),
        )
        for zone, values in by_zone.items()
    }


def _origins(given: Iterable[Given]) -> dict[str, str]:
    given = list(given)
    origins = {
        f"{section}.{declared.name}": "default"
        for section, kind in SECTIONS.items()
        for declared in fields(kind)
    }
    zones = dict.fromkeys(value.zone for value in given if value.zone is not None)
    for zone in zones or ("example",):
        origins |= {f"zones.{zone}.{key}": "default" for key in ZONE_READERS}
    return origins | {value.dotted: value.origin for value in given}


def _check_together(settings: Settings) -> None:
    origins = settings.origins
    if (settings.rdap.tls_certificate is None) != (settings.rdap.tls_key is None):
        missing = "tls_key" if settings.rdap.tls_key is None else "tls_certificate"
        raise refusal(f"rdap.{missing}", "is not set: a certificate and its key go together")
    for name, door in (("whois", settings.whois), ("rdap", settings.rdap)):
        if door.proxy_protocol and not settings.limits.trusted_proxies:
            key = f"{name}.proxy_protocol"
            raise refusal(key, "needs the proxies named in limits.trusted_proxies", origins[key])
    if settings.log.client_days and settings.log.questions_file is None:
        # What has left by standard error nobody can take addresses out of.
        key = "log.client_days"
        raise refusal(key, "needs a file to forget them in: log.questions_file", origins[key])
    days = settings.lifecycle
    if days.pending_delete_effective >= days.pending_delete_expiry:
        key = "lifecycle.pending_delete_effective"
        raise refusal(key, "is not less than lifecycle.pending_delete_expiry", origins[key])
    searches = settings.rdap.searches or ()
    if "all" in searches and len(searches) > 1:
        raise refusal("rdap.searches", "has `all` beside others", origins["rdap.searches"])
    _check_database(settings.database, origins)


def _check_database(database: Database, origins: Mapping[str, str]) -> None:
    for name, value in (("public_url", database.public_url), ("read_urls", database.read_urls)):
        if value and database.url.startswith("sqlite:"):
            key = f"database.{name}"
            raise refusal(key, "is for PostgreSQL; database.url is SQLite", origins[key])
    key = "database.old_answers"
    if database.old_answers and not database.read_urls:
        raise refusal(key, "is for the servers of database.read_urls", origins[key])
    if 0 < database.old_answers <= database.lease:
        raise refusal(key, "is not more than database.lease", origins[key])
