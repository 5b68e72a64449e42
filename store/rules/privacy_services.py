"""Privacy services: the card that stands in for a holder, and one way for mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from store.changes import UNSET, CreatePrivacyService, UpdatePrivacyService
from store.errors import Code, RegistryError
from store.model import PrivacyService
from store.policy import RegistryPolicy
from store.rules.cards import edited_card, new_card
from store.rules.decision import Decision, check_version
from store.validation.contact import SERVICE_REQUIRED, check_handle
from store.validation.urls import check_server_name, check_url

__all__ = ["create_privacy_service", "update_privacy_service"]


def create_privacy_service(
    change: CreatePrivacyService, *, policy: RegistryPolicy, now: datetime
) -> Decision[PrivacyService]:
    """Give the new service.

    Raises:
        RegistryError: ``MISSING_VALUE``, ``INVALID_VALUE`` or ``INVALID_NAME`` with the
            field's name, ``POLICY`` for both an alias domain and a form.
    """
    card, warnings = new_card(change.card, smtputf8=policy.smtputf8, required=SERVICE_REQUIRED)
    service = PrivacyService(
        handle=check_handle(change.handle),
        card=card,
        alias_domain=_alias_domain(change.alias_domain or ""),
        contact_url=_contact_url(change.contact_url or ""),
        created=now,
    )
    _check_one_way(service)
    return Decision(record=service, warnings=warnings)


def update_privacy_service(
    service: PrivacyService,
    change: UpdatePrivacyService,
    *,
    policy: RegistryPolicy,
    now: datetime,
) -> Decision[PrivacyService]:
    """Give *service* after the edit, or as it was where the edit changes nothing.

    Raises:
        RegistryError: ``CONFLICT`` for a stale version, and as :func:`create_privacy_service`.
    """
    check_version(service.version, change.version)
    card, warnings = edited_card(
        service.card, change.card, smtputf8=policy.smtputf8, required=SERVICE_REQUIRED
    )
    after = replace(service, card=card)
    if change.alias_domain is not UNSET:
        after = replace(after, alias_domain=_alias_domain(change.alias_domain))
    if change.contact_url is not UNSET:
        after = replace(after, contact_url=_contact_url(change.contact_url))
    _check_one_way(after)
    if after != service:
        after = replace(after, updated=now)
    return Decision(record=after, warnings=warnings)


def _alias_domain(text: str) -> str | None:
    return check_server_name(text, field="alias_domain") if text.strip() else None


def _contact_url(text: str) -> str | None:
    return check_url(text, field="contact_url") if text.strip() else None


def _check_one_way(service: PrivacyService) -> None:
    if service.alias_domain is None and service.contact_url is None:
        raise RegistryError(
            Code.MISSING_VALUE,
            "A privacy service has an alias domain or a contact URL.",
            field="alias_domain",
        )
    if service.alias_domain is not None and service.contact_url is not None:
        raise RegistryError(
            Code.POLICY,
            "A privacy service has an alias domain or a contact URL; clear the other one.",
            field="contact_url",
        )
