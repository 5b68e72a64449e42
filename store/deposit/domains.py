"""A domain of a deposit (RFC 9022 §5.1, RFC 5731, RFC 5910, RFC 3915)."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from store.deposit.defects import Defect
from store.deposit.elements import Record, tags
from store.deposit.hosts import read_address
from store.deposit.remarks import Remark
from store.deposit.rows import DnssecRow, DomainRow
from store.errors import RegistryError
from store.model import Role
from store.published import DsData, KeyData
from store.statuses import PENDING, Status, clashes
from store.validation.dnssec import check_ds, check_key

__all__ = ["DomainFound", "HostAttribute", "random_keys", "read_domain"]

_TAGS = tags(
    "rdeDomain-1.0",
    "name roid uName idnTableId originalName status rgpStatus registrant contact ns clID crRr"
    " crDate exDate upRr upDate secDNS trDate trnData",
)
_NS = tags("domain-1.0 rdeDomain-1.0", "hostObj hostAttr")
_ATTRIBUTE = tags("domain-1.0 rdeDomain-1.0", "hostName hostAddr")
_SECDNS = tags("secDNS-1.1 rdeDomain-1.0", "maxSigLife dsData keyData")
_KEY_PARTS = tags(
    "secDNS-1.1 rdeDomain-1.0",
    "keyTag alg digestType digest keyData flags protocol pubKey",
)
_TRANSFER = tags("rdeDomain-1.0", "trStatus reRr reDate acRr acDate exDate")

_KNOWN: Final = frozenset(Status) - {Status.LINKED}
MOST_KEY = 4096  # characters of a digest or key
MOST_LISTED = 1000  # name servers, keys or DS of one domain


@dataclass(frozen=True, slots=True)
class HostAttribute:
    """A name server that is told inside its domain, with its addresses."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DomainFound:
    """A domain and what belongs to it alone."""

    row: DomainRow
    hosts: tuple[str, ...]
    attributes: tuple[HostAttribute, ...]
    keys: tuple[DnssecRow, ...]


def random_keys() -> Iterator[int]:
    """Give random 63-bit numbers for links, drawn from the system in batches."""
    while True:
        for number in struct.unpack("<1024Q", os.urandom(8192)):
            yield number >> 1


class _Parts:
    """The children of a domain, sorted out."""

    __slots__ = (
        "contacts",
        "delegation",
        "one",
        "rgp",
        "secure",
        "statuses",
        "transfer",
        "unknown",
    )

    def __init__(self, element: etree._Element) -> None:
        self.one: dict[str, str | None] = {}
        self.statuses: list[etree._Element] = []
        self.rgp: list[etree._Element] = []
        self.contacts: list[etree._Element] = []
        self.unknown: list[etree._Element] = []
        self.delegation: list[etree._Element] = []
        self.secure: etree._Element | None = None
        self.transfer: etree._Element | None = None
        for child in element:
            match _TAGS.get(child.tag):
                case "contact":
                    self.contacts.append(child)
                case "status":
                    self.statuses.append(child)
                case "ns":
                    self.delegation.append(child)
                case "rgpStatus":
                    self.rgp.append(child)
                case "secDNS":
                    self.secure = child
                case "trnData":
                    self.transfer = child
                case None:
                    self.unknown.append(child)
                case "registrant" if "registrant" in self.one:
                    self.contacts.append(child)  # a second one: duplicate-role
                case key:
                    self.one[key] = child.text


