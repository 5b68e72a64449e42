"""The settings in force: one frozen tree, read once, handed to whoever needs a part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rdds.settings import sections
from store.policy import ChangeTerms, Lifecycle, RegistryPolicy

if TYPE_CHECKING:
    from store.policy import ZonePolicy

__all__ = ["SECTIONS", "Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    ``origins`` tells for each dotted key (``whois.patience``, ``zones.co.example.role``)
    whether its value is the default, a file's or a variable's. ``asked`` is the file that
    the command line named, ``file`` the one that was read; both may be ``None``.
    """

    database: sections.Database = field(default_factory=sections.Database)
    whois: sections.Whois = field(default_factory=sections.Whois)
    rdap: sections.Rdap = field(default_factory=sections.Rdap)
    cache: sections.Cache = field(default_factory=sections.Cache)
    limits: sections.Limits = field(default_factory=sections.Limits)
    registry: sections.Registry = field(default_factory=sections.Registry)
    log: sections.Log = field(default_factory=sections.Log)
    registrant_change: sections.RegistrantChange = field(default_factory=sections.RegistrantChange)
    lifecycle: sections.Lifecycle = field(default_factory=sections.Lifecycle)
    history: sections.History = field(default_factory=sections.History)
    mail: sections.Mail = field(default_factory=sections.Mail)
    sms: sections.Sms = field(default_factory=sections.Sms)
    pages: sections.Pages = field(default_factory=sections.Pages)
    aliases: sections.Aliases = field(default_factory=sections.Aliases)
    operations: sections.Operations = field(default_factory=sections.Operations)
    zones: Mapping[str, ZonePolicy] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    asked: Path | None = None
    file: Path | None = None

    def registry_policy(self) -> RegistryPolicy:
        """Give what the rules and ``publish`` need; zone ``example`` where none is named."""
        shared = RegistryPolicy(
            repository=self.registry.repository,
            smtputf8=self.registry.smtputf8,
            lifecycle=Lifecycle(
                pending_delete_effective=timedelta(days=self.lifecycle.pending_delete_effective),
                pending_delete_expiry=timedelta(days=self.lifecycle.pending_delete_expiry),
            ),
            change_terms=ChangeTerms(
                deadline=timedelta(days=self.registrant_change.deadline),
                transfer_lock=timedelta(days=self.registrant_change.transfer_lock),
                sms_cooldown_prior=timedelta(hours=self.registrant_change.sms_cooldown_prior),
            ),
            private_history=timedelta(days=self.history.private_values),
            language=self.mail.language,
        )
        return replace(shared, zones=self.zones) if self.zones else shared


SECTIONS: Mapping[str, type] = {
    "database": sections.Database,
    "whois": sections.Whois,
    "rdap": sections.Rdap,
    "cache": sections.Cache,
    "limits": sections.Limits,
    "registry": sections.Registry,
    "log": sections.Log,
    "registrant_change": sections.RegistrantChange,
    "lifecycle": sections.Lifecycle,
    "history": sections.History,
    "mail": sections.Mail,
    "sms": sections.Sms,
    "pages": sections.Pages,
    "aliases": sections.Aliases,
    "operations": sections.Operations,
}
