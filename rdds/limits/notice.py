"""What a client is told of the limits before it meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdds.settings.sections import Limits

__all__ = ["limit_lines"]


def limit_lines(limits: Limits) -> tuple[str, ...]:
    """Give sentences for the help of both doors; none where no client is limited.

    >>> from rdds.settings.sections import Limits
    >>> limit_lines(Limits(persons=0, connections=0))[0]
    'A client may ask 1000 questions within 600 seconds, of WHOIS and RDAP together.'
    """
    seconds = "a second" if limits.per_seconds == 1 else f"{limits.per_seconds} seconds"
    lines = []
    if limits.questions:
        asked = _counted(limits.questions, "question")
        lines.append(f"A client may ask {asked} within {seconds}, of WHOIS and RDAP together.")
    if limits.persons:
        shown = _counted(limits.persons, "contact")
        lines.append(f"Its answers may show the data of {shown} within {seconds}.")
    if limits.connections:
        opened = _counted(limits.connections, "connection")
        lines.append(f"It may have {opened} open at one time.")
    if lines:
        lines.append(f"A client is {_whom(limits)}.")
    return tuple(lines)


def _whom(limits: Limits) -> str:
    four = "an IPv4 address"
    if limits.ipv4_prefix < 32:
        four = f"an IPv4 network of {limits.ipv4_prefix} bits"
    six = "an IPv6 address"
    if limits.ipv6_prefix < 128:
        six = f"an IPv6 network of {limits.ipv6_prefix} bits"
    return f"{four} or {six}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
