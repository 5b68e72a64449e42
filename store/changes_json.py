"""Registrant changes as JSON values: what ``registrant-change`` prints.

Messages name their recipients by masked addresses; no code and no token is ever among
the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from store.change_inquiries import ChangeDetail
from store.outgoing import Delivery
from store.records_json import Json, rfc3339
from store.registrant_changes import ChangeState, Patch

__all__ = ["change_json"]


def change_json(detail: ChangeDetail) -> Json:
    """Give a registrant change as JSON values; in a list some are left out."""
    change, asked = detail.change, detail.state.asked
    ran_out = detail.state is ChangeState.EXPIRED
    shown: Json = {
        "id": change.id,
        "kind": change.kind.value,
        "state": detail.state.value,
        "asked": None if asked is None else asked.value,
        "contact": change.contact,
        "to_contact": change.to_contact,
        "registrar": change.registrar,
        "names": None if detail.names is None else list(detail.names),
        "count": detail.count,
        "created": rfc3339(change.created),
        "created_by": change.created_by,
        "deadline": rfc3339(change.deadline),
        "new_approved": rfc3339(change.new_approved),
        "prior_approved": rfc3339(change.prior_approved),
        "closed": rfc3339(change.deadline if ran_out else change.closed),
        "reason": None if change.reason is None else change.reason.value,
        "lock_waived": change.lock_waived,
        "lock_until": rfc3339(change.lock_until),
    }
    if detail.deliveries is None:
        return shown
    return shown | {
        "prior_email": change.prior_email,
        "new_email": change.new_email,
        "changes": _changes(change.patch),
        "messages": [_delivery(each) for each in detail.deliveries],
    }


def _changes(patch: Patch) -> dict[str, list[object]]:
    """Give a patch in the words of the command line's options, without codes."""
    changes: dict[str, list[object]] = {}
    for field, (old, new) in patch.items():
        if field == "auth_hash":
            changes["auth_info"] = [None, "changed"]
        elif field == "disclosures" and not (_is_print(old) or _is_print(new)):
            changes["disclose"] = [_elements(each, shown=True) for each in (old, new)]
            changes["hide"] = [_elements(each, shown=False) for each in (old, new)]
        else:
            changes[field] = [old, new]
    return changes


def _is_print(value: object) -> bool:
    """Tell a fingerprint that stands for a value kept long enough (contacts.md 9)."""
    return isinstance(value, Mapping) and value.keys() == {"hash"}


def _elements(disclosures: object, *, shown: bool) -> list[str]:
    """Give the elements that are shown, since an instant, or hidden, since none."""
    said = disclosures if isinstance(disclosures, Mapping) else {}
    return sorted(name for name, since in said.items() if (since is not None) is shown)


def _delivery(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "kind": delivery.kind.value,
        "recipient": delivery.recipient.value,
        "channel": delivery.channel.value,
        "address": delivery.address,
        "state": delivery.state.value,
        "resent": delivery.resent,
        "created": _to_the_second(delivery.created),
        "sent": _to_the_second(delivery.sent),
        "next_try": (
            _to_the_second(delivery.next_try) if delivery.state.value == "waiting" else None
        ),
        "tries": delivery.tries,
        "code": delivery.code,
    }


def _to_the_second(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at.replace(microsecond=0))
