"""Spelling doesn't matter: prefixes, order and padding change nothing in the store."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from store.deposit.defects import LocatedError
from store.deposit.elements import unix_microseconds
from store.errors import RegistryError
from store.instants import from_micros
from store.sql.database import Database
from tests.store.deposit.deposits import (
    a_contact,
    a_domain,
    a_form,
    a_host,
    a_registrar,
    an_nndn,
    content,
    deposit,
    load,
)

PARTS = (
    a_domain(hosts=["ns1.shop.example", "ns.example.net"], billing="CON2"),
    a_domain("two.example", registrant="CON2", status=("clientHold", "serverHold")),
    a_contact(org="Kōwhai & Co", after='<c:disclose flag="1"><ec:email/></c:disclose>'),
    a_contact("CON2", forms=a_form("loc", name="Jürgen") + a_form("int", name="Juergen")),
    a_host("ns1.shop.example", "192.0.2.1", "2001:db8::1"),
    a_registrar(),
    an_nndn("brand.example", "blocked"),
)


def loaded(octets: bytes) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'a.sqlite3'}", create=True)
        try:
            load(database, octets)
            return content(database)
        finally:
            database.close()


@cache
def usual() -> dict[str, Any]:
    return loaded(deposit(*PARTS))


def respelled(octets: bytes, seed: int) -> bytes:
    """Give the same deposit with other prefixes, and padding around every text."""
    chance = random.Random(seed)
    text = octets.decode()
    prefixes = ["d", "h", "c", "r", "n", "hd", "ed", "ec", "sec", "x", "e"]
    fresh = [f"p{number}" for number in range(len(prefixes))]
    chance.shuffle(fresh)
    renamed = dict(zip(prefixes, fresh, strict=True))
    text = re.sub(r"(</?)(\w+):", lambda m: f"{m[1]}{renamed[m[2]]}:", text)
    text = re.sub(r"xmlns:(\w+)=", lambda m: f"xmlns:{renamed[m[1]]}=", text)

    def padded(match: re.Match[str]) -> str:
        blanks = [" ", "\n", "\t", "\r\n", ""]
        before, after = ("".join(chance.choices(blanks, k=3)) for _ in range(2))
        return f">{before}{match[1]}{after}</"

    return re.sub(r">([^<>\n]+)</", padded, text).encode()


@settings(max_examples=25, deadline=None)
@given(st.permutations(PARTS), st.integers(0, 2**32))
def test_order_prefixes_and_padding_change_nothing(parts: list[Any], seed: int) -> None:
    """The same objects in another spelling leave the same store."""
    assert loaded(respelled(deposit(*parts), seed)) == usual()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broken_bytes_give_a_refusal_or_a_deposit(data: st.DataObject) -> None:
    """However a deposit is damaged, the answer is a coded refusal or an import."""
    octets = bytearray(deposit(*PARTS))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(octets) - 1))
        octets[place] = data.draw(st.integers(0, 255))
    try:
        loaded(bytes(octets))
    except RegistryError as error:
        assert error.message.isprintable()  # noqa: PT017 - both outcomes are good
        assert isinstance(error, LocatedError)  # noqa: PT017


@given(st.datetimes(min_value=from_micros(0).replace(tzinfo=None)), st.integers(-14 * 60, 14 * 60))
def test_instants_with_offsets_are_exact(local: Any, minutes: int) -> None:
    """A time with an offset is the same instant as its UTC spelling."""
    sign = "-" if minutes < 0 else "+"
    spelled = f"{local:%Y-%m-%dT%H:%M:%S.%f}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    if local.year > 9998 or local.year < 1971:
        return
    utc = unix_microseconds(f"{local:%Y-%m-%dT%H:%M:%S.%f}Z")
    told = unix_microseconds(spelled)
    assert utc is not None
    assert told == utc - minutes * 60_000_000
    assert from_micros(utc).replace(tzinfo=None) == local
