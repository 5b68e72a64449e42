"""What is allowed and probably not meant: who waits in vain, and what others may do or see."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from rdds.posting import sender_here
from rdds.settings.tree import Settings

__all__ = ["list_approval_warnings", "list_resend_warnings", "list_warnings"]


def list_warnings(settings: Settings) -> Iterator[str]:
    """Give a sentence for each thing that an operator should know, in a stable order."""
    if settings.mail.smtp_url is not None and settings.mail.sender is None:
        yield f"Mail comes from {sender_here()}, and bounces go there: mail.sender is not set."
    if settings.sms.token is not None and settings.sms.url is None:
        yield "No SMS leaves: sms.token is set and sms.url is not."
    yield from _limit_warnings(settings)
    yield from _exposure_warnings(settings)
    yield from list_approval_warnings(settings)


def list_approval_warnings(settings: Settings) -> Iterator[str]:
    """Say why a change of registrant that waits for approval may wait in vain."""
    lack = _lack_of_mail(settings)
    for reason in (lack, _lack_of_page(settings)):
        if reason is not None and (zones := _asking(settings)):
            yield f"A new registrant must be approved in {zones}, and {reason}."


def list_resend_warnings(settings: Settings, *, channel: str) -> Iterator[str]:
    """Say why a question that was queued for *channel*, ``email`` or ``sms``, may not arrive."""
    if channel == "sms":
        lack = None if settings.sms.url is not None else "no SMS can ask for it: sms.url is not set"
    else:
        lack = _lack_of_mail(settings)
    for reason in (lack, _lack_of_page(settings)):
        if reason is not None:
            yield f"The answer may never come, for {reason}."


def _limit_warnings(settings: Settings) -> Iterator[str]:
    """Say where every client of RDAP would have the address of one proxy."""
    limits, rdap = settings.limits, settings.rdap
    ended_elsewhere = (rdap.public_url or "").startswith("https:") and rdap.tls_certificate is None
    limited = limits.questions or limits.persons or limits.connections
    if rdap.listen and ended_elsewhere and limited and not limits.trusted_proxies:
        yield (
            "All clients of RDAP count as one: a proxy ends their TLS, as rdap.public_url and no "
            "certificate say, and limits.trusted_proxies names none."
        )


def _exposure_warnings(settings: Settings) -> Iterator[str]:
    """Say where strangers are believed what they say, or see what is the operator's."""
    for network in settings.limits.trusted_proxies:
        if network.prefixlen == 0:
            yield (
                f"Clients can escape their limits: by {network} in limits.trusted_proxies every "
                f"IPv{network.version} address is believed when it names another client."
            )
    for endpoint in settings.operations.listen:
        if _is_public(endpoint.host):
            yield (
                f"Metrics have no password, and strangers may reach {endpoint}, which "
                "operations.listen names: it is neither loopback nor private."
            )


def _asking(settings: Settings) -> str:
    zones = settings.registry_policy().zones
    return ", ".join(sorted(zone for zone in zones if zones[zone].change_profile.approved))


def _lack_of_mail(settings: Settings) -> str | None:
    if settings.mail.smtp_url is not None:
        return None
    return "no mail can ask for it: mail.smtp_url is not set"


def _lack_of_page(settings: Settings) -> str | None:
    """Say why a link would lead nowhere; where it leads without a public URL is the listener."""
    listeners, public_url = settings.pages.listen, settings.pages.public_url
    if not listeners:
        if public_url is not None:
            return "no page is served here for it: pages.listen is not set"
        return "there is no page to approve on: neither pages.listen nor pages.public_url is set"
    if public_url is not None:
        return None
    host = listeners[0].host
    if _is_any(host):
        return (
            f"links lead to {listeners[0]}, which is nobody's address: pages.public_url is not set"
        )
    if _is_here(host) and _reaches_others(settings):
        return (
            f"links lead to {listeners[0]}, which this machine alone reaches: "
            "pages.public_url is not set"
        )
    return None


def _reaches_others(settings: Settings) -> bool:
    """Tell whether messages go to another machine; one that stays here may be for trials."""
    urls = (settings.mail.smtp_url, settings.sms.url)
    return any(not _is_here(urlsplit(url).hostname or "localhost") for url in urls if url)


def _is_any(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    """Tell whether *host* is an address that others may reach; of a name nothing is known."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_unspecified or address.is_global


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
