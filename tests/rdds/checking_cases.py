"""A name with a value in every field, both doors' answers about it, and their lies."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import orjson

from rdap.answer import answer_object
from rdap.members import Place
from rdap.replies import render
from rdds.checking.comparing import CheckReport, compare
from rdds.checking.fields import RDAP_ASIDE, WHOIS_ASIDE
from rdds.checking.published_facts import published_facts
from rdds.checking.rdap_facts import own_base, rdap_facts
from rdds.checking.whois_facts import whois_facts
from store.published import PublicRole
from store.queries import Answer, Found
from tests.published_values import a_domain, a_host, a_party, a_signature, found
from whois43.render import answer_bytes

__all__ = [
    "BASE",
    "NAME",
    "differing",
    "full_answer",
    "is_aside",
    "leaves",
    "rdap_document",
    "rdap_lies",
    "report",
    "whois_lies",
    "whois_text",
]

NAME = "xn--bcher-kva.example"
BASE = "https://rdap.nic.example/rdap/"


def full_answer() -> Found:
    """Give the answer about a name that lacks nothing."""
    plain = a_domain(NAME)
    hosts = tuple(
        a_host(name, handle=f"H{at}-EXAMPLE", unicode_name=unicode_name)
        for at, (name, unicode_name) in enumerate(
            ((f"ns1.{NAME}", "ns1.bücher.example"), ("ns2.hosting.test", None))
        )
    )
    domain = a_domain(
        NAME,
        unicode_name="bücher.example",
        registrar_expires=plain.expires,
        dnssec=a_signature(),
        hosts=hosts,
        parties=tuple(a_party(role) for role in PublicRole),
    )
    return found(domain)


def whois_text(answer: Answer) -> str:
    """Give what port 43 says."""
    return answer_bytes(answer).decode()


def rdap_document(answer: Answer) -> Any:
    """Give what RDAP says."""
    _, document = answer_object(answer, Place(value=f"{BASE}domain/{NAME}", base=BASE))
    return orjson.loads(render(document))


def report(answer: Answer, text: str, document: Any) -> CheckReport:
    """Compare *answer* with what the doors said."""
    store = published_facts(answer, own_base=own_base(document))
    return compare(
        NAME,
        store=store,
        whois=whois_facts(text),
        rdap=rdap_facts(document),
        store_after=store,
        redactions=frozenset({answer.notices.redaction_text}),
    )


def differing(checked: CheckReport) -> set[str]:
    """Name the fields that differ."""
    return {row.field for row in checked.rows if not row.agree}


def whois_lies(text: str) -> Iterator[tuple[str, str]]:
    """Give *text* with one line of the record changed, for each line in turn, and its key."""
    lines = text.split("\r\n")
    end = next(at for at, line in enumerate(lines) if line.startswith(">>>")) + 1
    for at, line in enumerate(lines[:end]):
        key = line.partition(":")[0]
        lie = line.replace("<<<", "").rstrip() + "9" if key not in WHOIS_ASIDE else line
        if line.startswith(">>>"):
            lie = re.sub(r"20\d\d", "2001", line)
        yield key, "\r\n".join([*lines[:at], lie, *lines[at + 1 :]])


def rdap_lies(document: Any) -> Iterator[tuple[str, Any]]:
    """Give *document* with one leaf changed, for each leaf in turn, and the leaf's path."""
    for path, keys in list(leaves(document)):
        lying = copy.deepcopy(document)
        place = lying
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = _lie(place[keys[-1]])
        yield path, lying


def _lie(value: object) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            dated = re.sub(r"^20\d\d-", "2001-", value)
            return dated if dated != value else f"{value}9"
        case _:
            return "9"


def leaves(
    found: Any, path: tuple[str, ...] = (), keys: tuple[Any, ...] = ()
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give each leaf: its path of names, without indexes, and the keys that lead to it."""
    match found:
        case dict():
            for name, value in found.items():
                yield from leaves(value, (*path, name), (*keys, name))
        case [str(), dict(), str(), _] if "vcardArray" in path:
            yield from _property_leaves(found, path, keys)
        case list():
            for at, value in enumerate(found):
                yield from leaves(value, path, (*keys, at))
        case _:
            yield ".".join(path), keys


def _property_leaves(
    found: list[Any], path: tuple[str, ...], keys: tuple[Any, ...]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    name, parameters, _, value = found
    yield ".".join((*path, "name")), (*keys, 0)
    for parameter in parameters:
        yield ".".join((*path, name, parameter)), (*keys, 1, parameter)
    yield ".".join((*path, "type")), (*keys, 2)
    yield from leaves(value, (*path, name), (*keys, 3))


def is_aside(path: str) -> bool:
    """Tell whether the table sets the leaf at *path* aside."""
    return any(
        path == aside or path.endswith(f".{aside}") or path.startswith(f"{aside}.")
        for aside in RDAP_ASIDE
    )
