"""Open files: as many as the system allows, and whether the doors' connections fit."""

from __future__ import annotations

import logging
import resource
from contextlib import suppress

from rdds.settings import Settings

__all__ = ["count_descriptors", "raise_descriptor_limit", "see_to_descriptors"]

SPARE = 128  # descriptors of a worker besides its clients': listeners, the store, logs

_log = logging.getLogger("rdds.parent")


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files to the hard one; give what is in force then.

    For this process and all that it forks.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):  # a system may allow less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return soft


def count_descriptors(settings: Settings) -> int:
    """Count what one worker needs where both doors are full."""
    needed, whois, rdap = SPARE, settings.whois, settings.rdap
    if whois.listen:
        # Those in hand, and twice as many that have their answer; or those in a preface.
        needed += whois.most_connections * 3
    if rdap.listen:  # those in hand, in a handshake, and behind proxies in a preface
        gates = 2 if rdap.proxy_protocol else int(rdap.tls_certificate is not None)
        needed += rdap.most_connections * (1 + gates)
    return needed


def see_to_descriptors(settings: Settings) -> None:
    """Raise the limit; say in the log where the doors' connections don't fit."""
    allowed, needed = raise_descriptor_limit(), count_descriptors(settings)
    if allowed != resource.RLIM_INFINITY and allowed < needed:
        _log.warning(
            "a worker may open %d files and needs %d where its doors are full: raise the limit "
            "of open files, or lower whois.most_connections and rdap.most_connections",
            allowed,
            needed,
        )
