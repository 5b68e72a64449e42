"""What a batch of deletions will write, worked out while nothing is locked yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.model import Contact

__all__ = ["Readied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readied:
    """Texts made ahead of the lock, each under what it was made from.

    ``contacts`` maps a contact's row number, version and instant of its last link's end to the
    contact and the changes of its last history row, as JSON. ``histories`` maps the number of
    a history row to its changes with fingerprints, as JSON. What is not there any more as it
    was then is worked out anew.
    """

    contacts: Mapping[tuple[int, int, int], tuple[Contact, str]] = field(default_factory=dict)
    histories: Mapping[int, str] = field(default_factory=dict)
