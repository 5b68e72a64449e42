"""Settings of the RDAP door."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rdap.forwarding import X_FORWARDED_FOR, Network
from rdap.search.offers import Offers
from store.errors import Code, RegistryError

__all__ = ["RdapDoor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RdapDoor:
    """How the RDAP door presents and protects itself.

    ``public_url`` is the base of every link, absolute, ASCII, ending in ``/``;
    its path, ``prefix``, is what requests begin with (interface.md, Addresses).
    ``patience`` is in seconds: the time a client has for a complete request, for
    the next one on the same connection, and for taking an answer. Machines in
    ``trusted_proxies`` are believed what the header field ``client_field`` says.
    ``searches`` are those that are on. ``limits`` are sentences for help about how much
    one client may ask, none where nothing limits.

    Raises:
        RegistryError: ``SETTINGS`` for a ``public_url`` that no link can start with.
    """

    public_url: str
    patience: float = 30.0
    most_connections: int = 1000
    trusted_proxies: tuple[Network, ...] = ()
    client_field: str = X_FORWARDED_FOR
    searches: Offers = field(default_factory=Offers)
    limits: tuple[str, ...] = ()
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prefix", _prefix(self.public_url))


def _prefix(public_url: str) -> str:
    sound = (
        public_url.isascii() and public_url.isprintable() and not set(' "<>\\') & set(public_url)
    )
    try:
        parts = urlsplit(public_url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        sound = False
    if (
        not sound
        or not port_is_sound
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.username is not None
        or not parts.path.endswith("/")
        or "?" in public_url
        or "#" in public_url
    ):
        raise RegistryError(
            Code.SETTINGS,
            "The public URL is an absolute http or https URL that ends in a slash.",
            field="public_url",
        )
    return parts.path
