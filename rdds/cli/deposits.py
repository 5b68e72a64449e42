"""``rdds import`` and ``rdds generate``: escrow deposits in, synthetic ones out."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from rdds.cli.commands import Command, dry_run_option
from rdds.cli.options import TEXT, Number, Word, several
from rdds.cli.output import print_json
from rdds.cli.session import Session, actor, pass_session

if TYPE_CHECKING:
    from store.deposit.importing import ImportSummary, Progress

__all__ = ["generate", "import_deposits"]


def _tolerable() -> list[str]:
    from store.deposit.defects import Defect

    return [defect.value for defect in Defect]


@click.command(
    "import",
    cls=Command,
    examples="""
        rdds import example-full.xml.gz
        rdds import --replace example-full.xml
        rdds generate --domains 1000 | rdds import -""",
)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
)
@click.option("--replace", is_flag=True, help="Swap the names of a zone that the store holds.")
@several(
    "--tolerate",
    kind=Word("defect", _tolerable, clears=False),
    metavar="DEFECT",
    text="Let this known defect pass; again for more.",
)
@click.option("--strict", is_flag=True, help="Refuse values that break the entry rules.")
@dry_run_option
@pass_session
def import_deposits(
    session: Session,
    *,
    files: tuple[str, ...],
    replace: bool,
    tolerate: tuple[str, ...],
    strict: bool,
    dry_run: bool,
) -> None:
    """Load escrow deposits (RDE).

    Full, incremental and differential ones, as XML, plain or gzip, or - for standard
    input; each is loaded whole or not at all.
    """
    from rdds.cli.imported import print_summary, summary_object
    from rdds.importing import Try, import_file, try_files
    from store.deposit.defects import Defect
    from store.deposit.importing import ImportOptions

    options = ImportOptions(
        replace=replace,
        tolerate=frozenset(map(Defect, tolerate)),
        strict=strict,
        actor=actor().name,
        repository=session.settings().registry.repository,
        policy=session.settings().registry_policy(),
    )
    done: list[tuple[str, ImportSummary]] = []

    def load_each(load: Try) -> None:
        for file in files:
            with _blamed(file, files), _opened(file) as stream, _progress(file) as progress:
                done.append((file, load(stream, progress)))
            if not session.as_json and not dry_run:
                print_summary(*done[-1], dry_run=False)

    try:
        with session.editing(dry_run=dry_run) as database:
            if dry_run:
                try_files(database, options, load_each)
            else:
                load_each(
                    lambda stream, progress: import_file(
                        database, stream, options, progress=progress
                    )
                )
    finally:  # what was loaded before a defect in a later file stays, and is told
        if session.as_json and done:
            print_json({"items": [summary_object(*each, dry_run=dry_run) for each in done]})
        elif dry_run:
            for each in done:
                print_summary(*each, dry_run=True)


@contextmanager
def _blamed(file: str, files: tuple[str, ...]) -> Iterator[None]:
    """Name the *file* in a refusal, where there are several."""
    from store.errors import RegistryError

    try:
        yield
    except RegistryError as error:
        if len(files) > 1:
            error.message = f"{file}: {error.message}"
        raise


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin is None:
            raise click.UsageError("There is no standard input to read.")
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise click.UsageError(f"{file} can't be read: {error.strerror}.") from error
    with stream:
        yield stream


@contextmanager
def _progress(file: str) -> Iterator[Callable[[Progress], None] | None]:
    """Show how far the import of *file* is, on a terminal alone."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rdds.cli.imported import progress_line

    total = Path(file).stat().st_size if Path(file).suffix == ".xml" else 0

    def show(progress: Progress) -> None:
        click.echo(f"\r\x1b[K{progress_line(progress, total)}", nl=False, err=True)

    try:
        yield show
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


@click.command(
    cls=Command,
    examples="""
        rdds generate --domains 1000 --output example.xml
        rdds generate --domains 100000 --zone co.example --seed 7 > co.xml""",
)
@click.option(
    "--domains",
    type=Number(0, 100_000_000),
    required=True,
    metavar="N",
    help="How many names.",
)
@click.option("--zone", type=TEXT, default="example", show_default=True, help="Their zone.")
@click.option(
    "--seed",
    type=Number(0, 2**63 - 1),
    default=0,
    show_default=True,
    metavar="S",
    help="The same seed gives the same bytes.",
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to."
)
@pass_session
def generate(session: Session, *, domains: int, zone: str, seed: int, output: Path | None) -> None:
    """Write a valid synthetic full deposit."""
    from store.deposit.generate import write_deposit
    from store.names import ascii_name

    name = ascii_name(zone)
    if output is None:
        if session.as_json:
            raise click.UsageError("--json needs --output: standard output holds the deposit.")
        if sys.stdout is not None:
            write_deposit(sys.stdout.buffer, domains=domains, zone=name, seed=seed)
        return
    with _written(output) as stream:
        write_deposit(stream, domains=domains, zone=name, seed=seed)
    if session.as_json:
        print_json({"file": str(output), "domains": domains, "zone": name, "seed": seed})


@contextmanager
def _written(output: Path) -> Iterator[BinaryIO]:
    """Give a file that takes the name *output* once it is whole; a device is written as it is."""
    if output.exists() and not stat.S_ISREG(output.stat().st_mode):
        with output.open("wb") as stream:
            yield stream
        return
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{output.name}-"[:64], dir=output.parent)
    except OSError as error:  # whose name is that of a file which nobody asked for
        raise OSError(error.errno, error.strerror, str(output)) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        Path(beside).chmod(0o666 & ~umask)
        Path(beside).replace(output)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
