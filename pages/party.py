"""A contact of a name, drawn as a card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pages.drawing import Card, Line, Pen, Row
from pages.text import clean, mail_url, phone_url
from store.published import Field, Party, Standing, Withheld
from store.urls import web_url

__all__ = ["country_line", "mail_line", "party_card", "phone_line"]


def party_card(party: Party, redaction: str, pen: Pen) -> Card:
    """Draw *party*; nothing is decided here about privacy.

    Where all that is withheld has one reason, the card says it once.
    """
    title, rows = pen.texts[f"role.{party.role.value}"], tuple(_rows(party, redaction, pen))
    reasons = {line.note for row in rows for line in row.lines if line.withheld}
    if party.standing is Standing.PROXY:
        mark, note = pen.texts["mark.proxy"], pen.texts["note.proxy"]
        return Card(title=title, rows=_without_reasons(rows), mark=mark, note=note)
    if len(reasons) == 1:
        note = pen.say("note.private_why", why=reasons.pop())
        return Card(title=title, rows=_without_reasons(rows), note=note)
    private = reasons or party.standing is Standing.PRIVATE
    return Card(title=title, rows=rows, note=pen.texts["note.private"] if private else None)


def _without_reasons(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(
        replace(
            row,
            lines=tuple(replace(line, note=None) if line.withheld else line for line in row.lines),
        )
        for row in rows
    )


def _rows(party: Party, redaction: str, pen: Pen) -> Iterator[Row]:
    yield from pen.row("row.name", pen.field(party.name, redaction))
    yield from pen.row("row.org", pen.field(party.org, redaction))
    yield from _address_rows(party, redaction, pen)
    yield from pen.row("row.voice", _phone(party.voice, party.voice_ext, redaction, pen))
    yield from pen.row("row.fax", _phone(party.fax, party.fax_ext, redaction, pen))
    yield from pen.row("row.email", _email(party, redaction, pen))
    if party.kind is not None:
        yield from pen.row("row.kind", pen.line(pen.texts[f"kind.{party.kind.value}"]))
    yield from pen.row("row.handle", pen.field(party.handle, redaction))
    yield from pen.row("row.created", pen.moment(party.created))
    yield from pen.row("row.updated", pen.moment(party.updated))


def _address_rows(party: Party, redaction: str, pen: Pen) -> Iterator[Row]:
    if isinstance(party.street, Withheld):
        yield from pen.row("row.street", pen.withheld(party.street, redaction))
    else:
        yield from pen.row("row.street", *(pen.line(part) for part in party.street))
    yield from pen.row("row.city", pen.field(party.city, redaction))
    yield from pen.row("row.sp", pen.field(party.sp, redaction))
    yield from pen.row("row.pc", pen.field(party.pc, redaction))
    if isinstance(party.cc, str):
        yield from pen.row("row.cc", country_line(party.cc))
    else:
        yield from pen.row("row.cc", pen.field(party.cc, redaction))


def _phone(number: Field, extension: Field, redaction: str, pen: Pen) -> Line | None:
    if isinstance(number, str):
        return phone_line(number, extension if isinstance(extension, str) else None, pen)
    return pen.field(number if number is not None else extension, redaction)


def _email(party: Party, redaction: str, pen: Pen) -> Line | None:
    """Draw an address, or the form in its place (contacts.md 7.4)."""
    if isinstance(party.email, str):
        return mail_line(party.email)
    if party.contact_uri:
        why = pen.withheld(party.email, redaction).note if party.email is not None else None
        form = web_url(party.contact_uri)
        text = pen.texts["contact_form"] if form else clean(party.contact_uri)
        return Line(text=text, href=form, note=why)
    return pen.field(party.email, redaction)


def phone_line(number: str | None, extension: str | None, pen: Pen) -> Line | None:
    """Draw a number in EPP's form (``+CC.N``) as people write it, with its extension."""
    if not number:
        return None
    shown = clean(number).replace(".", " ", 1)
    if extension:
        shown = pen.say("phone_ext", number=shown, extension=clean(extension))
    return Line(text=shown, href=phone_url(number))


def mail_line(address: str | None) -> Line | None:
    """Draw an e-mail address that can be written to."""
    return Line(text=clean(address), href=mail_url(clean(address))) if address else None


def country_line(cc: str | None) -> Line | None:
    """Draw a country as its code of ISO 3166-1, as both doors answer it."""
    return Line(text=clean(cc)) if cc else None
