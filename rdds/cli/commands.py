"""The shape of every command: examples under its help, ``--json`` before or after it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from rdds.cli.session import Session

__all__ = ["Command", "Group", "dry_run_option"]

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


class Command(click.Command):
    """A command with *examples*, one a line, each a full command line."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.epilog = _epilog(examples)
        self.params.append(json_option())


class Group(click.Group):
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
            found = get_close_matches(name, self.list_commands(ctx), n=1, cutoff=0.0)
            hint = f" Did you mean {found[0]}?" if found else ""
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


Group.group_class = Group


def dry_run_option(command: Any) -> Any:
    """Give a writing command its ``--dry-run``."""
    return click.option(
        "--dry-run", is_flag=True, help="Do it all but the commit; print what would change."
    )(command)
