"""Settings: TOML and variables, one frozen tree, every value with its origin."""

from rdds.settings.addresses import Endpoint, parse_listen
from rdds.settings.loading import load_settings, reload_settings
from rdds.settings.tree import Settings

__all__ = ["Endpoint", "Settings", "load_settings", "parse_listen", "reload_settings"]
