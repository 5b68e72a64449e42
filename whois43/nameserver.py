"""The record of a name server, and a list of them (conformance.md 6.6, 6.2.5)."""

from __future__ import annotations

from store.published import PublishedHost
from whois43.lines import put

__all__ = ["host_lines", "hosts_lines"]

MOST_HOSTS = 1000  # an answer fits in a socket's buffers, whatever an address serves


def host_lines(host: PublishedHost) -> list[str]:
    """Give the record of *host*; one without addresses has no ``IP Address`` line."""
    lines: list[str] = []
    put(lines, "Server Name", host.name.upper())
    lines += [f"IP Address: {address}" for address in host.addresses]
    if host.registrar is not None:
        put(lines, "Registrar", host.registrar.name)
        put(lines, "Registrar WHOIS Server", host.registrar.whois_server)
        put(lines, "Registrar URL", host.registrar.url)
    return lines


def hosts_lines(hosts: tuple[PublishedHost, ...]) -> list[str]:
    """Give the records of *hosts*, a blank line between two of them.

    A list longer than an answer may be says how much of it is missing.
    """
    lines: list[str] = []
    for host in hosts[:MOST_HOSTS]:
        if lines:
            lines.append("")
        lines += host_lines(host)
    if len(hosts) > MOST_HOSTS:
        lines += ["", f"{len(hosts) - MOST_HOSTS} more name servers are not shown."]
    return lines or ["No nameservers found."]
