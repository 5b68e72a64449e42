"""A domain's record on port 43: keys, order, statuses, what is withheld (specification 4 §1.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tests.conformance.checks import check
from tests.conformance.exchanges import Subject, WhoisExchange
from tests.conformance.rdap_checks_profile import ROID
from tests.conformance.registered import EPP_STATUSES
from tests.conformance.whois_checks_form import COMPLAINT, pairs

__all__ = ["CONTACT_KEYS", "WORDS"]

DOMAIN = (Subject.DOMAIN,)
WORDS = ("Registrant", "Admin", "Tech")
FIELDS = (
    *("Name", "Organization", "Street", "City", "State/Province", "Postal Code", "Country"),
    *("Phone", "Phone Ext", "Fax", "Fax Ext", "Email"),
)
CONTACT_KEYS = tuple(
    key for word in WORDS for key in (f"Registry {word} ID", *(f"{word} {f}" for f in FIELDS))
)
ORDER = (
    *("Domain Name", "Internationalized Domain Name", "Registry Domain ID"),
    *("Registrar WHOIS Server", "Registrar URL", "Updated Date", "Creation Date"),
    *("Registry Expiry Date", "Registrar Registration Expiration Date", "Registrar"),
    *("Registrar IANA ID", "Registrar Abuse Contact Email", "Registrar Abuse Contact Phone"),
    *("Reseller", "Domain Status", *CONTACT_KEYS, "Name Server", "DNSSEC", "DS Data", COMPLAINT),
)
REPEATED = {"Domain Status", "Name Server", "DS Data", *(f"{word} Street" for word in WORDS)}
STATUS = re.compile(r"([A-Za-z]+) https://icann\.org/epp#([A-Za-z]+)")
DS = re.compile(r"[0-9]{1,5} [0-9]{1,3} [0-9]{1,3} ([0-9A-F]{2})+")
MAIL_OR_URL = re.compile(r"[^\s@]+@[^\s@]+|https?://\S+")


@check(
    "6.4.1",
    "RA specification 4 §1.4, RDDS labelling policy",
    "Keys are spelled and ordered as the policy has them.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def order(w: WhoisExchange) -> Iterator[str]:
    found = [key for key, _ in pairs(w)]
    yield from (f"unknown {key!r}" for key in found if key not in ORDER)
    known = [key for key in found if key in ORDER]
    yield from (f"two of {key}" for key in set(known) - REPEATED if known.count(key) > 1)
    if known != sorted(known, key=ORDER.index):
        yield f"order: {known}"


@check(
    "6.4.1/complaint",
    "RDDS labelling policy",
    "The complaint form has its line, to the letter.",
    takes=WhoisExchange,
    on=DOMAIN,
    gtld=True,
)
def complaint(w: WhoisExchange) -> Iterator[str]:
    if w.values(COMPLAINT) != ["https://icann.org/wicf"]:
        yield f"{w.values(COMPLAINT)}"


@check(
    "6.4.2",
    "RDDS labelling policy §4",
    "The abuse lines follow the registrar's id.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def abuse_lines(w: WhoisExchange) -> Iterator[str]:
    found = [key for key, _ in pairs(w)]
    for at, key in enumerate(found):
        if key.startswith("Registrar Abuse") and not found[at - 1].startswith("Registrar"):
            yield f"{key} follows {found[at - 1]}"


@check(
    "6.4.3",
    "RDDS labelling policy §3",
    "A reseller stands right before the statuses.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def reseller_line(w: WhoisExchange) -> Iterator[str]:
    found = [key for key, _ in pairs(w)]
    for key, following in pairwise(found):
        if key == "Reseller" and following != "Domain Status":
            yield f"before {following}"


@check(
    "6.4.4",
    "AWIP §1",
    "A status is EPP's code and the link to its meaning.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def status_lines(w: WhoisExchange) -> Iterator[str]:
    found = w.values("Domain Status")
    if not found:
        yield "no status"
    for value in found:
        match = STATUS.fullmatch(value)
        if match is None or match[1] != match[2] or match[1] not in EPP_STATUSES:
            yield repr(value)
    if len(set(found)) != len(found):
        yield "a status stands twice"


@check(
    "6.4.5",
    "RAA RDDS specification §1.4",
    "A registrar prints its own expiry in the registry's place.",
    takes=WhoisExchange,
    on=DOMAIN,
    mode="registrar",
)
def registrar_form(w: WhoisExchange) -> Iterator[str]:
    if w.values("Registry Expiry Date"):
        yield "the registry's expiry"


@check("6.4.7", "RFC 5730 §2.8", "Ids are ROIDs.", takes=WhoisExchange, on=DOMAIN)
def ids(w: WhoisExchange) -> Iterator[str]:
    for key, value in pairs(w):
        if not re.fullmatch(r"Registry \w+ ID", key) or value == w.redaction_text:
            continue
        if not ROID.fullmatch(value):
            yield f"{key}: {value}"


@check(
    "6.4.8",
    "our own",
    "A contact's section is whole or left out.",
    takes=WhoisExchange,
    on=DOMAIN,
    gtld=True,
)
def sections(w: WhoisExchange) -> Iterator[str]:
    found = {key for key, _ in pairs(w)}
    for word in WORDS:
        section = {key for key in found if key.startswith(f"{word} ")}
        if f"Registry {word} ID" in found and not section:
            yield f"{word}: an id alone"


@check(
    "6.4.10",
    "RFC 5910",
    "DS lines stand under a signed delegation, in form.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def ds_lines(w: WhoisExchange) -> Iterator[str]:
    if w.values("DNSSEC") not in (["signedDelegation"], ["unsigned"]):
        yield f"DNSSEC: {w.values('DNSSEC')}"
    for value in w.values("DS Data"):
        if w.values("DNSSEC") != ["signedDelegation"] or not DS.fullmatch(value):
            yield f"DS Data: {value}"


@check(
    "6.4.12",
    "RA specification 4 §1.4",
    "A name server's line is its name alone.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def names_alone(w: WhoisExchange) -> Iterator[str]:
    yield from (value for value in w.values("Name Server") if " " in value)


@check(
    "6.5.1",
    "RDDS consistent display",
    "Words of redaction stand as the whole value of a contact's key.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def redaction_text(w: WhoisExchange) -> Iterator[str]:
    for key, value in pairs(w):
        in_place = value == w.redaction_text and key in {*CONTACT_KEYS, "Registry Domain ID"}
        if w.redaction_text in value and not in_place:
            yield f"{key}: {value}"


@check(
    "6.5.3",
    "Registration Data Policy §9",
    "A mail line is an address, a form's URL or the words of redaction.",
    takes=WhoisExchange,
    on=DOMAIN,
)
def mail_lines(w: WhoisExchange) -> Iterator[str]:
    for key, value in pairs(w):
        right = value == w.redaction_text or MAIL_OR_URL.fullmatch(value)
        if key.endswith(" Email") and not right:
            yield f"{key}: {value}"


@check(
    "6.5.4",
    "Registration Data Policy §9.2",
    "State and country of a registrant stay.",
    takes=WhoisExchange,
    on=DOMAIN,
    gtld=True,
)
def state_and_country(w: WhoisExchange) -> Iterator[str]:
    for key in ("Registrant State/Province", "Registrant Country"):
        if w.redaction_text in w.values(key):
            yield key
