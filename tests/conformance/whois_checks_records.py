"""Port 43: records of hosts and registrars, and answers without one (RA specification 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from tests.conformance.checks import check
from tests.conformance.exchanges import Subject, WhoisExchange
from tests.conformance.whois_checks_form import RECORDS, pairs

__all__: list[str] = []

NEGATIVE = re.compile("not found|no match", re.IGNORECASE)


@check(
    "6.6",
    "RA specification 4 §1.6",
    "A name server's record: keys in order, valid addresses.",
    takes=WhoisExchange,
    on=(Subject.NAMESERVER,),
)
def nameserver_record(w: WhoisExchange) -> Iterator[str]:
    order = ["Server Name", "IP Address", "Registrar", "Registrar WHOIS Server", "Registrar URL"]
    yield from _out_of_order([key for key, _ in pairs(w)], order, repeat={"IP Address"})
    for text in w.values("IP Address"):
        try:
            right = str(ip_address(text)) == text
        except ValueError:
            right = False
        if not right:
            yield f"IP Address: {text}"


@check(
    "6.7",
    "RA specification 4 §1.5",
    "A registrar's record: keys in order.",
    takes=WhoisExchange,
    on=(Subject.REGISTRAR,),
)
def registrar_record(w: WhoisExchange) -> Iterator[str]:
    order = [
        *("Registrar", "Street", "City", "State/Province", "Postal Code", "Country"),
        *("Phone Number", "Fax Number", "Email", "Registrar WHOIS Server", "Registrar URL"),
    ]
    found = [key for key, _ in pairs(w)]
    cut = next((at for at, key in enumerate(found) if key.endswith(" Contact")), len(found))
    yield from _out_of_order(found[:cut], order, repeat={"Street"})


def _out_of_order(found: list[str], order: list[str], *, repeat: set[str]) -> Iterator[str]:
    """Say which keys are unknown, repeated or misplaced."""
    yield from (f"unknown {key}" for key in found if key not in order)
    known = [key for key in found if key in order]
    yield from (f"two of {k}" for k in set(known) - repeat if known.count(k) > 1)
    if known != sorted(known, key=order.index):
        yield f"order: {known}"


@check(
    "11.2.2",
    "clients",
    "Words of absence stand in answers about what is absent alone.",
    takes=WhoisExchange,
    on=(*RECORDS, Subject.HELP),
)
def no_words_of_absence(w: WhoisExchange) -> Iterator[str]:
    said = [line for line in w.lines if ": " not in line or line.startswith((">>>", "For more"))]
    yield from (repr(line) for line in said if NEGATIVE.search(line))


@check(
    "11.2.3/whois",
    "clients",
    "The registrar's server and site are never empty.",
    takes=WhoisExchange,
    on=RECORDS,
)
def no_empty_referral(w: WhoisExchange) -> Iterator[str]:
    for key in ("Registrar WHOIS Server", "Registrar URL"):
        yield from (f"{key}: {v!r}" for v in w.values(key) if not v.strip() or "://:" in v)


@check(
    "6.8.1",
    "clients; 11.2.5",
    "A name that isn't registered: No match for its A-labels in capitals.",
    takes=WhoisExchange,
    on=(Subject.ERROR,),
)
def no_match(w: WhoisExchange) -> Iterator[str]:
    first = w.lines[0]
    if re.match("no match", first, re.IGNORECASE) and not re.fullmatch(
        r'No match for "[A-Z0-9._-]+"\.', first
    ):
        yield repr(first)


@check(
    "6.8.3",
    "our own",
    "What isn't registered doesn't look like a record.",
    takes=WhoisExchange,
    on=(Subject.ERROR,),
)
def no_record(w: WhoisExchange) -> Iterator[str]:
    for key, _ in pairs(w)[1:]:
        if key in {"Domain Name", "Registrar", "Creation Date", "Name Server", "Domain Status"}:
            yield key


@check(
    "6.8.4",
    "our own",
    "A question that is said back is short.",
    takes=WhoisExchange,
    on=(Subject.ERROR,),
)
def short_echo(w: WhoisExchange) -> Iterator[str]:
    if len(w.lines[0]) > 600:
        yield f"{len(w.lines[0])} characters"
