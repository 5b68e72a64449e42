"""The profile's table of fields that may be withheld (RP 2.2, 2.7.4 to 2.7.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.conformance.documents import Located, Node, properties, role_entities, telephones

__all__ = [
    "FIELDS",
    "Field",
    "entries",
    "entry_name",
    "holders",
    "is_shown",
    "method_of",
    "with_value",
]

ROLES = ("registrant", "administrative", "technical")
ADDRESS = {"Street": 2, "City": 3, "Postal Code": 5}
# What would stand there if it were shown.
SAMPLES: Mapping[str, list[Any]] = {
    "Organization": ["org", {}, "text", "Sample"],
    "Phone": ["tel", {"type": "voice"}, "uri", "tel:+1.1"],
    "Fax": ["tel", {"type": "fax"}, "uri", "tel:+1.1"],
    "Email": ["email", {}, "text", "a@b.example"],
}


def entries(root: Located) -> list[Node]:
    """List the entries of what is withheld from an object."""
    found = root.node.get("redacted", ())
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def entry_name(entry: Node) -> str:
    """Give the name of an entry, of either kind."""
    name = entry.get("name")
    return str(next(iter(name.values()), "")) if isinstance(name, dict) else ""


def method_of(entry: Node) -> str:
    """Give the method of an entry; removal where none is said."""
    return str(entry.get("method", "removal"))


def holders(root: Located) -> Iterator[tuple[str, Node]]:
    """Give the contacts of a domain with their roles, or a contact with its first role."""
    if root.class_name == "entity":
        roles = [role for role in ROLES if role in root.node.get("roles", ())]
        if roles:
            yield roles[0], root.node
        return
    for role in ROLES:
        for node in role_entities(root.node, role):
            yield role, node


def is_shown(node: Node, field: str) -> bool:
    """Tell whether a contact shows *field*, a word of WHOIS or a property's name."""
    if field == "ID":
        return "handle" in node
    if field in ADDRESS:
        return any(adr[3][ADDRESS[field]] for adr in properties(node, "adr"))
    kind = "fax" if field.startswith("Fax") else "voice"
    numbers = [str(tel[3]) for tel in telephones(node, kind)]
    match field:
        case "Name":
            return any(fn[3] for fn in properties(node, "fn"))
        case "Organization":
            return bool(properties(node, "org"))
        case "Phone" | "Fax":
            return bool(numbers)
        case "Phone Ext" | "Fax Ext":
            return any(re.search(r";ext=| ext\. ", number) for number in numbers)
        case _:
            return bool(properties(node, "email" if field == "Email" else field))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A row of the table.

    ``method`` is how it is withheld at a registry. ``explained``: a field that isn't
    shown must have an entry; otherwise only what was withheld has one.
    """

    name: str
    role: str | None
    field: str
    method: str
    explained: bool
    clause: str
    codes: str

    def places(self, root: Located) -> Iterator[bool]:
        """Say for each place of the field in an object whether it is shown there."""
        if self.role is None:
            if root.class_name == "domain":
                yield "handle" in root.node
            return
        for role, node in holders(root):
            if role == self.role and (self.field not in ADDRESS or properties(node, "adr")):
                yield is_shown(node, self.field)

    def faults(
        self, *, shown: bool, found: Sequence[Node], registrar: bool, explained: bool
    ) -> Iterator[str]:
        """Say what is wrong between the field and its entries."""
        methods = [method_of(entry) for entry in found]
        if self.field == "Email" and registrar:
            # A registrar replaces an address, it never takes it away.
            # A form names the domain, so a contact looked up by itself may do without.
            allowed = {"replacementValue"} if explained else {"replacementValue", "removal"}
            if len(methods) > 1 or set(methods) - allowed:
                yield f"{methods}"
            return
        if shown and found:
            yield "it is shown and has an entry"
        if not shown and explained and not found:
            yield "it is neither shown nor explained"
        if found and methods != [self.method]:
            yield f"{methods}, not {self.method}"


def with_value(document: Any, root: Located, field: Field) -> Any:
    """Give *document* with a value in place of what is withheld; ``None``: there is no place."""
    whole = deepcopy(document)
    node: Any = whole
    if root.path != "$":
        member, _, at = root.path.removeprefix("$.").rstrip("]").partition("[")
        node = whole[member][int(at)]
    if field.role is None:
        node["handle"] = "D1-EXAMPLE"
        return whole
    for role, holder in holders(Located(root.path, node, root.class_name)):
        if role == field.role and isinstance(holder, dict):
            if field.field == "ID":
                holder["handle"] = "C1-EXAMPLE"
            elif field.field in SAMPLES:
                holder["vcardArray"][1].append(SAMPLES[field.field])
            else:
                return None
            return whole
    return None


def _contact(word: str, role: str, rows: Mapping[str, tuple[str, bool, str]]) -> list[Field]:
    return [
        Field(
            name=f"Registry {word} ID" if field == "ID" else f"{word} {field}",
            role=role,
            field=field,
            method=method,
            explained=explained,
            clause="2.7.4" if role == "registrant" else "2.7.6",
            codes=codes,
        )
        for field, (method, explained, codes) in rows.items()
    ]


_REGISTRANT = {
    "ID": ("removal", True, "-63100 to -63106"),
    "Name": ("emptyValue", True, "-63200 to -63205"),
    "Organization": ("removal", False, "-63301 to -63304"),
    "Street": ("emptyValue", True, "-63400 to -63405"),
    "City": ("emptyValue", True, "-63500 to -63505"),
    "Postal Code": ("emptyValue", True, "-63600 to -63605"),
    "Phone": ("removal", True, "-63700 to -63704"),
    "Phone Ext": ("removal", False, "-63800 to -63802"),
    "Fax": ("removal", False, "-63900 to -63902"),
    "Fax Ext": ("removal", False, "-64000 to -64002"),
    "Email": ("removal", True, "-65400 to -65404, -64100 to -64108"),
}
_TECH = {
    "ID": ("removal", True, "-65700 to -65706"),
    "Name": ("emptyValue", True, "-65000 to -65005"),
    "Phone": ("removal", True, "-65100 to -65104"),
    "Phone Ext": ("removal", False, "no code"),
    "Email": ("removal", True, "-65500 to -65503, -65200 to -65207"),
}
_DOMAIN = Field(
    name="Registry Domain ID",
    role=None,
    field="ID",
    method="removal",
    explained=True,
    clause="2.2",
    codes="-46202 to -46206",
)
FIELDS: Mapping[str, Field] = {
    each.name: each
    for each in (
        _DOMAIN,
        *_contact("Registrant", "registrant", _REGISTRANT),
        *_contact("Tech", "technical", _TECH),
    )
}
