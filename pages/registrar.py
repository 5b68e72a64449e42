"""A registrar, drawn as a record."""

from __future__ import annotations

from collections.abc import Iterator

from pages.asking import Sought
from pages.drawing import Line, Pen, Record, Row, Section
from pages.party import country_line, mail_line, phone_line
from pages.text import clean
from store.published import PublishedRegistrar
from store.urls import web_url

__all__ = ["abuse_rows", "registrar_line", "registrar_record"]


def registrar_record(registrar: PublishedRegistrar, pen: Pen) -> Record:
    """Draw *registrar*; nothing of it is private."""
    sections = (
        Section(title=pen.texts["section.registrar"], rows=tuple(_own_rows(registrar, pen))),
        Section(title=pen.texts["section.abuse"], rows=tuple(abuse_rows(registrar, pen))),
        Section(title=pen.texts["section.services"], rows=tuple(_service_rows(registrar, pen))),
    )
    return Record(
        title=clean(registrar.name),
        kind=pen.texts["kind.registrar"],
        sections=tuple(section for section in sections if section.rows),
    )


def _own_rows(registrar: PublishedRegistrar, pen: Pen) -> Iterator[Row]:
    yield from pen.row("row.name", pen.line(registrar.name))
    if registrar.iana_id is not None:  # D-34
        yield from pen.row("row.iana_id", pen.line(str(registrar.iana_id)))
    yield from pen.row("row.handle", pen.line(registrar.handle))
    yield from pen.row("row.street", *(pen.line(part) for part in registrar.street))
    yield from pen.row("row.city", pen.line(registrar.city))
    yield from pen.row("row.sp", pen.line(registrar.sp))
    yield from pen.row("row.pc", pen.line(registrar.pc))
    yield from pen.row("row.cc", country_line(registrar.cc))
    yield from pen.row("row.voice", phone_line(registrar.voice, registrar.voice_ext, pen))
    yield from pen.row("row.fax", phone_line(registrar.fax, registrar.fax_ext, pen))
    yield from pen.row("row.email", mail_line(registrar.email))
    yield from pen.row("row.created", pen.moment(registrar.created))
    yield from pen.row("row.updated", pen.moment(registrar.updated))


def registrar_line(registrar: PublishedRegistrar, pen: Pen) -> Line:
    """Name *registrar*, linked to its own record."""
    sure = registrar.handle if registrar.iana_id is None else str(registrar.iana_id)
    return pen.line(registrar.name, pen.place(sure, Sought.REGISTRAR))


def abuse_rows(registrar: PublishedRegistrar, pen: Pen) -> Iterator[Row]:
    """Draw where abuse is reported."""
    yield from pen.row("row.abuse_email", mail_line(registrar.abuse_email))
    yield from pen.row("row.abuse_phone", phone_line(registrar.abuse_phone, None, pen))


def _service_rows(registrar: PublishedRegistrar, pen: Pen) -> Iterator[Row]:
    yield from pen.row("row.url", pen.line(registrar.url, web_url(registrar.url)))
    yield from pen.row("row.whois_server", pen.line(registrar.whois_server))
    yield from pen.row("row.rdap_url", pen.line(registrar.rdap_url, web_url(registrar.rdap_url)))
