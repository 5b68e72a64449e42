"""The command ``rdds`` itself and the list of its commands."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from rdds.cli.commands import Group
from rdds.cli.session import Session, pass_session

__all__ = ["root"]

# Each command stands in a file of its own, imported when it is asked for.
COMMANDS = {
    "serve": "serving:serve",
    "import": "deposits:import_deposits",
    "generate": "deposits:generate",
    "contact": "contacts:contact",
    "domain": "domains:domain",
    "host": "hosts:host",
    "registrar": "registrars:registrar",
    "privacy-service": "privacy_services:privacy_service",
    "registrant-change": "registrant_changes:registrant_change",
    "reserved-name": "reserved_names:reserved_name",
    "history": "history:history",
    "report": "reports:report",
    "housekeep": "housekeep:housekeep",
    "check": "checking:check",
    "store": "stores:store",
    "settings": "settings:settings",
}


class Root(Group):
    """The top group, which imports a command's file when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the commands in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command *cmd_name*."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"rdds.cli.{module}"), name)
        return command


def _version(context: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        from importlib.metadata import version

        click.echo(f"rdds {version('rdds')}")
        context.exit()


@click.command(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples="""
        rdds serve --demo
        rdds contact update AROHA1 --voice +64.48312000
        rdds domain show shop.example""",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A TOML settings file; else RDDS_CONFIG, ./rdds.toml, /etc/rdds/rdds.toml.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the program's version.",
)
@pass_session
def root(session: Session, config: Path | None) -> None:
    """WHOIS and RDAP for registries and registrars, from one live contact store."""
    session.asked = config
