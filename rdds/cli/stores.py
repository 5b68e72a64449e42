"""``rdds store``: migrations, version, backup."""

from __future__ import annotations

from pathlib import Path

import click

from rdds.cli.commands import Group, dry_run_option
from rdds.cli.output import print_json, write_line
from rdds.cli.session import Session, pass_session

__all__ = ["store"]


@click.group(cls=Group, examples="rdds store version")
def store() -> None:
    """The store itself: its schema and copies of it."""


@store.command(examples="rdds store upgrade")
@dry_run_option
@pass_session
def upgrade(session: Session, *, dry_run: bool) -> None:
    """Bring the store's schema to this program's; make the store if there is none."""
    from rdds.upkeep import schema_of, upgrade_store

    read = session.settings().database
    before = schema_of(read.url)
    after = upgrade_store(read.url, public_url=read.public_url, dry_run=dry_run)
    if session.as_json:
        print_json({"dry_run": dry_run, "before": before, "schema": after})
        return
    said = "would be" if dry_run else "is"
    write_line(f"The store's schema {said} {after} (before: {before or 'none'}).")


@store.command(examples="rdds store version")
@pass_session
def version(session: Session) -> None:
    """Print the schema's revision and the program's version."""
    from importlib.metadata import version as version_of

    from rdds.upkeep import schema_of
    from store.errors import Code, StoreUnavailableError

    found, program = schema_of(session.settings().database.url), version_of("rdds")
    if found is None:
        raise StoreUnavailableError(
            "There is no store; `rdds store upgrade` makes one.", code=Code.STORE_MISSING
        )
    if session.as_json:
        print_json({"schema": found, "program": program})
    else:
        write_line(f"schema {found}, program {program}")


@store.command(examples="rdds store backup /var/upkeep/rdds.sqlite3")
@click.argument("file", type=click.Path(path_type=Path))
@pass_session
def backup(session: Session, *, file: Path) -> None:
    """Write a consistent copy of the store to FILE, also while it serves."""
    from rdds.upkeep import backup_store

    size = backup_store(session.settings().database.url, file)
    if session.as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        write_line(f"The store is copied to {file}, {size:,} bytes.")
