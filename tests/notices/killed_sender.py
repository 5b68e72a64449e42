"""A process that delivers one round: ``python -m tests.notices.killed_sender URL PORT``."""

from __future__ import annotations

import asyncio
import sys

import notices
from store.sql.database import Database
from tests.notices.outboxes import Post


def main() -> None:
    """Deliver what is due at the tests' hour."""
    url, port = sys.argv[1:]
    post = Post(Database.open(url))
    deliverer = notices.make_deliverer(
        post.outbox,
        smtp_url=f"smtp://127.0.0.1:{port}",
        sender="no-reply@registry.example",
        sms_url=None,
        sms_token=None,
        pages_url="https://pages.registry.example/",
    )
    asyncio.run(deliverer.round())


if __name__ == "__main__":
    main()
