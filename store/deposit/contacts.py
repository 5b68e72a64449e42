"""A contact of a deposit (RFC 9022 §5.3, RFC 5733)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from store.deposit.elements import Record, tags
from store.deposit.remarks import Remark
from store.deposit.rows import ContactRow, FormRow
from store.errors import RegistryError
from store.folding import fold_handle, search_key
from store.statuses import Status, clashes, settable
from store.validation.address import parse_country
from store.validation.email import parse_email
from store.validation.phone import number_lengths

__all__ = ["Form", "Reach", "read_addr", "read_contact", "read_form", "read_phone"]

_TAGS = tags(
    "rdeContact-1.0",
    "id roid status postalInfo voice fax email clID crRr crDate upRr upDate trDate trnData"
    " disclose",
)
_FORM = tags("contact-1.0 rdeContact-1.0 rdeRegistrar-1.0", "name org addr")
_ADDR = tags("contact-1.0 rdeContact-1.0 rdeRegistrar-1.0", "street city sp pc cc")
_DISCLOSED = tags("contact-1.0 rdeContact-1.0", "name org addr voice fax email")

# D-28: a contact's pendingDelete is computed, like ok and linked.
_STORED = settable("contact") | {
    Status.OK,
    Status.LINKED,
    Status.PENDING_CREATE,
    Status.PENDING_TRANSFER,
    Status.PENDING_UPDATE,
}
_KNOWN = frozenset(_STORED)

_PHONE = re.compile(r"\+([1-9][0-9]{0,2})\.([0-9]{1,14})", re.ASCII)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LIMITS = (("org", 2, 255), ("city", 1, 255), ("sp", 1, 255), ("pc", 1, 16))


class Reach(NamedTuple):
    """A number and its extension."""

    number: str | None
    extension: str | None


@dataclass(slots=True)
class Form:
    """One postal form as it stands in the deposit."""

    name: str | None = None
    org: str | None = None
    street: list[str] = field(default_factory=list)
    city: str | None = None
    sp: str | None = None
    pc: str | None = None
    cc: str | None = None

    def columns(
        self,
    ) -> tuple[
        str,
        str | None,
        str | None,
        str | None,
        str | None,
        str | None,
        str | None,
        str | None,
        str | None,
    ]:
        """Give the form in the order of the tables' columns."""
        street1, street2, street3 = (*self.street, None, None, None)[:3]
        return (
            self.name or "",
            self.org,
            street1,
            street2,
            street3,
            self.city,
            self.sp,
            self.pc,
            self.cc,
        )


class _Parts:
    """The children of a contact, sorted out."""

    __slots__ = ("disclose", "fax", "one", "postal", "statuses", "unknown", "voice")

    def __init__(self, element: etree._Element) -> None:
        self.one: dict[str, str | None] = {}
        self.statuses: list[etree._Element] = []
        self.postal: list[etree._Element] = []
        self.unknown: list[etree._Element] = []
        self.voice: etree._Element | None = None
        self.fax: etree._Element | None = None
        self.disclose: etree._Element | None = None
        for child in element:
            match _TAGS.get(child.tag):
                case "status":
                    self.statuses.append(child)
                case "postalInfo":
                    self.postal.append(child)
                case "voice":
                    self.voice = child
                case "fax":
                    self.fax = child
                case "disclose":
                    self.disclose = child
                case None:
                    self.unknown.append(child)
                case key:
                    self.one[key] = child.text


def read_contact(
    element: etree._Element, record: Record, *, number: int
) -> tuple[ContactRow, FormRow | None]:
    """Read ``rdeContact:contact``; *number* is its row.

    Raises:
        DepositDefect: ``not-a-deposit`` without an id or a sponsor.
        StrictRefusal: under ``--strict`` for a value that breaks an entry rule.
    """
    parts = _Parts(element)
    one = parts.one
    record.subject = "contact"
    handle = record.handle(one.get("id"), "id")
    if handle is None:
        raise record.broken("a contact without id")
    record.subject = f"contact {handle}"
    for child in parts.unknown:
        record.extension(child)
    registrar = record.handle(one.get("clID"), "clID")
    if registrar is None:
        raise record.broken("it has no sponsoring registrar (clID)")
    stored = record.statuses(parts.statuses, _KNOWN)
    if stored and (clash := clashes(frozenset(stored))):
        record.remark(Remark.CLASHING_STATUSES, clash)
    if not 3 <= len(handle) <= 16:
        record.remark(Remark.ODD_HANDLE, "an id has 3 to 16 characters")
    roid = record.handle(one.get("roid"), "ROID")
    if roid is None:
        record.remark(Remark.MISSING_ROID, "it has no ROID and was given one")
    first, kind, second = _forms(parts.postal, record)
    voice = read_phone(parts.voice, record, "voice")
    fax = read_phone(parts.fax, record, "fax")
    email = read_email(one.get("email"), record)
    _check_form(first, record, kind, email=email)
    row = ContactRow(
        number,
        record.line,
        handle,
        fold_handle(handle),
        roid,
        None if roid is None else search_key(roid),
        search_key(first.name or ""),
        None if email is None else search_key(email),
        registrar,
        kind,
        *first.columns(),
        voice.number,
        voice.extension,
        fax.number,
        fax.extension,
        email,
        " ".join(sorted(stored)),
        _disclosures(parts.disclose, record, kind),
        record.instant(one.get("crDate"), "crDate"),
        record.registrar(one.get("crRr")),
        record.instant(one.get("upDate"), "upDate"),
        record.registrar(one.get("upRr")),
        record.instant(one.get("trDate"), "trDate"),
    )
    return row, None if second is None else FormRow(number, *second.columns())


