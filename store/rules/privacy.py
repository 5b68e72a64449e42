"""A name's privacy mode: which one may be set, and for whom (contacts.md 7.2)."""

from __future__ import annotations

from dataclasses import replace

from store.changes import PrivacyEdit
from store.errors import Code, RegistryError
from store.model import Contact, Domain, PrivacyMode, PrivacyService
from store.policy import RegistryPolicy
from store.published import Kind

__all__ = ["edited_privacy"]


def edited_privacy(
    domain: Domain,
    edit: PrivacyEdit,
    *,
    service: PrivacyService | None,
    registrant: Contact | None,
    policy: RegistryPolicy,
) -> Domain:
    """Give *domain* in the mode asked for. Leaving ``proxy`` clears its service.

    Raises:
        RegistryError: ``POLICY`` with field ``privacy`` for a mode the zone doesn't
            allow, a service beside another mode, and an organisation under ``withhold``
            (P-20); ``MISSING_VALUE`` where a proxy names no service.
    """
    if edit.mode not in policy.zone(domain.zone).privacy_modes:
        raise _refusal(f"The zone {domain.zone} doesn't allow privacy mode {edit.mode}.")
    if edit.mode is not PrivacyMode.PROXY:
        if edit.service is not None:
            raise _refusal(f"Privacy mode {edit.mode} takes no service.")
        if edit.mode is PrivacyMode.WITHHOLD and _is_organisation(registrant):
            raise _refusal("Privacy mode withhold is for persons; an organisation holds the name.")
        return replace(domain, privacy=edit.mode, privacy_service=None)
    if service is None:
        raise RegistryError(
            Code.MISSING_VALUE, "Name the privacy service: proxy:SERVICE.", field="privacy"
        )
    return replace(domain, privacy=edit.mode, privacy_service=service.handle)


def _is_organisation(registrant: Contact | None) -> bool:
    return registrant is not None and registrant.kind is Kind.ORGANISATION


def _refusal(sentence: str) -> RegistryError:
    return RegistryError(Code.POLICY, sentence, field="privacy")