def read_domain(
    element: etree._Element, record: Record, *, number: int, keys: Iterator[int]
) -> DomainFound:
    """Read ``rdeDomain:domain``; *number* is its row, *keys* gives the links' random numbers.

    Raises:
        DepositDefect: ``duplicate-role``; ``not-a-deposit`` without name or sponsor.
        StrictRefusal: under ``--strict`` for a value that breaks an entry rule.
    """
    parts = _Parts(element)
    one = parts.one
    record.subject = f"domain {(one.get('name') or '').strip()}"
    name = record.name(one.get("name"))
    record.subject = f"domain {name}"
    for child in parts.unknown:
        record.extension(child)
    registrar = record.handle(one.get("clID"), "clID")
    if registrar is None:
        raise record.broken("it has no sponsoring registrar (clID)")
    roid = record.handle(one.get("roid"), "ROID")
    if roid is None:
        record.remark(Remark.MISSING_ROID, "it has no ROID")
    zone = name.partition(".")[2]
    links = _links(parts, record, zone)
    hosts, attributes = _delegation(parts.delegation, record)
    dnssec = _Dnssec(number, record)
    if parts.secure is not None:
        dnssec.read(parts.secure)
    stored = record.statuses(parts.statuses, _KNOWN) | record.statuses(parts.rgp, _KNOWN)
    if stored and (clash := _clash(stored)):
        record.remark(Remark.CLASHING_STATUSES, clash)
    created = record.instant(one.get("crDate"), "crDate")
    expires = record.instant(one.get("exDate"), "exDate")
    _check_dates(created, expires, stored, record)
    row = DomainRow(
        number,
        record.line,
        name,
        zone,
        roid,
        registrar,
        " ".join(sorted(stored)),
        dnssec.max_sig_life,
        created,
        record.registrar(one.get("crRr")),
        record.instant(one.get("upDate"), "upDate"),
        record.registrar(one.get("upRr")),
        expires,
        record.instant(one.get("trDate"), "trDate"),
        None if parts.transfer is None else _transfer(parts.transfer, record),
        links.get("registrant"),
        links.get("admin"),
        links.get("tech"),
        links.get("billing"),
        next(keys) if "registrant" in links else None,
        next(keys) if "admin" in links else None,
        next(keys) if "tech" in links else None,
        next(keys) if "billing" in links else None,
    )
    return DomainFound(row, hosts, attributes, tuple(dnssec.rows))


def _links(parts: _Parts, record: Record, zone: str) -> dict[str, str]:
    """Give the contact of each role; one of each (I-03)."""
    links: dict[str, str] = {}
    if (holder := record.token(parts.one.get("registrant"))) is not None:
        links["registrant"] = holder
    for element in parts.contacts:
        role = (element.get("type") or "registrant").strip()
        handle = record.token(element.text)
        if role not in {"admin", "tech", "billing"} and "registrant" not in str(element.tag):
            record.remark(Remark.UNREADABLE_VALUE, "a contact is admin, tech or billing")
        elif handle is None:
            record.remark(Remark.UNREADABLE_VALUE, f"the {role} contact is empty")
        elif role in links:
            record.tolerate(Defect.DUPLICATE_ROLE, f"two contacts have the role {role}")
        else:
            links[role] = handle
    required = record.policy.zone(zone).required_roles
    if not required <= links.keys():
        absent = [role for role in Role if role in required and role not in links]
        record.remark(Remark.MISSING_ROLE, f"it has no {', '.join(absent)}")
    return links


def _delegation(
    elements: list[etree._Element], record: Record
) -> tuple[tuple[str, ...], tuple[HostAttribute, ...]]:
    hosts: dict[str, None] = {}
    attributes: list[HostAttribute] = []
    for element in elements:
        for child in element:
            match _NS.get(child.tag):
                case "hostObj":
                    hosts[record.name(child.text)] = None
                case "hostAttr":
                    attribute = _attribute(child, record)
                    attributes.append(attribute)
                    hosts[attribute.name] = None
                case _:
                    record.extension(child)
            if len(hosts) > MOST_LISTED:
                raise record.broken(f"it has more than {MOST_LISTED} name servers")
    return tuple(hosts), tuple(attributes)


def _attribute(element: etree._Element, record: Record) -> HostAttribute:
    name: str | None = None
    addresses: dict[str, None] = {}
    for child in element:
        match _ATTRIBUTE.get(child.tag):
            case "hostName":
                name = record.name(child.text)
            case "hostAddr":
                if (address := read_address(child.text, record)) is not None:
                    addresses[address] = None
            case _:
                record.extension(child)
    if name is None:
        raise record.broken("a host attribute without a name")
    return HostAttribute(name, tuple(addresses))


