"""What is allowed and probably not meant: settings that leave people waiting."""

from __future__ import annotations

from collections.abc import Iterator

from rdds.posting import sender_here
from rdds.settings.tree import Settings

__all__ = ["list_warnings"]


def list_warnings(settings: Settings) -> Iterator[str]:
    """Give a sentence for each thing that an operator should know, in a stable order."""
    if settings.mail.smtp_url is not None and settings.mail.sender is None:
        yield f"Mail comes from {sender_here()}, and bounces go there: mail.sender is not set."
    policy = settings.registry_policy()
    asking = sorted(zone for zone, rules in policy.zones.items() if rules.change_profile.approved)
    if not asking:
        return
    zones = ", ".join(asking)
    if settings.mail.smtp_url is None:
        yield (
            f"A new registrant must be approved in {zones}, and no mail can ask for it: "
            "mail.smtp_url is not set."
        )
    if not settings.pages.listen and settings.pages.public_url is None:
        yield (
            f"A new registrant must be approved in {zones}, and there is no page to approve on: "
            "neither pages.listen nor pages.public_url is set."
        )
