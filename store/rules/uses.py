"""What zones ask of the contacts that their names link to (D-20, D-27, P-20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from store.errors import Code, RegistryError
from store.model import Contact, PostalType, PrivacyMode, Role
from store.policy import RegistryPolicy
from store.published import Kind

__all__ = ["Use", "check_link", "check_uses", "uses_matter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One way in which names use a contact: how many names do is of no matter."""

    zone: str
    role: Role
    privacy: PrivacyMode = PrivacyMode.NONE


def check_link(contact: Contact, use: Use, policy: RegistryPolicy) -> None:
    """Hold *contact* to the rules of the zone that is about to use it; the role is blamed.

    Raises:
        RegistryError: ``MISSING_VALUE`` for a phone the role needs, ``POLICY`` for an
            address form the zone doesn't take and for an organisation under ``withhold``.
    """
    _check_phone(contact, use, policy, field=use.role.value)
    _check_postal_types(contact, use, policy)
    _check_eligible(contact, use, field=use.role.value)


def uses_matter(before: Contact, after: Contact) -> bool:
    """Tell whether an edit takes away what a zone may ask for.

    Only then must the uses be looked at: all other edits take the same time however
    many names there are (E-01).
    """
    lost_phone = before.card.voice is not None and after.card.voice is None
    became_organisation = before.kind is not after.kind and after.kind is Kind.ORGANISATION
    return lost_phone or became_organisation


def check_uses(
    before: Contact, after: Contact, uses: Iterable[Use], policy: RegistryPolicy
) -> None:
    """Hold an edit to the rules of every zone that uses the contact (D-27).

    Raises:
        RegistryError: ``MISSING_VALUE`` with field ``voice``, ``POLICY`` with ``kind``.
    """
    for use in uses:
        if before.card.voice is not None:
            _check_phone(after, use, policy, field="voice")
        if before.kind is not after.kind:
            _check_eligible(after, use, field="kind")


def _check_phone(contact: Contact, use: Use, policy: RegistryPolicy, *, field: str) -> None:
    if contact.card.voice is None and use.role in policy.zone(use.zone).phone_required_roles:
        raise RegistryError(
            Code.MISSING_VALUE,
            f"In {use.zone} the {use.role} contact {contact.handle} needs a phone.",
            field=field,
        )


def _check_postal_types(contact: Contact, use: Use, policy: RegistryPolicy) -> None:
    held = {contact.postal_type}
    if contact.second is not None:
        held |= set(PostalType)
    refused = sorted(held - policy.zone(use.zone).postal_types)
    if refused:
        raise RegistryError(
            Code.POLICY,
            f"{use.zone} takes no address of type {refused[0]}; {contact.handle} has one.",
            field=use.role.value,
        )


def _check_eligible(contact: Contact, use: Use, *, field: str) -> None:
    # P-20: withholding is for people; whose name it is decides.
    if (
        use.privacy is PrivacyMode.WITHHOLD
        and use.role is Role.REGISTRANT
        and contact.kind is Kind.ORGANISATION
    ):
        raise RegistryError(
            Code.POLICY,
            "Privacy mode withhold is for persons; the registrant is an organisation.",
            field=field,
        )
