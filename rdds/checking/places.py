"""Which doors to ask: the ones a person names, else the ones of the settings."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rdds.checking.doors import RdapDoorAt, WhoisDoorAt
from rdds.settings.addresses import Endpoint, base_url
from store.errors import Code, RegistryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdds.settings import Settings

__all__ = ["rdap_door", "whois_door"]


def whois_door(settings: Settings, address: str | None) -> WhoisDoorAt:
    """Give the WHOIS door at *address* (``HOST:PORT``), by default the settings' first.

    Raises:
        RegistryError: ``USAGE`` for an address that is none, or where the settings have none.
    """
    if address is None:
        endpoint = _listening(settings.whois.listen, "whois")
    else:
        try:
            endpoint = Endpoint.parse(address)
        except ValueError as error:
            raise RegistryError(Code.USAGE, f"--whois {error}.", field="whois") from error
    return WhoisDoorAt(
        host=_reachable(endpoint.host), port=endpoint.port, public_name=settings.whois.public_name
    )


def rdap_door(settings: Settings, url: str | None) -> RdapDoorAt:
    """Give the RDAP door at the base *url*, by default the settings' first.

    The settings' door is asked where it listens, for the path of its public URL and,
    over TLS, as the host of that URL.

    Raises:
        RegistryError: ``USAGE`` for a URL that is none, or where the settings have none.
    """
    if url is not None:
        try:
            return RdapDoorAt(base=base_url(url))
        except ValueError as error:
            raise RegistryError(Code.USAGE, f"--rdap {error}.", field="rdap") from error
    rdap = settings.rdap
    endpoint = _listening(rdap.listen, "rdap")
    where = str(Endpoint(host=_reachable(endpoint.host), port=endpoint.port))
    public = urlsplit(rdap.public_url or "/")
    path = public.path or "/"
    if rdap.tls_certificate is None:
        return RdapDoorAt(base=f"http://{where}{path}")
    return RdapDoorAt(
        base=f"https://{where}{path}",
        server_name=public.hostname,
        authority=str(rdap.tls_certificate),
    )


def _listening(endpoints: Sequence[Endpoint], door: str) -> Endpoint:
    endpoint = next((each for each in endpoints if each.port), None)
    if endpoint is None:
        raise RegistryError(
            Code.USAGE, f"The settings name no port for it: say --{door}.", field=door
        )
    return endpoint


def _reachable(host: str) -> str:
    """Give loopback in the place of the address that means all of a machine's."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
