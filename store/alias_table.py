"""Where the mail for a privacy alias goes now: the table that a mail server asks (P-12).

An alias is in the table while both doors show it, and goes to the e-mail that its role's
contact has at that moment. The answer is private: it is for the mail server alone.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from functools import lru_cache

from store.handles import AliasCipher
from store.policy import RegistryPolicy
from store.publish import HeldDomain, alias_of
from store.sql import reading
from store.sql.reading import Fetch, Rows
from store.sql.sources import Source

__all__ = ["AliasTable"]

_TOKEN = re.compile(r"[a-z2-7]{26}")  # what `AliasCipher.token` makes

# Imports take mailboxes as they are. A mail server reads a comma, a blank or a quote as
# the beginning of another recipient, so only one plain address ever goes out (RFC 5321 §4.1.2).
_MAILBOX = re.compile(
    r"(?![-/|])[^\x00-\x20\x7f-\x9f\s\"(),:;<>@\[\\\]]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
)


@lru_cache(maxsize=4)
def _cipher(secret: bytes) -> AliasCipher:
    return AliasCipher(secret)


class AliasTable:
    """Finds where aliases forward, in the public views of one snapshot."""

    def __init__(self, source: Source, policy: RegistryPolicy) -> None:
        self._source = source
        self._policy = policy

    async def find(self, address: str) -> str | None:
        """Give the mailbox behind *address*, any case, or ``None`` where it is no alias in force.

        Raises:
            StoreUnavailableError: the store can't vouch for an answer.
        """
        asked = address.lower()
        token = asked.partition("@")[0]
        if not _TOKEN.fullmatch(token):
            return None
        return await self._source.run(lambda: self._finding(asked, token))

    def _finding(self, asked: str, token: str) -> Generator[Fetch, Rows, str | None]:
        cipher = _cipher((yield from reading.read_secret()))
        alias = cipher.read(token)
        if alias is None or alias.domain_id >= 1 << 63:  # forged by chance
            return None
        row = yield from reading.find_domain("domain_by_id", alias.domain_id)
        domain = row.domain
        if domain is None or not (row.imported or domain.zone in self._policy.zones):
            return None
        return self._forward(domain, asked, cipher)

    def _forward(self, domain: HeldDomain, asked: str, cipher: AliasCipher) -> str | None:
        published = self._policy.zone(domain.zone).published_roles
        for contact in domain.contacts:
            if contact.role in published and alias_of(contact, domain, cipher) == asked:
                email = contact.card.email or ""
                return email if _MAILBOX.fullmatch(email) else None
        return None
