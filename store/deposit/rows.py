"""What a deposit's objects become: rows of the staging tables, column by column."""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "AddressRow",
    "ContactRow",
    "DelegationRow",
    "DeletionRow",
    "DnssecRow",
    "DomainRow",
    "FormRow",
    "HostRow",
    "RegistrarRow",
    "ReservedRow",
]


class DomainRow(NamedTuple):
    """A domain with the handles of its contacts, and a random number for each new link."""

    id: int
    line: int
    name: str
    zone: str
    roid: str | None
    registrar: str
    statuses: str
    max_sig_life: int | None
    created: int | None
    created_by: str | None
    updated: int | None
    updated_by: str | None
    expires: int | None
    transferred: int | None
    transfer: str | None
    registrant: str | None
    admin: str | None
    tech: str | None
    billing: str | None
    registrant_key: int | None
    admin_key: int | None
    tech_key: int | None
    billing_key: int | None


class DelegationRow(NamedTuple):
    """A name server of a domain."""

    domain: int
    host: str


class DnssecRow(NamedTuple):
    """A DS or a key of a domain."""

    domain: int
    position: int
    key_tag: int | None
    algorithm: int
    digest_type: int | None
    digest: str | None
    flags: int | None
    protocol: int | None
    public_key: str | None


class HostRow(NamedTuple):
    """A host object, or (``attribute``) one that is told inside a domain.

    ``owned`` and ``foreign_zone`` are found out when all is read: whether the name lies
    in a zone of this deposit, or in another zone of the store.
    """

    id: int
    line: int
    name: str
    owned: int
    foreign_zone: int
    attribute: int
    roid: str | None
    registrar: str | None
    statuses: str
    created: int | None
    created_by: str | None
    updated: int | None
    updated_by: str | None


class AddressRow(NamedTuple):
    """An address of a host."""

    host: str
    address: str


class ContactRow(NamedTuple):
    """A contact with its primary postal form."""

    id: int
    line: int
    handle: str
    handle_key: str
    roid: str | None
    roid_key: str | None
    name_key: str
    email_key: str | None
    registrar: str
    postal_type: str
    name: str
    org: str | None
    street1: str | None
    street2: str | None
    street3: str | None
    city: str | None
    sp: str | None
    pc: str | None
    cc: str | None
    voice: str | None
    voice_ext: str | None
    fax: str | None
    fax_ext: str | None
    email: str | None
    statuses: str
    disclosures: str
    created: int | None
    created_by: str | None
    updated: int | None
    updated_by: str | None
    transferred: int | None


class FormRow(NamedTuple):
    """The second postal form of a contact."""

    contact: int
    name: str
    org: str | None
    street1: str | None
    street2: str | None
    street3: str | None
    city: str | None
    sp: str | None
    pc: str | None
    cc: str | None


class RegistrarRow(NamedTuple):
    """A registrar."""

    id: int
    line: int
    handle: str
    handle_key: str
    name_key: str
    fn_key: str
    public_key: str
    gurid: int | None
    status: str
    name: str
    street1: str | None
    street2: str | None
    street3: str | None
    city: str | None
    sp: str | None
    pc: str | None
    cc: str | None
    voice: str | None
    voice_ext: str | None
    fax: str | None
    fax_ext: str | None
    email: str | None
    url: str | None
    whois_server: str | None
    created: int | None
    updated: int | None


class ReservedRow(NamedTuple):
    """A name that is no domain object (NNDN)."""

    id: int
    line: int
    name: str
    blocked: bool
    created: int | None


class DeletionRow(NamedTuple):
    """An object that a DIFF or INCR takes away, by its name, id or (a host's) ROID."""

    line: int
    kind: str
    key: str
    by_roid: bool