class _Dnssec:
    """The DS and key data of a domain (RFC 5910 §4)."""

    def __init__(self, domain: int, record: Record) -> None:
        self.domain = domain
        self.record = record
        self.max_sig_life: int | None = None
        self.rows: list[DnssecRow] = []

    def read(self, element: etree._Element) -> None:
        for child in element:
            match _SECDNS.get(child.tag):
                case "maxSigLife":
                    self.max_sig_life = self.record.number(child.text, "maxSigLife")
                case "dsData":
                    self._ds(child)
                case "keyData":
                    self._key(child)
                case _:
                    self.record.extension(child)
            if len(self.rows) > MOST_LISTED:
                raise self.record.broken(f"it has more than {MOST_LISTED} DS or keys")

    def _ds(self, element: etree._Element) -> None:
        parts = _key_parts(element)
        record = self.record
        tag = record.number(parts.get("keyTag"), "keyTag", most=65_535)
        algorithm = record.number(parts.get("alg"), "alg", most=255)
        digest_type = record.number(parts.get("digestType"), "digestType", most=255)
        digest = "".join((parts.get("digest") or "").split()).upper()
        if (
            tag is None
            or algorithm is None
            or digest_type is None
            or not 0 < len(digest) <= MOST_KEY
        ):
            record.remark(
                Remark.UNREADABLE_VALUE, "a DS with a part missing or too long is left out"
            )
            return
        try:
            check_ds(
                DsData(key_tag=tag, algorithm=algorithm, digest_type=digest_type, digest=digest)
            )
        except RegistryError as error:
            record.remark(Remark.ODD_DNSSEC, error.message)
            digest = record.token(digest) or digest
        self._add((tag, algorithm, digest_type, digest, None, None, None))

    def _key(self, element: etree._Element) -> None:
        parts = _key_parts(element)
        record = self.record
        flags = record.number(parts.get("flags"), "flags", most=65_535)
        protocol = record.number(parts.get("protocol"), "protocol", most=255)
        algorithm = record.number(parts.get("alg"), "alg", most=255)
        public_key = "".join((parts.get("pubKey") or "").split())
        if (
            flags is None
            or protocol is None
            or algorithm is None
            or not 0 < len(public_key) <= MOST_KEY
        ):
            record.remark(
                Remark.UNREADABLE_VALUE, "a key with a part missing or too long is left out"
            )
            return
        try:
            check_key(
                KeyData(flags=flags, protocol=protocol, algorithm=algorithm, public_key=public_key)
            )
        except RegistryError as error:
            record.remark(Remark.ODD_DNSSEC, error.message)
            public_key = record.token(public_key) or public_key
        self._add((None, algorithm, None, None, flags, protocol, public_key))

    def _add(
        self,
        told: tuple[int | None, int, int | None, str | None, int | None, int | None, str | None],
    ) -> None:
        if all(told != row[2:] for row in self.rows):
            self.rows.append(DnssecRow(self.domain, len(self.rows), *told))


def _key_parts(element: etree._Element) -> dict[str, str | None]:
    # The key that a DS was made from (keyData inside dsData) is optional and is left out.
    return {_KEY_PARTS.get(child.tag, ""): child.text for child in element}


def _transfer(element: etree._Element, record: Record) -> str:
    """Give the JSON of the last transfer; instants are microseconds since 1970."""
    one: dict[str, str | None] = {}
    for child in element:
        key = _TRANSFER.get(child.tag)
        if key is None:
            record.extension(child)
        else:
            one[key] = child.text
    told = {
        "status": record.token(one.get("trStatus")),
        "requested_by": record.registrar(one.get("reRr")),
        "requested": record.instant(one.get("reDate"), "reDate"),
        "acted_by": record.registrar(one.get("acRr")),
        "acted": record.instant(one.get("acDate"), "acDate"),
        "expires": record.instant(one.get("exDate"), "exDate of the transfer"),
    }
    return json.dumps({key: value for key, value in told.items() if value is not None})


def _clash(stored: set[Status]) -> str | None:
    # RFC 3915 §3.3: pendingRestore and redemptionPeriod stand beside pendingDelete.
    return clashes(frozenset(stored)) if stored & PENDING else None


def _check_dates(
    created: int | None, expires: int | None, stored: set[Status], record: Record
) -> None:
    # conformance.md 8.6.1.
    if created is not None and created > record.watermark:
        record.remark(Remark.ODD_DATES, "it was created after the watermark")
    if expires is not None and expires < record.watermark and Status.PENDING_DELETE not in stored:
        record.remark(Remark.ODD_DATES, "it expired before the watermark")
