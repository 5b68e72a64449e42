"""What delivers the store's messages, put together from the settings."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from store.errors import RegistryError
from store.instants import now
from store.names import ascii_name

if TYPE_CHECKING:
    from notices.delivering import Deliverer
    from rdds.settings import Settings
    from store.policy import RegistryPolicy
    from store.sql.database import Database

__all__ = ["make_deliverer", "sender_here"]


def make_deliverer(
    settings: Settings,
    policy: RegistryPolicy,
    database: Database,
    *,
    pages_url: str | None = None,
    clock: Callable[[], datetime] = now,
) -> Deliverer:
    """Make what delivers the messages of *database*.

    Links begin with the settings' public URL of the pages, else with *pages_url*; with
    neither, the messages that need one wait. Mail without a sender comes from this machine.
    """
    from notices import make_deliverer as deliverer_of
    from store.outbox import Outbox

    return deliverer_of(
        Outbox(database, policy, clock=clock),
        smtp_url=settings.mail.smtp_url,
        sender=settings.mail.sender or sender_here(),
        sms_url=settings.sms.url,
        sms_token=settings.sms.token,
        pages_url=settings.pages.public_url or pages_url,
    )


def sender_here(host: str | None = None) -> str:
    """Give the address that mail comes from where the settings name none; the DNS is not asked.

    *host* is this machine's name.

    >>> sender_here("rdds-1.registry.example"), sender_here("no_name")
    ('rdds@rdds-1.registry.example', 'rdds@localhost')
    """
    try:
        return f"rdds@{ascii_name(host or socket.gethostname())}"
    except RegistryError:
        return "rdds@localhost"
