"""Tokens of approval links: only their hashes are kept (R-21)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection, insert, select

from store.registrant_changes import ChangeParty, Channel
from store.sql.rows import micros
from store.sql.schema import approval_token

__all__ = ["find_token", "new_token"]

TOKEN_BYTES = 24  # 192 random bits
MOST_TOKEN = 64  # characters; whatever is longer was never made here


def new_token(
    connection: Connection,
    change_id: int,
    party: ChangeParty,
    *,
    channel: Channel,
    now: datetime,
) -> str:
    """Make the token of one link and save its hash; the token itself is kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    connection.execute(
        insert(approval_token).values(
            hash=_hash(token),
            change_id=change_id,
            party=party.value,
            channel=channel.value,
            created=micros(now),
        )
    )
    return token


def find_token(connection: Connection, token: str) -> tuple[int, ChangeParty] | None:
    """Give the change and the party that *token* was made for, ``None`` for one never made.

    It is looked up by its hash: how long that takes tells nothing of the tokens there are.
    """
    if not token or len(token) > MOST_TOKEN or not token.isascii():
        return None
    statement = select(approval_token.c.change_id, approval_token.c.party)
    found = connection.execute(statement.where(approval_token.c.hash == _hash(token))).first()
    return None if found is None else (found[0], ChangeParty(found[1]))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
