"""``rdds serve``: both doors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from rdds.cli.commands import Command
from rdds.cli.options import TEXT, Number
from rdds.cli.session import Session, pass_session

if TYPE_CHECKING:
    from rdds.settings import Endpoint, Settings

__all__ = ["serve"]


@click.command(
    cls=Command,
    stops_itself=True,
    examples="""
        rdds serve --demo
        rdds serve --whois 0.0.0.0:43 --rdap off --workers 4""",
)
@click.option("--demo", is_flag=True, help="Load the shipped sample into an empty store first.")
@click.option(
    "--whois", type=TEXT, metavar="HOST:PORT", help="Where WHOIS listens; port 0: any; or off."
)
@click.option(
    "--rdap", type=TEXT, metavar="HOST:PORT", help="Where RDAP listens; port 0: any; or off."
)
@click.option(
    "--workers",
    type=Number(1, 256),
    default=1,
    show_default=True,
    metavar="N",
    help="Worker processes.",
)
@pass_session
def serve(
    session: Session, *, demo: bool, whois: str | None, rdap: str | None, workers: int
) -> int:
    """Run both doors until TERM or INT.

    HUP reads certificates and settings anew; bad ones leave the old ones in force.
    """
    from rdds.serve import run_serve

    whois_at, rdap_at = _endpoints(whois, "--whois"), _endpoints(rdap, "--rdap")

    def with_addresses(settings: Settings) -> Settings:
        if whois_at is not None:
            settings = replace(settings, whois=replace(settings.whois, listen=whois_at))
        if rdap_at is not None:
            settings = replace(settings, rdap=replace(settings.rdap, listen=rdap_at))
        return settings

    def reload() -> Settings:
        import os

        from rdds.settings import reload_settings

        return with_addresses(reload_settings(session.settings(), os.environ))

    return run_serve(with_addresses(session.settings()), reload=reload, demo=demo, workers=workers)


def _endpoints(line: str | None, option: str) -> tuple[Endpoint, ...] | None:
    from rdds.settings import parse_listen

    if line is None:
        return None
    try:
        return parse_listen([line])
    except ValueError as error:
        raise click.BadParameter(f"{line!r} {error}", param_hint=option) from error
