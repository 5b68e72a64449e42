"""The member that tells of the field sets (RFC 8982 §2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rdap.members import JsonObject, Place
from rdap.search.field_sets import FieldSet
from rdap.search.question import SearchQuestion

__all__ = ["subsetting_metadata"]

_DESCRIPTION: Mapping[FieldSet, str] = MappingProxyType(
    {
        FieldSet.ID: "The name or the handle alone.",
        FieldSet.BRIEF: "What tells one object from another, without what belongs to it.",
        FieldSet.FULL: "All that a look-up shows.",
    }
)


def subsetting_metadata(question: SearchQuestion, place: Place) -> JsonObject:
    """Make ``subsetting_metadata``; each other set has a link to this same page in it."""
    return {
        "currentFieldSet": question.field_set.value,
        "availableFieldSets": [_available(each, question, place) for each in FieldSet],
    }


def _available(field_set: FieldSet, question: SearchQuestion, place: Place) -> JsonObject:
    made: JsonObject = {
        "name": field_set.value,
        "default": field_set is FieldSet.FULL,
        "description": _DESCRIPTION[field_set],
    }
    if field_set is not question.field_set:
        made["links"] = [
            question.link(place, "alternate", "Result Subset Link", fieldSet=field_set.value)
        ]
    return made
