"""The command line beside the write door: one validation, one result, one refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import get_args

import pytest

from rdds.settings import load_settings
from store import changes
from store.changes import (
    ActingRegistrar,
    Actor,
    CardEdit,
    Change,
    CreateContact,
    CreateDomain,
    UpdateContact,
)
from store.errors import Code, RegistryError
from store.inquiries import Inquiries
from store.model import Contact
from store.published import Kind
from store.sql.database import Database
from store.write_door import WriteDoor
from tests.rdds.conftest import CONTACT, Rdds
from tests.store.editing_values import START, links

ACTOR = Actor(name="portal", door="test")
CARD = CardEdit(
    name="Aroha Ngata",
    street=("1 Kowhai St",),
    city="Wellington",
    cc="NZ",
    email="aroha@example.net",
    voice="+64.48312000",
)
VALUES = [
    ("name", "  Aroha \t Ngata "),
    ("name", ""),
    ("name", "x" * 256),
    ("org", ""),
    ("org", "x"),
    ("org", "x" * 255),
    ("org", "\U0001f600" * 256),
    ("org", "X\r\nRegistrar: Evil"),
    ("org", "a\u202eb"),
    ("street", "e\u0301 1"),
    ("street", "x" * 256),
    ("city", " "),
    ("sp", "x" * 256),
    ("pc", "sw1a   1aa"),
    ("pc", "1" * 17),
    ("cc", "nz"),
    ("cc", "UK"),
    ("voice", ""),
    ("voice", "+1.2025550123"),
    ("voice", "+1.5550123"),
    ("voice_ext", "1" * 10),
    ("voice_ext", "1" * 11),
    ("fax", "+64.48312000"),
    ("fax_ext", "1"),
    ("email", "A@BÜCHER.example"),
    ("email", "nobody"),
]


class Portal:
    """Another editor of the same store, straight at the write door."""

    def __init__(self, url: str) -> None:
        self.database = Database.open(url)
        policy = load_settings(None, {}).registry_policy()
        self.door = WriteDoor(self.database, policy, clock=lambda: START)
        self.inquiries = Inquiries(self.database, policy, clock=lambda: START)

    def apply(self, change: Change) -> tuple[str, str | None] | None:
        """Apply *change*; give code and field of its refusal, or nothing."""
        try:
            self.door.apply(change, ACTOR)
        except RegistryError as error:
            return error.code.value, error.field
        return None

    def stored(self, handle: str) -> Contact:
        """Read a contact back without what must differ between two of them."""
        contact = self.inquiries.find_contact(handle).contact
        return replace(
            contact, id=0, handle="X", roid="X", generation=0, auth_hash="", voice_since=None,
            unlinked_at=None, created=None, created_by=None, updated=None, updated_by=None,
        )  # fmt: skip


@pytest.fixture
def portal(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, rdds: Rdds) -> Iterator[Portal]:
    """Give the write door of the store that ``rdds`` runs on, with two linked contacts."""
    monkeypatch.setenv("RDDS_DATABASE_URL", sqlite_url)
    assert rdds("registrar", "create", "REG1", "--name", "Example Registrar").status == 0
    portal = Portal(sqlite_url)
    for handle in ("HOLDER", "TYPED1", "SENT11"):
        assert portal.apply(_new(handle, CARD)) is None
    for handle in ("TYPED1", "SENT11"):  # linked, so that no clock runs
        roles = links("HOLDER", handle, "HOLDER")
        name = f"{handle}.example"
        assert portal.apply(CreateDomain(name=name, registrar="REG1", links=roles)) is None
    yield portal
    portal.database.close()


def _new(handle: str, card: CardEdit, kind: Kind | None = None) -> CreateContact:
    return CreateContact(
        handle=handle, registrar="REG1", card=card, auth_info="secret99", kind=kind
    )


def _typed(rdds: Rdds, *words: str) -> tuple[str, str | None] | None:
    """Run a command; give code and field of its refusal, or nothing."""
    run = rdds("--json", *words)
    return None if run.status == 0 else (run.error["code"], run.error.get("field"))


@pytest.mark.parametrize(("field", "value"), VALUES, ids=lambda each: ascii(each)[:30])
def test_value_is_taken_or_refused_alike_at_every_entrance_c01_i17_i20(
    rdds: Rdds, portal: Portal, field: str, value: str
) -> None:
    """C-01, I-17, I-20: create and update by command and by the door: one record, one refusal."""
    option = "--" + field.replace("_", "-")
    card = replace(CARD, **{field: (value,) if field == "street" else value})
    pairs = dict(zip(CONTACT[::2], CONTACT[1::2], strict=True)) | {option: value}
    words = [word for pair in pairs.items() for word in pair]
    made = _typed(rdds, "contact", "create", "TYPED2", *words)
    assert made == portal.apply(_new("SENT22", card))
    one = CardEdit(**{field: (value,) if field == "street" else value})
    edited = _typed(rdds, "contact", "update", "TYPED1", option, value)
    assert edited == portal.apply(UpdateContact(handle="SENT11", card=one))
    assert portal.stored("TYPED1") == portal.stored("SENT11")
    if made is None:
        assert portal.stored("TYPED2") == portal.stored("SENT22")


@pytest.mark.parametrize("kind", [None, *Kind])
def test_contact_is_a_persons_an_organisations_or_unknown_i18(
    rdds: Rdds, portal: Portal, kind: Kind | None
) -> None:
    """I-18, I-17: three kinds, each typed and sent, and any of them changed to any other."""
    words = () if kind is None else ("--kind", kind.value)
    assert _typed(rdds, "contact", "create", "TYPED2", *CONTACT, *words) is None
    assert portal.apply(_new("SENT22", CARD, kind)) is None
    assert portal.stored("TYPED2").kind is portal.stored("SENT22").kind is kind
    for other in (*Kind, None):
        typed = "" if other is None else other.value
        assert _typed(rdds, "contact", "update", "TYPED1", "--kind", typed) is None
        assert portal.apply(UpdateContact(handle="SENT11", kind=other)) is None
        assert portal.stored("TYPED1").kind is portal.stored("SENT11").kind is other


def test_contact_moves_to_no_registrar_and_its_code_opens_nothing_i16(
    rdds: Rdds, portal: Portal
) -> None:
    """I-16: no command or change moves one; who knows the code is as much a stranger as before."""
    assert rdds("registrar", "create", "REG2", "--name", "Another").status == 0
    assert rdds("contact", "transfer", "TYPED1", "--to", "REG2").status == 2
    assert rdds("contact", "update", "TYPED1", "--registrar", "REG2").status == 2
    stranger = Actor(name="s", door="test", acting=ActingRegistrar(handle="REG2"))
    knowing = UpdateContact(handle="TYPED1", card=CardEdit(city="Nelson"), auth_info="secret99")
    with pytest.raises(RegistryError) as refusal:
        portal.door.apply(knowing, stranger)
    assert refusal.value.code is Code.NOT_SPONSOR
    asking = {
        change.__name__
        for change in get_args(changes.Change)
        if "auth_info" in {field.name for field in fields(change)}
    }
    assert asking == {"CreateContact", "UpdateContact"}


def test_contact_is_made_with_a_code_i15(rdds: Rdds, portal: Portal) -> None:
    """I-15: neither entrance makes a contact without one; an edit needs none."""
    without = CONTACT[: CONTACT.index("--auth-info")]
    assert rdds("contact", "create", "TYPED2", *without).status == 2
    assert portal.apply(replace(_new("SENT22", CARD), auth_info="")) == (
        Code.MISSING_VALUE.value,
        "auth_info",
    )
    assert _typed(rdds, "contact", "update", "TYPED1", "--city", "Nelson") is None
