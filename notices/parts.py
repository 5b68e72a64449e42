"""The parts of messages: lists of names, and a change's data as each reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from notices.pen import Pen, clean, shown_name
from store.registrant_changes import Patch

__all__ = [
    "MOST_NAMES",
    "changed_fields",
    "data_after",
    "data_both",
    "list_names",
    "listed",
    "names_of",
]

MOST_NAMES = 50  # contacts.md 5.3, "Many domains"
MOST_LISTED = 100  # lines of any other list

# The order of an address; a field that stands here and in the words is shown.
_ORDER = (
    *("name", "org", "street", "city", "sp", "pc", "cc"),
    *("voice", "voice_ext", "fax", "fax_ext", "email"),
)


def listed(values: Mapping[str, object], key: str) -> list[str]:
    """Give the list *key* of a message's *values*, cleaned; empty where there is none."""
    found = values.get(key)
    if not isinstance(found, list | tuple):
        return []
    return [clean(str(each)) for each in found[:MOST_LISTED]]


def names_of(values: Mapping[str, object]) -> tuple[list[str], int]:
    """Give the names that a message is about, fifty at most, and how many they are in truth."""
    names = listed(values, "names") or [
        clean(name) for name in [values.get("name")] if isinstance(name, str)
    ]
    count = values.get("count")
    return names[:MOST_NAMES], max(count if isinstance(count, int) else 0, len(names))


def list_names(pen: Pen, values: Mapping[str, object], *, more: str = "names_more") -> list[str]:
    """List the names that a message is about; the text *more* stands for the rest."""
    names, count = names_of(values)
    if count == 1 and names:
        return [pen.say("name", name=shown_name(names[0]))]
    lines = [f"  {shown_name(name)}" for name in names]
    rest = count - len(names)
    return [
        pen.say("names", count=count),
        *lines,
        *([f"  {pen.say(more, count=rest)}"] if rest else []),
    ]


def data_after(pen: Pen, patch: Patch) -> list[str]:
    """Give the new side of *patch* alone, a field a line (contacts.md 5.3, N1)."""
    shown, others = _shown(pen, patch)
    lines = [f"  {label}: {pen.value(patch[name][1])}" for name, label in shown]
    return lines + ([f"  {pen.say('other')}"] if others else [])


def data_both(pen: Pen, patch: Patch) -> list[str]:
    """Give both sides of *patch*, for the one whose data the old ones are (R-15)."""
    shown, others = _shown(pen, patch)
    lines = []
    for name, label in shown:
        before, after = patch[name]
        lines.append(f"  {label}")
        lines.append(f"    {pen.say('before', value=pen.value(before))}")
        lines.append(f"    {pen.say('after', value=pen.value(after))}")
    return lines + ([f"  {pen.say('other')}"] if others else [])


def changed_fields(pen: Pen, fields: Iterable[str]) -> list[str]:
    """Say which *fields* of a contact changed, without their values."""
    shown, others = _shown(pen, fields)
    labels = [label for _, label in shown] + ([pen.say("fields_other")] if others else [])
    return [pen.say("fields_changed", fields=", ".join(labels))] if labels else []


def _shown(pen: Pen, fields: Iterable[str]) -> tuple[Sequence[tuple[str, str]], bool]:
    """Give the fields that messages show, in order, and whether there are others."""
    fields = set(fields)
    named = [(name, pen.field(name)) for name in _ORDER if name in fields]
    shown = [(name, label) for name, label in named if label is not None]
    return shown, len(shown) < len(fields)
