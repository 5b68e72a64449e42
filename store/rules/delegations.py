"""Name servers and DS data of a name: what is added, what is taken away."""

from __future__ import annotations

from dataclasses import replace

from store.errors import Code, RegistryError
from store.names import ascii_name
from store.published import Dnssec, DsData
from store.rules.decision import blamed_on
from store.validation.dnssec import check_ds

__all__ = ["MOST_HOSTS", "edited_ds", "edited_hosts", "host_name", "host_names"]

MOST_HOSTS = 13  # what a plain UDP referral of 512 octets was made to hold
MOST_DS = 16  # a guard on the size of answers; a rollover needs four


def host_name(text: str, *, field: str) -> str:
    """Read the name of a name server: two labels or more, and no address.

    Raises:
        RegistryError: ``INVALID_NAME``.
    """
    with blamed_on(field):
        name = ascii_name(text)
    label = name.rpartition(".")[2]
    if label == name or label.isdigit():  # RFC 3696 §2: no top-level label is all digits
        raise RegistryError(
            Code.INVALID_NAME,
            "A name server has a name of two labels or more, not an address.",
            field=field,
        )
    return name


def host_names(typed: tuple[str, ...], *, field: str) -> tuple[str, ...]:
    """Read the names of name servers; each has two labels or more and stands once.

    Raises:
        RegistryError: ``INVALID_NAME``, ``POLICY`` for a name given twice.
    """
    names: list[str] = []
    for text in typed:
        name = host_name(text, field=field)
        if name in names:
            raise RegistryError(Code.POLICY, f"{name} is given twice.", field=field)
        names.append(name)
    return tuple(names)


def edited_hosts(
    standing: tuple[str, ...], *, add: tuple[str, ...], remove: tuple[str, ...], field: str
) -> tuple[str, ...]:
    """Give a name's name servers after an edit, in ascending order; *field* brings *add*.

    Raises:
        RegistryError: ``EXISTS``, ``NOT_FOUND``, or ``POLICY`` for more than thirteen
            and for one that is both added and removed.
    """
    for name in add:
        if name in remove:
            raise RegistryError(
                Code.POLICY, f"{name} is both added and removed.", field="remove_ns"
            )
        if name in standing:
            raise RegistryError(Code.EXISTS, f"{name} is a name server already.", field=field)
    for name in remove:
        if name not in standing:
            raise RegistryError(Code.NOT_FOUND, f"{name} is no name server.", field="remove_ns")
    after = (set(standing) - set(remove)) | set(add)
    if add and len(after) > MOST_HOSTS:
        raise RegistryError(
            Code.POLICY, f"A name has {MOST_HOSTS} name servers at most.", field=field
        )
    return tuple(sorted(after))


def edited_ds(
    standing: Dnssec, *, add: tuple[DsData, ...], remove: tuple[DsData, ...], field: str
) -> Dnssec:
    """Give a name's signing data after an edit (conformance.md 9.4.11).

    Raises:
        RegistryError: ``INVALID_VALUE``, ``EXISTS``, ``NOT_FOUND``, or ``POLICY`` where
            the name holds keys and so takes no DS.
    """
    gone = [_normal(record) for record in remove]
    new = [check_ds(record, field=field) for record in add]
    if new and standing.keys:
        raise RegistryError(
            Code.POLICY, "The name holds keys; DS data and keys exclude each other.", field=field
        )
    records = list(standing.ds)
    for record in gone:
        if record not in records:
            raise RegistryError(Code.NOT_FOUND, "There is no such DS.", field="remove_ds")
        records.remove(record)
    for record in new:
        if record in records:
            raise RegistryError(Code.EXISTS, "This DS is there already.", field=field)
        records.append(record)
    if new and len(records) > MOST_DS:
        raise RegistryError(Code.POLICY, f"A name has {MOST_DS} DS at most.", field=field)
    return replace(standing, ds=tuple(records))


def _normal(record: DsData) -> DsData:
    """Give a DS to remove as it would be stored; one of an odd kind may be held and must go."""
    return replace(record, digest="".join(record.digest.split()).upper())
