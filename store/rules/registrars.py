"""Registrars: created and edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from store.changes import UNSET, CreateRegistrar, RegistrarEdit, UpdateRegistrar
from store.errors import Code, RegistryError
from store.model import Registrar
from store.policy import RegistryPolicy
from store.rules.cards import edited_card, new_card
from store.rules.decision import Decision, check_version
from store.validation.contact import REGISTRAR_REQUIRED, check_handle
from store.validation.email import parse_email
from store.validation.phone import parse_phone
from store.validation.text import clean_text
from store.validation.urls import check_server_name, check_url

__all__ = ["check_active", "create_registrar", "update_registrar"]

MOST_GURID = 2**31 - 1  # what the column holds; IANA's ids have five digits


def check_active(registrar: Registrar, *, field: str) -> None:
    """Refuse new objects to a registrar whose contract has ended.

    Raises:
        RegistryError: ``POLICY``.
    """
    if registrar.status == "terminated":
        raise RegistryError(
            Code.POLICY, f"The registrar {registrar.handle} is terminated.", field=field
        )


def create_registrar(
    change: CreateRegistrar, *, policy: RegistryPolicy, now: datetime
) -> Decision[Registrar]:
    """Give the new registrar.

    Raises:
        RegistryError: ``MISSING_VALUE``, ``INVALID_VALUE`` or ``INVALID_NAME`` with the
            field's name.
    """
    card, warnings = new_card(change.card, smtputf8=policy.smtputf8, required=REGISTRAR_REQUIRED)
    registrar = Registrar(handle=check_handle(change.handle), card=card, created=now)
    values = _checked(change.registrar, policy=policy)
    return Decision(record=replace(registrar, **values), warnings=warnings)


def update_registrar(
    registrar: Registrar, change: UpdateRegistrar, *, policy: RegistryPolicy, now: datetime
) -> Decision[Registrar]:
    """Give *registrar* after the edit, or as it was where the edit changes nothing.

    Raises:
        RegistryError: ``CONFLICT`` for a stale version, and as :func:`create_registrar`.
    """
    check_version(registrar.version, change.version)
    card, warnings = edited_card(
        registrar.card, change.card, smtputf8=policy.smtputf8, required=REGISTRAR_REQUIRED
    )
    values = _checked(change.registrar, policy=policy)
    after = replace(registrar, card=card, **values)
    if after != registrar:
        after = replace(after, updated=now)
    return Decision(record=after, warnings=warnings)


def _checked(edit: RegistrarEdit, *, policy: RegistryPolicy) -> dict[str, Any]:
    """Give the new values of what the edit names; nothing clears."""
    values: dict[str, Any] = {}
    if edit.gurid is not UNSET:
        values["gurid"] = _gurid(edit.gurid)
    for field in ("url", "whois_server", "rdap_url", "abuse_email", "abuse_phone"):
        typed = getattr(edit, field)
        if typed is UNSET:
            continue
        text = clean_text(typed, field=field)
        values[field] = _text_value(field, text, policy=policy) if text else None
    return values


def _text_value(field: str, text: str, *, policy: RegistryPolicy) -> str:
    match field:
        case "whois_server":
            return check_server_name(text, field=field)
        case "abuse_email":
            return parse_email(text, smtputf8=policy.smtputf8, field=field)
        case "abuse_phone":
            return parse_phone(text, field=field)
        case _:
            return check_url(text, field=field)


def _gurid(gurid: int) -> int | None:
    if not 0 <= gurid <= MOST_GURID:
        raise RegistryError(
            Code.INVALID_VALUE, "An IANA id is a positive number; 0 clears it.", field="gurid"
        )
    return gurid or None