def read_form(element: etree._Element, record: Record) -> Form:
    """Read ``postalInfo``: name, organisation and address."""
    form = Form()
    for child in element:
        match _FORM.get(child.tag):
            case "name":
                form.name = record.text(child.text)
            case "org":
                form.org = record.text(child.text)
            case "addr":
                read_addr(child, form, record)
            case _:
                record.extension(child)
    return form


def read_addr(element: etree._Element, form: Form, record: Record) -> None:
    """Read ``addr`` into *form*."""
    for child in element:
        match _ADDR.get(child.tag):
            case "street":
                if (line := record.text(child.text)) is not None:
                    form.street.append(line)
            case "city":
                form.city = record.text(child.text)
            case "sp":
                form.sp = record.text(child.text)
            case "pc":
                form.pc = record.token(child.text)
            case "cc":
                form.cc = _country(record.token(child.text), record)
            case _:
                record.extension(child)


def read_phone(element: etree._Element | None, record: Record, what: str) -> Reach:
    """Read ``voice`` or ``fax`` with its extension; odd ones are taken as they are (8.1)."""
    if element is None:
        return Reach(None, None)
    number, extension = record.token(element.text), record.token(element.get("x"))
    if number is not None:
        match = _PHONE.fullmatch(number)
        if match is None or len(match[2]) not in number_lengths(int(match[1])):
            record.remark(Remark.ODD_PHONE, f"the {what} number has no length its code has")
    if extension is not None:
        if number is None or not (extension.isascii() and extension.isdigit()):
            record.remark(Remark.ODD_EXTENSION, f"the {what} extension is none")
        elif len(extension) > 10:  # I-14
            record.remark(Remark.ODD_EXTENSION, f"the {what} extension has over 10 digits")
    return Reach(number, extension)


def read_email(value: str | None, record: Record) -> str | None:
    """Give an address with its domain in A-labels (D-10); an odd one as it is."""
    address = record.token(value)
    if address is None:
        return None
    local, _, domain = address.rpartition("@")
    if len(local) <= 64 and _LOCAL.fullmatch(local) and (ascii_domain := _mail_domain(domain)):
        return address if ascii_domain == domain else f"{local}@{ascii_domain}"
    try:
        return parse_email(address, smtputf8=True)
    except RegistryError:
        record.remark(Remark.ODD_EMAIL, "the e-mail address is none by today's rules")
        return address


@lru_cache(maxsize=8192)
def _mail_domain(domain: str) -> str | None:
    try:
        return parse_email(f"a@{domain}", smtputf8=True).removeprefix("a@")
    except RegistryError:
        return None


def _country(value: str | None, record: Record) -> str | None:
    if value is None:
        return None
    known = _known_country(value)
    if known is None:
        record.remark(Remark.ODD_COUNTRY, "not a country code of ISO 3166-1")
        return value.upper()
    if known != value:
        record.remark(Remark.UPPER_CASE, "the country code is not in upper case")
    return known


@lru_cache(maxsize=1024)
def _known_country(value: str) -> str | None:
    try:
        return parse_country(value)
    except RegistryError:
        return None


def _forms(postal: list[etree._Element], record: Record) -> tuple[Form, str, Form | None]:
    """Give the primary form, its type, and the other one: `loc` goes first (D-20)."""
    by_type: dict[str, Form] = {}
    for element in postal:
        kind = (element.get("type") or "loc").strip()
        if kind not in {"loc", "int"}:
            record.remark(Remark.UNREADABLE_VALUE, "a postal address is loc or int")
            kind = "loc"
        form = read_form(element, record)
        if kind in by_type:
            record.remark(Remark.UNREADABLE_VALUE, f"two {kind} addresses; the first is kept")
            continue
        by_type[kind] = form
    if "loc" in by_type:
        if (second := by_type.get("int")) is not None:
            _check_ascii(second, record)
        return by_type["loc"], "loc", second
    if "int" in by_type:
        return by_type["int"], "int", None
    return Form(), "loc", None


def _check_form(form: Form, record: Record, kind: str, *, email: str | None) -> None:
    """Note what breaks section 2's limits; nothing is changed."""
    if not form.name or not form.city or not form.cc or email is None:
        lacking = [part for part in ("name", "city", "cc") if not getattr(form, part)]
        lacking += ["email"] if email is None else []
        record.remark(Remark.MISSING_VALUE, f"it has no {', '.join(lacking)}")
    for part, least, most in _LIMITS:
        value = getattr(form, part)
        if value is not None and not least <= len(value) <= most:
            record.remark(Remark.ODD_LENGTH, f"{part} has {len(value)} characters")
    if form.name and len(form.name) > 255:
        record.remark(Remark.ODD_LENGTH, f"name has {len(form.name)} characters")
    if len(form.street) > 3 or any(len(line) > 255 for line in form.street):
        record.remark(Remark.ODD_LENGTH, "street has more than three lines of 255 characters")
    if kind == "int":
        _check_ascii(form, record)


def _check_ascii(form: Form, record: Record) -> None:
    # RFC 5733 §2.3: an int form is in 7-bit ASCII.
    if not all(value is None or value.isascii() for value in form.columns()):
        record.remark(Remark.NOT_ASCII, "an international address is not in ASCII")


def _disclosures(element: etree._Element | None, record: Record, primary: str) -> str:
    """Give the JSON of the disclosures column (RFC 5733 §2.9, D-29).

    Of a name, organisation or address, the type that is the primary form's counts.
    """
    if element is None:
        return "{}"
    show = (element.get("flag") or "").strip() in {"1", "true"}
    said: dict[str, int | None] = {}
    for child in element:
        part = _DISCLOSED.get(child.tag)
        if part is None:
            record.extension(child)
        elif (child.get("type") or primary).strip() == primary:
            said[part] = record.watermark if show else None
    return json.dumps(said, sort_keys=True)
