"""The record of a name server, and a list of them (conformance.md 6.6, 6.2.5)."""

from __future__ import annotations

from store.published import PublishedHost
from whois43.lines import put
from whois43.registrar import put_server

__all__ = ["host_lines", "hosts_lines"]

MOST_HOSTS = 100  # name servers shown of an address; the store gives one more, to tell


def host_lines(host: PublishedHost, own_name: str | None = None) -> list[str]:
    """Give the record of *host*; one without addresses has no ``IP Address`` line.

    *own_name* is this server's, which no line points to.
    """
    lines: list[str] = []
    put(lines, "Server Name", host.name.upper())
    lines += [f"IP Address: {address}" for address in host.addresses]
    if host.registrar is not None:
        put(lines, "Registrar", host.registrar.name)
        put_server(lines, host.registrar, own_name)
        put(lines, "Registrar URL", host.registrar.url)
    return lines


def hosts_lines(hosts: tuple[PublishedHost, ...], own_name: str | None = None) -> list[str]:
    """Give the records of *hosts*, a blank line between two of them.

    A longer list than an answer may hold is cut and says so.
    """
    lines: list[str] = []
    for host in hosts[:MOST_HOSTS]:
        if lines:
            lines.append("")
        lines += host_lines(host, own_name)
    if len(hosts) > MOST_HOSTS:
        lines += [
            "",
            f"More than {MOST_HOSTS} name servers have this address; the others are not shown.",
        ]
    return lines or ["No nameservers found."]
