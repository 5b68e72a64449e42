"""What the held data can't meet, whatever a door does with them.

A deposit may hold a name without a registrant or statuses that clash; no rendering mends
that. Each excuse names the rules that such a record breaks, and holds for it alone.
"""

from __future__ import annotations

import re

from store.model import PrivacyMode
from store.policy import ZoneRole
from store.published import PublicRole
from store.statuses import PENDING, Status
from tests.conformance.addresses import is_web_url
from tests.conformance.whois_checks_form import PHONE
from tests.registration_parts import RDAP_BASE
from tests.registrations import Registration

__all__ = ["excused"]


def excused(registration: Registration) -> frozenset[str]:
    """Give the rules that an answer about *registration* can't meet."""
    held = registration.held
    found: set[str] = set()
    registrar_mode = registration.policy.role is ZoneRole.REGISTRAR
    if held.created is None:
        found.add("4.4.5")
    if held.expires is None:
        found.add("4.4.7" if registrar_mode else "4.4.6")
    if PublicRole.REGISTRANT not in registration.contacts:
        found.add("4.6.1")
    return frozenset(
        found | _registrar(registration) | _statuses(registration) | _cards(registration)
    )


def _registrar(registration: Registration) -> set[str]:
    """Excuse a registrar that left out, or got wrong, what only it can say."""
    registrar = registration.held.registrar
    found = set()
    if not registrar.abuse_email or not registrar.abuse_phone:
        found.add("4.5.5")
    site = is_web_url(registrar.url) and not re.search("%(?![0-9A-Fa-f]{2})", registrar.url or "")
    elsewhere = registrar.rdap_url and not registrar.rdap_url.startswith(RDAP_BASE)
    if not site or not elsewhere or registrar.iana_id is None:
        found |= {"4.4.14", "4.5.6"}
    if not site:
        found.add("7.4/registrar")
    if registrar.abuse_phone and not PHONE.fullmatch(registrar.abuse_phone):
        found.add("6.3.7")
    return found


def _statuses(registration: Registration) -> set[str]:
    """Excuse statuses that EPP wouldn't have let stand together."""
    statuses = registration.held.statuses
    found = set()
    actions = {"Delete", "Renew", "Transfer", "Update"}
    blocked = {a for a in actions if any(s.endswith(f"{a}Prohibited") for s in statuses)}
    pending = {s.removeprefix("pending") for s in statuses & PENDING}
    if len(pending) > 1 or pending & blocked:
        found.add("4.4.11")
    restoring = statuses & {Status.REDEMPTION_PERIOD, Status.PENDING_RESTORE}
    if len(restoring) > 1 or (restoring and Status.PENDING_DELETE not in statuses):
        found.add("4.4.12")
    return found


def _cards(registration: Registration) -> set[str]:
    """Excuse contacts of which the deposit leaves out, or misspells, what EPP asks for."""
    held = registration.held
    cards = [contact.held.card for contact in registration.contacts.values()]
    if held.privacy is PrivacyMode.PROXY and held.service:
        cards.append(held.service.card)
    found = set()
    if any(card.cc is None for card in cards):
        found.add("2.2.8")
    numbers = {n for card in cards for n in (card.voice, card.fax) if n}
    extensions = {n for card in cards for n in (card.voice_ext, card.fax_ext) if n}
    if not all(map(PHONE.fullmatch, numbers)) or not all(map(str.isdigit, extensions)):
        found.add("6.3.7")
    mails = {contact.held.card.email for contact in registration.contacts.values()}
    if any(mail and "@" not in mail for mail in mails):
        found |= {"1.12.6", "2.2.14", "6.5.3"}
    if None in mails and registration.policy.role is ZoneRole.REGISTRAR:
        # A registrar has nothing that it could replace.
        found |= {"4.7.11", "4.7.9/Registrant Email", "4.7.9/Tech Email"}
    if held.privacy is PrivacyMode.WITHHOLD:
        # A mode of zones that aren't a gTLD's; nothing but a change of profile brings it here.
        found |= {"4.6.7", "6.5.4"}
    return found
