"""A registrar of a deposit (RFC 9022 §5.4)."""

from __future__ import annotations

from lxml import etree

from store.deposit.contacts import Form, read_email, read_form, read_phone
from store.deposit.elements import Record, tags
from store.deposit.remarks import Remark
from store.deposit.rows import RegistrarRow
from store.folding import fold_handle, fold_name, search_key

__all__ = ["read_registrar", "registrar_by_handle"]

_TAGS = tags(
    "rdeRegistrar-1.0",
    "id name gurid status postalInfo voice fax email url whoisInfo crDate upDate",
)
_WHOIS = tags("rdeRegistrar-1.0", "name url")


def read_registrar(element: etree._Element, record: Record, *, number: int) -> RegistrarRow:
    """Read ``rdeRegistrar:registrar``.

    Raises:
        DepositDefect: ``not-a-deposit`` without an id.
    """
    one: dict[str, etree._Element] = {}
    postal: list[etree._Element] = []
    unknown: list[etree._Element] = []
    for child in element:
        match _TAGS.get(child.tag):
            case "postalInfo":
                postal.append(child)
            case None:
                unknown.append(child)
            case key:
                one[key] = child
    record.subject = "registrar"
    handle = record.handle(_text(one, "id"), "id")
    if handle is None:
        raise record.broken("a registrar without id")
    record.subject = f"registrar {handle}"
    for child in unknown:
        record.extension(child)
    name = record.text(_text(one, "name"))
    if name is None:
        record.remark(Remark.MISSING_VALUE, "it has no name; its id stands in")
        name = handle
    gurid = record.number(_text(one, "gurid"), "gurid")
    if gurid is None:
        record.remark(Remark.NO_IANA_ID, "it has no IANA id")
    form = _form(postal, record)
    voice = read_phone(one.get("voice"), record, "voice")
    fax = read_phone(one.get("fax"), record, "fax")
    _, _, *address = form.columns()
    street1, street2, street3, city, sp, pc, cc = address
    return RegistrarRow(
        number,
        record.line,
        handle,
        fold_handle(handle),
        fold_name(name),
        search_key(name),
        search_key(handle) if gurid is None else str(gurid),
        gurid,
        record.token(_text(one, "status")) or "ok",
        name,
        street1,
        street2,
        street3,
        city,
        sp,
        pc,
        cc,
        voice.number,
        voice.extension,
        fax.number,
        fax.extension,
        read_email(_text(one, "email"), record),
        record.token(_text(one, "url")),
        _whois(one.get("whoisInfo"), record),
        record.instant(_text(one, "crDate"), "crDate"),
        record.instant(_text(one, "upDate"), "upDate"),
    )


def registrar_by_handle(handle: str, *, number: int, line: int) -> RegistrarRow:
    """Make a registrar of which nothing but *handle* is known."""
    nothing = (None,) * 14
    return RegistrarRow(
        number,
        line,
        handle,
        fold_handle(handle),
        fold_name(handle),
        search_key(handle),
        search_key(handle),
        None,
        "ok",
        handle,
        *nothing,
        None,
        None,
    )


def _text(one: dict[str, etree._Element], key: str) -> str | None:
    child = one.get(key)
    return None if child is None else child.text


def _form(postal: list[etree._Element], record: Record) -> Form:
    """Give the address; where both are there the localised one is shown (D-20)."""
    forms = [((element.get("type") or "").strip(), element) for element in postal]
    forms.sort(key=lambda pair: pair[0] != "loc")
    return read_form(forms[0][1], record) if forms else Form()


def _whois(element: etree._Element | None, record: Record) -> str | None:
    """Give the name of the WHOIS server; its web address is not kept."""
    found: str | None = None
    for child in element if element is not None else ():
        match _WHOIS.get(child.tag):
            case "name":
                found = record.token(child.text)
            case "url":
                pass
            case _:
                record.extension(child)
    return found
