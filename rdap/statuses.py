"""RDAP's spelling of EPP statuses and of the published roles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from store.published import PublicRole
from store.statuses import Status

__all__ = ["RDAP_ROLE", "RDAP_STATUS", "status_list"]

# RFC 8056 §2. Only `ok` and `linked` don't follow from the words (conformance.md 3.1).
RDAP_STATUS: Mapping[Status, str] = MappingProxyType(
    {
        Status.OK: "active",
        Status.INACTIVE: "inactive",
        Status.LINKED: "associated",
        Status.CLIENT_DELETE_PROHIBITED: "client delete prohibited",
        Status.CLIENT_HOLD: "client hold",
        Status.CLIENT_RENEW_PROHIBITED: "client renew prohibited",
        Status.CLIENT_TRANSFER_PROHIBITED: "client transfer prohibited",
        Status.CLIENT_UPDATE_PROHIBITED: "client update prohibited",
        Status.SERVER_DELETE_PROHIBITED: "server delete prohibited",
        Status.SERVER_HOLD: "server hold",
        Status.SERVER_RENEW_PROHIBITED: "server renew prohibited",
        Status.SERVER_TRANSFER_PROHIBITED: "server transfer prohibited",
        Status.SERVER_UPDATE_PROHIBITED: "server update prohibited",
        Status.PENDING_CREATE: "pending create",
        Status.PENDING_DELETE: "pending delete",
        Status.PENDING_RENEW: "pending renew",
        Status.PENDING_TRANSFER: "pending transfer",
        Status.PENDING_UPDATE: "pending update",
        Status.ADD_PERIOD: "add period",
        Status.AUTO_RENEW_PERIOD: "auto renew period",
        Status.PENDING_RESTORE: "pending restore",
        Status.REDEMPTION_PERIOD: "redemption period",
        Status.RENEW_PERIOD: "renew period",
        Status.TRANSFER_PERIOD: "transfer period",
    }
)

_SPELLED = dict(RDAP_STATUS)  # half the time of the proxy

# RFC 9083 §10.2.4.
RDAP_ROLE: Mapping[PublicRole, str] = MappingProxyType(
    {
        PublicRole.REGISTRANT: "registrant",
        PublicRole.ADMIN: "administrative",
        PublicRole.TECH: "technical",
    }
)


@lru_cache(maxsize=4096)
def status_list(statuses: tuple[Status, ...]) -> tuple[str, ...]:
    """Spell *statuses* for RDAP, each once, in the order given.

    >>> status_list((Status.OK, Status.LINKED))
    ('active', 'associated')
    """
    return tuple(dict.fromkeys([_SPELLED[status] for status in statuses]))
