"""Name servers, drawn as a record of one or a list of several."""

from __future__ import annotations

from collections.abc import Iterator

from pages.asking import Sought
from pages.drawing import Card, Line, Pen, Record, Row, Section
from pages.registrar import registrar_line
from store.published import PublishedHost

__all__ = ["MOST_HOSTS", "host_record", "hosts_record"]

MOST_HOSTS = 100  # the store gives one more where there are more


def host_record(host: PublishedHost, pen: Pen) -> Record:
    """Draw the name server *host*."""
    rows = (*_own_rows(host, pen), *_record_rows(host, pen))
    return Record(
        title=host.unicode_name or host.name,
        also=host.name if host.unicode_name else None,
        kind=pen.texts["kind.nameserver"],
        sections=(Section(title=pen.texts["section.nameserver"], rows=rows),),
    )


def hosts_record(hosts: tuple[PublishedHost, ...], asked: str, pen: Pen) -> Record:
    """Draw the name servers that have the address *asked*."""
    shown = hosts[:MOST_HOSTS]
    cards = tuple(
        Card(title=host.unicode_name or host.name, rows=(*_own_rows(host, pen, link=True),))
        for host in shown
    )
    return Record(
        title=asked,
        kind=pen.texts["kind.nameservers"],
        sections=(
            Section(
                title=pen.texts["section.nameservers"],
                cards=cards,
                note=pen.say("more_hosts", most=MOST_HOSTS) if len(hosts) > len(shown) else None,
            ),
        ),
    )


def _own_rows(host: PublishedHost, pen: Pen, *, link: bool = False) -> Iterator[Row]:
    href = pen.place(host.name, Sought.NAMESERVER) if link else None
    yield from pen.row("row.nameserver", pen.line(host.name, href))
    yield from pen.row(
        "row.addresses",
        *(
            Line(text=str(each), href=pen.place(str(each), Sought.NAMESERVER), fixed=True)
            for each in host.addresses
        ),
    )


def _record_rows(host: PublishedHost, pen: Pen) -> Iterator[Row]:
    if host.registrar is not None:
        yield from pen.row("row.registrar", registrar_line(host.registrar, pen))
    statuses = (
        Line(text=status.value, note=pen.texts[f"status.{status.value}"], fixed=True)
        for status in host.statuses
    )
    yield from pen.row("row.status", *statuses)
    yield from pen.row("row.handle", pen.line(host.handle))
    yield from pen.row("row.created", pen.moment(host.created))
    yield from pen.row("row.updated", pen.moment(host.updated))
