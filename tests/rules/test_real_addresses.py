"""Questions and notices go to the parties' own mailboxes, whatever the public is shown."""

from __future__ import annotations

from store.model import PrivacyMode
from store.sql.database import Database
from tests.store.privacy.veils import NAME, veils_over
from tests.store.registrant_changes.parties import NEW, PRIOR, approve, edit, repoint, sent


def test_change_under_a_service_is_asked_at_real_addresses_r25_e13(
    database: Database, store_url: str
) -> None:
    """R-25, E-13: nobody is asked or told by an alias, which would reach whoever it serves then."""
    with veils_over(database, store_url, mode=PrivacyMode.PROXY) as veils:
        aliases = set(veils.emails().values())
        veils.registry.apply(edit(email="moved@mail.example.net"))
        approve(veils.registry, NEW, PRIOR)
        aliases |= set(veils.emails().values())
        veils.registry.apply(repoint(NAME, "CA3"))
        approve(veils.registry, NEW, PRIOR)
        aliases |= set(veils.emails().values())
        told = [(message.kind, message.address) for message in sent(veils.registry)]
    real = {"zephyr", "moved", "yonder"}
    parties = {address for kind, address in told if kind in {"N1", "N2"}}
    assert parties == {f"{name}@mail.example.net" for name in real}
    assert not aliases & {address for _, address in told}
    assert all(alias.endswith("@alias.example") for alias in aliases)
