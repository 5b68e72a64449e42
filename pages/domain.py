"""A registration, drawn as a record."""

from __future__ import annotations

from collections.abc import Iterator

from pages.asking import Sought
from pages.drawing import Line, Pen, Record, Row, Section
from pages.party import party_card
from pages.registrar import abuse_rows, registrar_line
from store.published import Dnssec, PublishedDomain, PublishedHost
from store.urls import web_url

__all__ = ["domain_record"]


def domain_record(domain: PublishedDomain, pen: Pen) -> Record:
    """Draw *domain* in the order in which people ask: what, whose, where, how it stands."""
    redaction = domain.notices.redaction_text
    cards = tuple(party_card(party, redaction, pen) for party in domain.parties)
    sections = (
        Section(title=pen.texts["section.domain"], rows=tuple(_own_rows(domain, pen))),
        Section(title=pen.texts["section.status"], rows=tuple(_status_rows(domain, pen))),
        Section(title=pen.texts["section.registrar"], rows=tuple(_registrar_rows(domain, pen))),
        Section(title=pen.texts["section.contacts"], cards=cards),
        Section(title=pen.texts["section.delegation"], rows=tuple(_delegation_rows(domain, pen))),
    )
    return Record(
        title=domain.unicode_name or domain.name,
        also=domain.name if domain.unicode_name else None,
        kind=pen.texts["kind.domain"],
        sections=tuple(section for section in sections if section.rows or section.cards),
    )


def _own_rows(domain: PublishedDomain, pen: Pen) -> Iterator[Row]:
    yield from pen.row("row.domain", pen.line(domain.name))
    yield from pen.row("row.unicode", pen.line(domain.unicode_name))
    yield from pen.row("row.handle", pen.line(domain.handle))
    yield from pen.row("row.registered", pen.moment(domain.created))
    yield from pen.row("row.expires", pen.moment(domain.expires))
    yield from pen.row("row.registrar_expires", pen.moment(domain.registrar_expires))
    yield from pen.row("row.transferred", pen.moment(domain.transferred))
    yield from pen.row("row.updated", pen.moment(domain.updated))


def _status_rows(domain: PublishedDomain, pen: Pen) -> Iterator[Row]:
    """Explain each status code and link it to the page that says more (6.4.4)."""
    page = web_url(domain.notices.status_url)
    for status in domain.statuses:
        yield Row(
            label=status.value,
            href=f"{page}#{status.value}" if page else None,
            lines=(Line(text=pen.texts[f"status.{status.value}"]),),
        )


def _registrar_rows(domain: PublishedDomain, pen: Pen) -> Iterator[Row]:
    registrar = domain.registrar
    yield from pen.row("row.registrar", registrar_line(registrar, pen))
    if registrar.iana_id is not None:  # D-34
        yield from pen.row("row.iana_id", pen.line(str(registrar.iana_id)))
    yield from pen.row("row.url", pen.line(registrar.url, web_url(registrar.url)))
    yield from abuse_rows(registrar, pen)


def _delegation_rows(domain: PublishedDomain, pen: Pen) -> Iterator[Row]:
    yield from pen.row("row.nameservers", *(_host_line(host, pen) for host in domain.hosts))
    signed = "dnssec.signed" if domain.dnssec.signed else "dnssec.unsigned"
    yield from pen.row("row.dnssec", pen.line(pen.texts[signed]))
    yield from _key_rows(domain.dnssec, pen)


def _host_line(host: PublishedHost, pen: Pen) -> Line:
    addresses = ", ".join(str(address) for address in host.addresses)
    return Line(
        text=host.unicode_name or host.name,
        href=pen.place(host.name, Sought.NAMESERVER),
        note=addresses or None,
    )


def _key_rows(dnssec: Dnssec, pen: Pen) -> Iterator[Row]:
    yield from pen.row(
        "row.ds",
        *(
            Line(text=f"{ds.key_tag} {ds.algorithm} {ds.digest_type} {ds.digest}", fixed=True)
            for ds in dnssec.ds
        ),
    )
    yield from pen.row(
        "row.keys",
        *(
            Line(text=f"{key.flags} {key.protocol} {key.algorithm} {key.public_key}", fixed=True)
            for key in dnssec.keys
        ),
    )
