"""The shape of every command: examples under its help, ``--json`` before or after it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from rdds.cli.interrupts import unwound
from rdds.cli.session import Session

__all__ = ["Command", "Group", "dry_run_option", "wants_json"]

_JSON_HELP = "Print results as JSON, one object."


def _want_json(context: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        context.ensure_object(Session).as_json = True


def json_option() -> click.Option:
    """Make the option ``--json``."""
    return click.Option(
        ["--json"], is_flag=True, expose_value=False, callback=_want_json, help=_JSON_HELP
    )


def _epilog(examples: str) -> str:
    lines = "\n".join(f"  {line.strip()}" for line in examples.strip().splitlines())
    return f"\b\nExample:\n{lines}"  # click leaves the lines after its mark as they are


class _OnceEach(click.Command):
    """A command that refuses an option given again where it takes one value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*; click alone would keep the last value and drop the others."""
        words = list(args)  # click takes them off the list as it reads them
        rest = super().parse_args(ctx, args)
        _, _, order = self.make_parser(ctx).parse_args(words)
        seen: set[click.Parameter] = set()
        for option in order:
            if not _takes_one_value(option):
                continue
            if option in seen:
                raise click.BadParameter("given again; it takes one value.", ctx, option)
            seen.add(option)
        return rest


def _takes_one_value(option: click.Parameter) -> bool:
    return isinstance(option, click.Option) and not (option.multiple or option.is_flag)


class Command(_OnceEach):
    """A command with *examples*, one a line, each a full command line.

    One that *stops_itself* sees to TERM alone; any other unwinds at it, as at INT.
    """

    def __init__(
        self, *args: Any, examples: str = "", stops_itself: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.epilog = _epilog(examples)
        self.params.append(json_option())
        self._stops_itself = stops_itself

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it left half done is cleared away when TERM comes."""
        if self._stops_itself:
            return super().invoke(ctx)
        with unwound():
            return super().invoke(ctx)


class Group(_OnceEach, click.Group):
    """A group whose commands have examples, and which knows what a misspelled one meant."""

    command_class = Command

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epilog = _epilog(examples)
        self.params.append(json_option())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or refuse naming the nearest one."""
        name = args[0] if args else ""
        if args and self.get_command(ctx, name) is None and not name.startswith("-"):
            known = self.list_commands(ctx) if name else []  # nothing is near to nothing
            found = get_close_matches(name, known, n=1, cutoff=0.0)
            hint = f" Did you mean {found[0]}?" if found else ""
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


Group.group_class = Group


def wants_json(command: click.Command, words: Sequence[str]) -> bool:
    """Tell whether *words*, which need not be sound, ask for JSON.

    ``--json`` is no wish where an option before it takes it as its value.

    >>> wants_json(click.Command("show", params=[click.Option(["--org"])]), ["--org", "--json"])
    False
    """
    coming = iter(words)
    for word in coming:
        if word in {"--json", "--"}:
            return word == "--json"
        if word.startswith("-") and word != "-":
            if _takes_next(command, word):
                next(coming, None)
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            return "--json" in coming if found is None else wants_json(found, list(coming))
    return False


def _takes_next(command: click.Command, word: str) -> bool:
    return any(
        isinstance(option, click.Option) and word in option.opts and not option.is_flag
        for option in command.params
    )


def dry_run_option(command: Any) -> Any:
    """Give a writing command its ``--dry-run``."""
    return click.option(
        "--dry-run", is_flag=True, help="Do it all but the commit; print what would change."
    )(command)
