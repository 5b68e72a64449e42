"""Port 43: the bytes and lines of an answer (RFC 3912; the registry agreement, RA)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pycountry

from tests.conformance.checks import check
from tests.conformance.exchanges import Subject, WhoisExchange

__all__: list[str] = []

RECORDS = (Subject.DOMAIN, Subject.NAMESERVER, Subject.REGISTRAR)
KEY = re.compile(r"[A-Z][A-Za-z/ ]*[A-Za-z]")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TRAILER = re.compile(
    r">>> Last update of WHOIS database: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z <<<"
)
PHONE = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}")
COMPLAINT = "URL of the ICANN RDDS Inaccuracy Complaint Form"
COUNTRIES = {country.alpha_2 for country in pycountry.countries}
HOST = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]+")


def pairs(w: WhoisExchange) -> list[tuple[str, str]]:
    """Give the keys and values of the record, its trailer left out."""
    return [(key, value) for key, value in w.record if not key.startswith(">>>")]


@check("6.1.3", "RFC 3912 §2", "Every line ends in CRLF, the last one too.", takes=WhoisExchange)
def line_ends(w: WhoisExchange) -> Iterator[str]:
    if not w.answer.endswith(b"\r\n"):
        yield "no CRLF at the end"
    bare = w.answer.replace(b"\r\n", b"")
    if b"\r" in bare or b"\n" in bare:
        yield "a bare CR or LF"


@check("6.1.8", "our own", "An answer is UTF-8 without a byte order mark.", takes=WhoisExchange)
def utf8(w: WhoisExchange) -> Iterator[str]:
    try:
        if w.answer.decode("utf-8").startswith("\ufeff"):
            yield "a byte order mark"
    except UnicodeDecodeError as error:
        yield str(error)


@check("6.1.9", "our own", "No control character stands in a line.", takes=WhoisExchange)
def no_controls(w: WhoisExchange) -> Iterator[str]:
    for line in w.lines:
        if re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", line):
            yield ascii(line)


@check(
    "6.3.1",
    "RA specification 4 §1.3",
    "A line of a record is a key, a colon, a blank and a value.",
    takes=WhoisExchange,
    on=RECORDS,
)
def key_value(w: WhoisExchange) -> Iterator[str]:
    for line in w.lines[: len(w.record)]:
        key, colon, _ = line.partition(": ")
        if not TRAILER.fullmatch(line) and not (colon and KEY.fullmatch(key)):
            yield repr(line)


@check(
    "6.3.2",
    "RA specification 4 §1.3",
    "Several values are several lines.",
    takes=WhoisExchange,
    on=RECORDS,
)
def no_lists(w: WhoisExchange) -> Iterator[str]:
    for key, value in pairs(w):
        if key in {"Domain Status", "Name Server", "IP Address", "DS Data"} and "," in value:
            yield f"{key}: {value}"


@check(
    "6.3.3",
    "RA specification 4 §1.3",
    "A blank line ends a record and stands nowhere inside; the trailer closes the last.",
    takes=WhoisExchange,
)
def one_block(w: WhoisExchange) -> Iterator[str]:
    blocks = "\n".join(w.lines).split("\n\n")
    if w.lines[0] == "" or "" in blocks:
        yield "an empty block"
    if w.subject not in RECORDS:
        return
    closed = [TRAILER.fullmatch(block.rpartition("\n")[2]) is not None for block in blocks]
    if closed.count(True) != 1:
        yield f"{closed.count(True)} blocks end in the trailer"
        return
    # A question by address has several records, each beginning alike.
    first = blocks[0].partition(":")[0]
    for block in blocks[1 : closed.index(True) + 1]:
        if first != "Server Name" or not block.startswith("Server Name: "):
            yield f"a blank line before {block[:40]!r}"


@check(
    "6.3.4",
    "RA specification 4 §1.3",
    "Text for people follows a blank line at the end.",
    takes=WhoisExchange,
)
def text_last(w: WhoisExchange) -> Iterator[str]:
    at = [n for n, line in enumerate(w.lines) if TRAILER.fullmatch(line)]
    if at and w.lines[at[0] + 1 : at[0] + 2] not in ([], [""]):
        yield f"{w.lines[at[0] + 1]!r} follows the trailer"


@check("11.2.1", "clients", "A key without a value is left out.", takes=WhoisExchange, on=RECORDS)
def no_empty_values(w: WhoisExchange) -> Iterator[str]:
    yield from (key for key, value in pairs(w) if not value.strip())


@check(
    "6.3.6",
    "RA specification 4 §1.3",
    "Dates are UTC instants of RFC 3339.",
    takes=WhoisExchange,
    on=RECORDS,
)
def dates(w: WhoisExchange) -> Iterator[str]:
    for key, value in pairs(w):
        if key.endswith(" Date") and not DATE.fullmatch(value):
            yield f"{key}: {value}"


@check(
    "6.3.7",
    "RA specification 4 §1.3, RFC 5733",
    "Telephones are in EPP's form, countries are codes.",
    takes=WhoisExchange,
    on=RECORDS,
)
def phones_and_countries(w: WhoisExchange) -> Iterator[str]:
    for key, value in pairs(w):
        if value == w.redaction_text:
            continue
        if re.search(r"(Phone|Fax|Phone Number|Fax Number)$", key) and not PHONE.fullmatch(value):
            yield f"{key}: {value}"
        if re.search(r" Ext$", key) and not re.fullmatch("[0-9]+", value):
            yield f"{key}: {value}"
        if re.search(r"Country$", key) and value not in COUNTRIES:
            yield f"{key}: {value}"


@check("6.3.8", "RA specification 4 §1.3", "No code that a browser would run.", takes=WhoisExchange)
def no_code(w: WhoisExchange) -> Iterator[str]:
    if re.search(rb"<\s*/?\s*script", w.answer, re.IGNORECASE):
        yield "a script tag"


@check(
    "6.3.9",
    "RA specification 4 §1.4",
    "The name is in A-labels; its Unicode form has a key of its own.",
    takes=WhoisExchange,
    on=(Subject.DOMAIN,),
)
def name_form(w: WhoisExchange) -> Iterator[str]:
    name = w.value("Domain Name") or ""
    if not HOST.fullmatch(name):
        yield f"{name!r}"
    if ("xn--" in name.lower()) != bool(w.values("Internationalized Domain Name")):
        yield f"{w.values('Internationalized Domain Name')}"


@check("6.4.6", "our own", "No line about who pays.", takes=WhoisExchange)
def nothing_of_payers(w: WhoisExchange) -> Iterator[str]:
    if b"billing" in w.answer.lower():
        yield "the word stands in the answer"


@check(
    "6.4.11",
    "monitor",
    "Name servers are host names.",
    takes=WhoisExchange,
    on=(Subject.DOMAIN, Subject.NAMESERVER),
)
def host_names(w: WhoisExchange) -> Iterator[str]:
    for key in ("Name Server", "Server Name"):
        yield from (f"{key}: {name}" for name in w.values(key) if not HOST.fullmatch(name))
