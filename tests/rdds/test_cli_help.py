"""What every command has: help with an example, --json, and --dry-run where it writes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rdds.cli.root import root
from tests.rdds.conftest import Rdds


def commands() -> Iterator[tuple[str, ...]]:
    """Give the words of every command and group."""

    def below(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            yield (*words, name)
            if isinstance(command, click.Group):
                yield from below(command, (*words, name))

    yield ()
    yield from below(root, ())


ALL = list(commands())
WRITING = {"create", "update", "delete", "transfer", "add", "remove", "import", "upgrade"}
WRITING |= {"lock", "resend", "withdraw", "consent", "housekeep"}

# interface.md, Commands: those that exist so far.
INTERFACE = {
    *("serve", "import", "generate", "check", "history"),
    *(f"contact {verb}" for verb in ("create", "update", "show", "list", "delete")),
    *(f"domain {verb}" for verb in ("create", "update", "lock", "transfer", "show", "list")),
    *("domain delete", "housekeep", "report contacts"),
    *(f"registrant-change {verb}" for verb in ("list", "show", "resend", "withdraw", "consent")),
    *(f"host {verb}" for verb in ("create", "update", "show", "delete")),
    *(f"registrar {verb}" for verb in ("create", "update", "show", "list", "delete")),
    *(
        f"privacy-service {verb}"
        for verb in ("create", "update", "show", "list", "delete", "aliases")
    ),
    *(f"reserved-name {verb}" for verb in ("add", "remove", "list")),
    *("store upgrade", "store version", "store backup", "settings show", "settings check"),
    "settings adopt",
}


def test_commands_are_those_of_the_interface() -> None:
    """There is every command of the interface, and none beside."""
    found = {" ".join(words) for words in ALL}
    groups = {words[0] for words in ALL if len(words) == 2} | {""}
    assert found - groups == INTERFACE


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_has_an_example(rdds: Rdds, words: tuple[str, ...]) -> None:
    """Every command explains itself with a command line that can be typed."""
    run = rdds(*words, "--help")
    assert (run.status, run.err) == (0, "")
    example = run.out.partition("Example:\n")[2]
    assert example.strip().startswith("rdds ")
    assert " ".join(words) in example


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_example_is_understood(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example of a command's help has only words and options that exist."""
    monkeypatch.chdir(tmp_path)
    for name in ("example-full.xml", "example-full.xml.gz"):
        (tmp_path / name).touch()
    command: click.Command = root
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    assert command.epilog is not None
    for line in command.epilog.partition("Example:\n")[2].splitlines():
        for part in line.replace(">", "--output").split("|"):
            _parse(shlex.split(part)[1:])


def _parse(words: list[str]) -> None:
    """Parse *words* as the command line does, without doing anything."""
    command: click.Command = root
    context = None
    while True:
        context = command.make_context(None, words, parent=context, resilient_parsing=False)
        if not isinstance(command, click.Group):
            return
        _, found, words = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert found is not None
        command = found


@pytest.mark.parametrize("words", [w for w in ALL if w and w[-1] in WRITING], ids=" ".join)
def test_writing_command_has_a_dry_run(rdds: Rdds, words: tuple[str, ...]) -> None:
    """Whatever writes the store can be tried without its commit."""
    assert "--dry-run" in rdds(*words, "--help").out


def test_help_loads_no_heavy_library() -> None:
    """The help is quick: no database, XML or HTTP library is loaded for it."""
    script = (
        "import sys; from rdds.cli import main; status = main(['--help']);"
        "heavy = {'sqlalchemy', 'lxml', 'aiohttp', 'phonenumbers', 'pycountry', 'idna'};"
        "sys.exit(status or ' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_version_is_printed(rdds: Rdds) -> None:
    """The program tells its version."""
    run = rdds("--version")
    assert run.status == 0
    assert run.out.startswith("rdds ")
