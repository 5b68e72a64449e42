"""``docs/commands.md`` against the program's own help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rdds.cli.root import root

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
EVERYWHERE = {"--json", "--dry-run", "--help"}


def _leaves(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _leaves(inner, (*words, name))
    else:
        arguments = (_argument(p) for p in command.params if isinstance(p, click.Argument))
        yield " ".join((*words, *arguments)), command


def _argument(argument: click.Argument) -> str:
    metavar = argument.metavar or (argument.name or "").upper()
    return metavar.replace("...", "…")


def _options(command: click.Command) -> set[str]:
    options = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
    return {option for option in options if option.startswith("--")}


def _sections() -> dict[str, str]:
    text = PAGE.read_text(encoding="utf-8")
    found = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
    return {title: _joined(body) for title, body in zip(found[1::2], found[2::2], strict=True)}


def _joined(body: str) -> str:
    """Give a section's own text: up to the next heading, on one line."""
    return " ".join(re.split(r"^#", body, flags=re.MULTILINE)[0].split())


def _address_options() -> set[str]:
    text = PAGE.read_text(encoding="utf-8")
    (paragraph,) = re.findall(r"\*\*Address options\*\*.*?\n\n", text, flags=re.DOTALL)
    return set(OPTION.findall(paragraph))


COMMANDS = dict(_leaves(root, ()))


def test_manual_lists_exactly_the_commands() -> None:
    """Every command has a section with its arguments, and no section is without a command."""
    assert sorted(_sections()) == sorted(COMMANDS)


@pytest.mark.parametrize("title", sorted(COMMANDS))
def test_section_names_exactly_the_options(title: str) -> None:
    """A command's section names each of its options, and none that it lacks."""
    section = _sections().get(title, "")
    named = set(OPTION.findall(section))
    if "address options" in section:
        named |= _address_options()

    assert named - EVERYWHERE == _options(COMMANDS[title]) - EVERYWHERE


def test_global_options_are_in_the_manual() -> None:
    """What stands before COMMAND is in the manual's first part."""
    head = PAGE.read_text(encoding="utf-8").split("## Serving")[0]

    assert _options(root) - {"--help"} <= set(OPTION.findall(head))


@pytest.mark.parametrize("title", sorted(COMMANDS))
def test_help_has_an_example(title: str) -> None:
    """Every command's help ends with an example of that very command."""
    words = [
        word for word in title.split() if word.isascii() and word.islower() and "|" not in word
    ]

    assert re.search(rf"rdds .*\b{' '.join(words)}", COMMANDS[title].epilog or "")
