"""Synthetic full deposits: valid, of any size, the same bytes for the same seed.

Every object is computed from its number alone, so nothing is held in memory. The
order and the words are those of the schemas of RFC 8909 and RFC 9022.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape

from store.deposit.people import LOCALES, Locale
from store.names import ascii_name, unicode_name

__all__ = ["write_deposit"]

USUAL_ZONE = "example"
WATERMARK = "2026-01-01T00:00:00Z"
_CHUNK = 500  # records written at once

_FIRST = (
    "amber", "bright", "calm", "copper", "early", "gentle", "green", "harbour", "hidden", "kind",
    "little", "lucky", "misty", "north", "old", "open", "quiet", "river", "silver", "southern",
)  # fmt: skip
_SECOND = (
    "bakery", "books", "bridge", "cafe", "cycles", "design", "farm", "forge", "garden", "hotel",
    "lantern", "market", "mill", "museum", "music", "orchard", "press", "school", "studio", "works",
)  # fmt: skip
_IDN = (
    ("bücherei", "Latn"), ("café", "Latn"), ("ærlig", "Latn"), ("кафе", "Cyrl"),
    ("東京駅", "Jpan"), ("θάλασσα", "Grek"),
)  # fmt: skip
_TABLES = ("Latn", "Cyrl", "Jpan", "Grek")
_REGISTRARS = (
    ("REG-ALPHA", "Alpha Names Limited", 9991, "NZ", "Wellington", "+64.44990001"),
    ("REG-BETA", "Beta Domains, Inc.", 9992, "US", "Portland", "+1.5035550102"),
    ("REG-GAMMA", "Gamma Domänen GmbH", 9993, "DE", "Köln", "+49.2215550103"),
    ("REG-DELTA", "Delta Noms SARL", 9996, "FR", "Paris", "+33.155501040"),
    ("REG-EPSILON", "Epsilon ドメイン株式会社", 9997, "JP", "Tokyo", "+81.355550105"),
)
_MAIL = ("example.com", "example.net", "example.org")
_EXTERNAL = 20  # name servers outside the zone

_NAMESPACES = (
    ("rde", "rde-1.0"), ("rdeHeader", "rdeHeader-1.0"), ("rdeDomain", "rdeDomain-1.0"),
    ("rdeHost", "rdeHost-1.0"), ("rdeContact", "rdeContact-1.0"),
    ("rdeRegistrar", "rdeRegistrar-1.0"), ("rdeIDN", "rdeIDN-1.0"), ("rdeNNDN", "rdeNNDN-1.0"),
    ("rdeEppParams", "rdeEppParams-1.0"), ("epp", "epp-1.0"), ("domain", "domain-1.0"),
    ("contact", "contact-1.0"), ("secDNS", "secDNS-1.1"),
)  # fmt: skip
_URN = "urn:ietf:params:xml:ns:"


def write_deposit(stream: BinaryIO, *, domains: int, zone: str = USUAL_ZONE, seed: int = 0) -> None:
    """Write a full deposit of *zone* with that many *domains* to *stream*.

    Raises:
        RegistryError: ``INVALID_NAME`` if *zone* is no name.
        ValueError: if *domains* is negative.
    """
    if domains < 0:
        raise ValueError("a number of domains is not negative")
    source = _Deposit(domains=domains, zone=ascii_name(zone), seed=seed)
    held: list[str] = []
    for part in source.parts():
        held.append(part)
        if len(held) >= _CHUNK:
            stream.write("".join(held).encode())
            held.clear()
    stream.write("".join(held).encode())


class _Deposit:
    """All objects of one deposit, each computed from its number."""

    def __init__(self, *, domains: int, zone: str, seed: int) -> None:
        self.domains = domains
        self.zone = zone
        self.seed = seed
        self.reserved = 2 + domains // 1000
        self._mark = _mark(zone)
        self._unicode_zone = unicode_name(zone) or zone

    def parts(self) -> Iterator[str]:
        """Give the text of the deposit, record by record."""
        yield self._head()
        yield from map(self._domain, range(self.domains))
        yield from map(self._external_host, range(_EXTERNAL))
        for leader in range(0, self.domains, 20):
            yield self._host(leader, 1)
            yield self._host(leader, 2)
        yield from map(self._contact, range(self.domains))
        yield from map(_registrar, range(len(_REGISTRARS)))
        yield from map(_idn_table, _TABLES)
        yield from map(self._nndn, range(self.reserved))
        yield _EPP_PARAMETERS
        yield "</rde:contents>\n</rde:deposit>\n"

    def _head(self) -> str:
        counts = {
            "rdeDomain-1.0": self.domains,
            "rdeHost-1.0": _EXTERNAL + 2 * len(range(0, self.domains, 20)),
            "rdeContact-1.0": self.domains,
            "rdeRegistrar-1.0": len(_REGISTRARS),
            "rdeIDN-1.0": len(_TABLES),
            "rdeNNDN-1.0": self.reserved,
            "rdeEppParams-1.0": 1,
        }
        spaces = "".join(f'\n  xmlns:{prefix}="{_URN}{name}"' for prefix, name in _NAMESPACES)
        menu = "".join(f"<rde:objURI>{_URN}{kind}</rde:objURI>\n" for kind in counts)
        told = "".join(
            f'<rdeHeader:count uri="{_URN}{kind}">{count}</rdeHeader:count>\n'
            for kind, count in counts.items()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<rde:deposit type="FULL" id="20260101{self.seed % 100_000:05d}"{spaces}>\n'
            f"<rde:watermark>{WATERMARK}</rde:watermark>\n"
            f"<rde:rdeMenu>\n<rde:version>1.0</rde:version>\n{menu}</rde:rdeMenu>\n"
            "<rde:contents>\n"
            f"<rdeHeader:header>\n<rdeHeader:tld>{self.zone}</rdeHeader:tld>\n{told}"
            "</rdeHeader:header>\n"
        )

    def _draw(self, kind: str, number: int) -> int:
        """Give 64 bits that look random and depend on seed, kind and number alone."""
        text = f"{self.seed}/{kind}/{number}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")

    def _label(self, number: int) -> tuple[str, str | None]:
        """Give the label of a domain, and its script's table if it is an IDN."""
        draw = self._draw("name", number)
        if number % 25 == 8:
            word, table = _IDN[draw % len(_IDN)]
            return f"{word}{number}", table
        return f"{_FIRST[draw % 20]}-{_SECOND[draw // 20 % 20]}-{number}", None

    def _name(self, number: int) -> str:
        label, table = self._label(number)
        return f"{label}.{self.zone}" if table is None else ascii_name(f"{label}.{self.zone}")

    def _domain(self, number: int) -> str:
        draw = self._draw("domain", number)
        label, table = self._label(number)
        registrar = _REGISTRARS[self._sponsor(number)][0]
        idn = ""
        if table is not None:
            idn = (
                f"<rdeDomain:uName>{label}.{self._unicode_zone}</rdeDomain:uName>\n"
                f"<rdeDomain:idnTableId>{table}</rdeDomain:idnTableId>\n"
            )
        created, expires = _period(draw)
        updated = ""
        if draw % 3:
            updated = (
                f"<rdeDomain:upRr>{registrar}</rdeDomain:upRr>\n"
                f"<rdeDomain:upDate>2025-{draw % 12 + 1:02d}-{draw % 28 + 1:02d}T06:30:00.5Z"
                "</rdeDomain:upDate>\n"
            )
        return (
            "<rdeDomain:domain>\n"
            f"<rdeDomain:name>{self._name(number)}</rdeDomain:name>\n"
            f"<rdeDomain:roid>DOM{self._mark}{number}-EXAMPLE</rdeDomain:roid>\n"
            f"{idn}{self._statuses(number)}{self._links(number)}{self._delegation(number)}"
            f"<rdeDomain:clID>{registrar}</rdeDomain:clID>\n"
            f"<rdeDomain:crRr>{registrar}</rdeDomain:crRr>\n"
            f"<rdeDomain:crDate>{created}</rdeDomain:crDate>\n"
            f"<rdeDomain:exDate>{expires}</rdeDomain:exDate>\n"
            f"{updated}{self._dnssec(number)}{self._transfer(number, registrar)}"
            "</rdeDomain:domain>\n"
        )

    def _sponsor(self, number: int) -> int:
        return self._draw("sponsor", number // 10) % len(_REGISTRARS)

    def _statuses(self, number: int) -> str:
        words, rgp = ["ok"], ""
        if number % 50 == 7:
            words = ["inactive"]
        elif number % 100 == 33:
            words, rgp = ["pendingDelete"], "redemptionPeriod"
        elif number % 40 == 9:
            words = ["serverHold", "serverTransferProhibited"]
        elif number % 4 == 0:
            words = ["clientTransferProhibited"]
        elif number % 50 == 2:
            rgp = "addPeriod"
        told = "".join(f'<rdeDomain:status s="{word}"/>\n' for word in words)
        return told + (f'<rdeDomain:rgpStatus s="{rgp}"/>\n' if rgp else "")

    def _is_billing(self, number: int) -> bool:
        return number % 7 == 3

    def _links(self, number: int) -> str:
        """Link registrant, admin, tech and now and then billing; holders have several names."""
        billing = self._is_billing(number)
        holder = number - 1 if billing else number
        admin = self._shared(number - number % 10, holder) if number % 3 == 0 else holder
        tech = self._shared(number - number % 50, holder)
        told = (
            f"<rdeDomain:registrant>CON{self._mark}{holder}</rdeDomain:registrant>\n"
            f'<rdeDomain:contact type="admin">CON{self._mark}{admin}</rdeDomain:contact>\n'
            f'<rdeDomain:contact type="tech">CON{self._mark}{tech}</rdeDomain:contact>\n'
        )
        if billing:
            told += (
                f'<rdeDomain:contact type="billing">CON{self._mark}{number}</rdeDomain:contact>\n'
            )
        return told

    def _shared(self, number: int, otherwise: int) -> int:
        return otherwise if self._is_billing(number) else number

    def _delegation(self, number: int) -> str:
        if number % 50 == 7:
            return ""
        leader = number - number % 20
        if number % 20 in {0, 5, 10}:
            hosts = [f"ns{i}.{self._name(leader)}" for i in (1, 2)]
        else:
            first = self._draw("ns", number) % (_EXTERNAL // 2)
            hosts = [_external_name(2 * first), _external_name(2 * first + 1)]
        told = "".join(f"<domain:hostObj>{host}</domain:hostObj>\n" for host in hosts)
        return f"<rdeDomain:ns>\n{told}</rdeDomain:ns>\n"

    def _dnssec(self, number: int) -> str:
        if number % 6 or number % 50 == 7:
            return ""
        digest = hashlib.sha256(f"{self.seed}/{self._name(number)}".encode()).hexdigest().upper()
        return (
            "<rdeDomain:secDNS>\n<secDNS:dsData>\n"
            f"<secDNS:keyTag>{self._draw('key', number) % 65_536}</secDNS:keyTag>\n"
            "<secDNS:alg>13</secDNS:alg>\n<secDNS:digestType>2</secDNS:digestType>\n"
            f"<secDNS:digest>{digest}</secDNS:digest>\n"
            "</secDNS:dsData>\n</rdeDomain:secDNS>\n"
        )

    def _transfer(self, number: int, registrar: str) -> str:
        if number % 30 != 4:
            return ""
        former = _REGISTRARS[(self._sponsor(number) + 1) % len(_REGISTRARS)][0]
        return (
            "<rdeDomain:trDate>2025-03-06T10:00:00Z</rdeDomain:trDate>\n"
            "<rdeDomain:trnData>\n"
            "<rdeDomain:trStatus>clientApproved</rdeDomain:trStatus>\n"
            f"<rdeDomain:reRr>{registrar}</rdeDomain:reRr>\n"
            "<rdeDomain:reDate>2025-03-03T22:00:00Z</rdeDomain:reDate>\n"
            f"<rdeDomain:acRr>{former}</rdeDomain:acRr>\n"
            "<rdeDomain:acDate>2025-03-06T10:00:00Z</rdeDomain:acDate>\n"
            "</rdeDomain:trnData>\n"
        )

    def _external_host(self, number: int) -> str:
        registrar = _REGISTRARS[number % len(_REGISTRARS)][0]
        return _host_text(_external_name(number), f"HOSX{number}", registrar, "")

    def _host(self, leader: int, which: int) -> str:
        block = ("192.0.2", "198.51.100", "203.0.113")[self._draw("block", leader) % 3]
        addresses = (
            f'<rdeHost:addr ip="v4">{block}.{leader // 20 % 127 * 2 + which}</rdeHost:addr>\n'
            f'<rdeHost:addr ip="v6">2001:db8:{leader >> 16:x}:{leader & 0xFFFF:x}::{which}'
            "</rdeHost:addr>\n"
        )
        registrar = _REGISTRARS[self._sponsor(leader)][0]
        name = f"ns{which}.{self._name(leader)}"
        return _host_text(name, f"HOS{self._mark}{leader}_{which}", registrar, addresses)

    def _contact(self, number: int) -> str:
        draw = self._draw("contact", number)
        locale = LOCALES[draw % len(LOCALES)]
        registrar = _REGISTRARS[self._sponsor(number)][0]
        created, _ = _period(draw)
        extension = f' x="{draw % 9000 + 1000}"' if number % 12 == 5 else ""
        voice = f"<rdeContact:voice{extension}>{_phone(locale.phone, draw)}</rdeContact:voice>\n"
        fax = f"<rdeContact:fax>{_phone(locale.phone, draw >> 5)}</rdeContact:fax>\n"
        mail = f"contact{number}@{_MAIL[draw % 3]}"
        return (
            "<rdeContact:contact>\n"
            f"<rdeContact:id>CON{self._mark}{number}</rdeContact:id>\n"
            f"<rdeContact:roid>CON{self._mark}{number}-EXAMPLE</rdeContact:roid>\n"
            '<rdeContact:status s="ok"/>\n<rdeContact:status s="linked"/>\n'
            f"{self._postal(number, locale, draw)}{voice}"
            f"{fax if number % 8 == 1 else ''}"
            f"<rdeContact:email>{mail}</rdeContact:email>\n"
            f"<rdeContact:clID>{registrar}</rdeContact:clID>\n"
            f"<rdeContact:crRr>{registrar}</rdeContact:crRr>\n"
            f"<rdeContact:crDate>{created}</rdeContact:crDate>\n"
            f"{_disclose(number)}"
            "</rdeContact:contact>\n"
        )

    def _postal(self, number: int, locale: Locale, draw: int) -> str:
        """Give one localised form, with an international one beside it, or an international one."""
        billing = self._is_billing(number)
        if locale.cc == "US" and number % 2:
            return _form("int", locale, draw, org=number % 3 == 0, billing=billing)
        told = _form("loc", locale, draw, org=number % 3 == 0, billing=billing)
        if locale.latin is not None and number % 2 == 0:
            told += _form("int", locale.latin, draw, org=number % 3 == 0, billing=billing)
        return told

    def _nndn(self, number: int) -> str:
        state = ("withheld", "blocked")[number % 2]
        return (
            "<rdeNNDN:NNDN>\n"
            f"<rdeNNDN:aName>reserved-{number}.{self.zone}</rdeNNDN:aName>\n"
            f"<rdeNNDN:nameState>{state}</rdeNNDN:nameState>\n"
            "<rdeNNDN:crDate>2015-01-01T00:00:00Z</rdeNNDN:crDate>\n"
            "</rdeNNDN:NNDN>\n"
        )


def _mark(zone: str) -> str:
    """Give what tells the ids of *zone* from another's; with 8 digits they have 16 characters."""
    if zone == USUAL_ZONE:
        return ""
    return hashlib.blake2b(zone.encode(), digest_size=2).hexdigest().upper() + "_"


def _period(draw: int) -> tuple[str, str]:
    """Give when something was created and when it expires, on both sides of the watermark."""
    created = (
        f"{2012 + draw % 13}-{draw // 13 % 12 + 1:02d}-{draw // 156 % 28 + 1:02d}"
        f"T{draw // 4368 % 24:02d}:{draw % 60:02d}:00Z"
    )
    return created, f"{2027 + draw % 4}{created[4:]}"


def _phone(pattern: str, draw: int) -> str:
    digits = iter(f"{draw % 10**10:010d}")
    return "".join(next(digits) if letter == "#" else letter for letter in pattern)


def _external_name(number: int) -> str:
    return f"ns{number % 2 + 1}.dns{number // 2}.example.net"


def _host_text(name: str, roid: str, registrar: str, addresses: str) -> str:
    return (
        "<rdeHost:host>\n"
        f"<rdeHost:name>{name}</rdeHost:name>\n"
        f"<rdeHost:roid>{roid}-EXAMPLE</rdeHost:roid>\n"
        '<rdeHost:status s="ok"/>\n<rdeHost:status s="linked"/>\n'
        f"{addresses}"
        f"<rdeHost:clID>{registrar}</rdeHost:clID>\n"
        f"<rdeHost:crRr>{registrar}</rdeHost:crRr>\n"
        "<rdeHost:crDate>2014-05-06T07:08:09Z</rdeHost:crDate>\n"
        "</rdeHost:host>\n"
    )


def _form(kind: str, locale: Locale, draw: int, *, org: bool, billing: bool) -> str:
    person = locale.people[draw // 100 % len(locale.people)]
    firm = locale.firms[draw // 700 % len(locale.firms)]
    street = locale.streets[draw // 900 % len(locale.streets)]
    city, province, postcode = locale.places[draw // 1100 % len(locale.places)]
    name = f"Accounts of {person}" if billing else person
    return (
        f'<rdeContact:postalInfo type="{kind}">\n'
        f"<contact:name>{escape(name)}</contact:name>\n"
        + (f"<contact:org>{escape(firm)}</contact:org>\n" if org else "")
        + f"<contact:addr>\n<contact:street>{escape(street)}</contact:street>\n"
        + f"<contact:city>{escape(city)}</contact:city>\n"
        + (f"<contact:sp>{escape(province)}</contact:sp>\n" if province else "")
        + f"<contact:pc>{postcode}</contact:pc>\n<contact:cc>{locale.cc}</contact:cc>\n"
        "</contact:addr>\n</rdeContact:postalInfo>\n"
    )


def _disclose(number: int) -> str:
    if number % 13 == 2:
        parts = '<contact:name type="loc"/>\n<contact:org type="loc"/>\n<contact:email/>\n'
        return f'<rdeContact:disclose flag="1">\n{parts}</rdeContact:disclose>\n'
    if number % 11 == 6:
        parts = "<contact:voice/>\n<contact:fax/>\n"
        return f'<rdeContact:disclose flag="0">\n{parts}</rdeContact:disclose>\n'
    return ""


def _registrar(number: int) -> str:
    handle, name, gurid, cc, city, voice = _REGISTRARS[number]
    site = handle.lower()
    return (
        "<rdeRegistrar:registrar>\n"
        f"<rdeRegistrar:id>{handle}</rdeRegistrar:id>\n"
        f"<rdeRegistrar:name>{escape(name)}</rdeRegistrar:name>\n"
        f"<rdeRegistrar:gurid>{gurid}</rdeRegistrar:gurid>\n"
        "<rdeRegistrar:status>ok</rdeRegistrar:status>\n"
        '<rdeRegistrar:postalInfo type="loc">\n<rdeRegistrar:addr>\n'
        f"<rdeRegistrar:street>{number + 1} Registry Road</rdeRegistrar:street>\n"
        f"<rdeRegistrar:city>{escape(city)}</rdeRegistrar:city>\n"
        f"<rdeRegistrar:cc>{cc}</rdeRegistrar:cc>\n"
        "</rdeRegistrar:addr>\n</rdeRegistrar:postalInfo>\n"
        f"<rdeRegistrar:voice>{voice}</rdeRegistrar:voice>\n"
        f"<rdeRegistrar:email>office@{site}.example.com</rdeRegistrar:email>\n"
        f"<rdeRegistrar:url>https://{site}.example.com/</rdeRegistrar:url>\n"
        "<rdeRegistrar:whoisInfo>\n"
        f"<rdeRegistrar:name>whois.{site}.example.com</rdeRegistrar:name>\n"
        "</rdeRegistrar:whoisInfo>\n"
        "<rdeRegistrar:crDate>2012-01-01T00:00:00Z</rdeRegistrar:crDate>\n"
        "</rdeRegistrar:registrar>\n"
    )


def _idn_table(table: str) -> str:
    return (
        f'<rdeIDN:idnTableRef id="{table}">\n'
        f"<rdeIDN:url>https://registry.example.com/idn/{table}.txt</rdeIDN:url>\n"
        "<rdeIDN:urlPolicy>https://registry.example.com/idn/policy.html</rdeIDN:urlPolicy>\n"
        "</rdeIDN:idnTableRef>\n"
    )


_EPP_PARAMETERS = f"""<rdeEppParams:eppParams>
<rdeEppParams:version>1.0</rdeEppParams:version>
<rdeEppParams:lang>en</rdeEppParams:lang>
<rdeEppParams:objURI>{_URN}domain-1.0</rdeEppParams:objURI>
<rdeEppParams:objURI>{_URN}contact-1.0</rdeEppParams:objURI>
<rdeEppParams:objURI>{_URN}host-1.0</rdeEppParams:objURI>
<rdeEppParams:svcExtension>
<epp:extURI>{_URN}rgp-1.0</epp:extURI>
<epp:extURI>{_URN}secDNS-1.1</epp:extURI>
</rdeEppParams:svcExtension>
<rdeEppParams:dcp>
<epp:access><epp:all/></epp:access>
<epp:statement>
<epp:purpose><epp:admin/><epp:prov/></epp:purpose>
<epp:recipient><epp:ours/><epp:public/></epp:recipient>
<epp:retention><epp:stated/></epp:retention>
</epp:statement>
</rdeEppParams:dcp>
</rdeEppParams:eppParams>
"""
