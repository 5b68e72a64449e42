from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.model import Card, PostalForm, PostalType
from store.validation.contact import (
    CARD_FIELDS,
    CONTACT_REQUIRED,
    POSTAL_FIELDS,
    REGISTRAR_REQUIRED,
    SERVICE_REQUIRED,
    check_card,
    check_fields,
    check_handle,
    check_postal_form,
    list_breaches,
)
from tests.store.validation.refusals import outcome, refused

F = TypeVar("F", bound=PostalForm)

EVERY_SCRIPT = ("Ā", "א", "ع", "न", "漢", "😀")


def a_card(**changes: Any) -> Card:
    """Give a complete card that breaks no rule and looks likely."""
    plain = Card(
        name="Aroha Ngata",
        org="Ngata Orchards",
        street=("1 Kōwhai Street", "Unit 4"),
        city="Te Whanganui-a-Tara",
        sp="Wellington",
        pc="6011",
        cc="NZ",
        voice="+64.211234567",
        voice_ext="12",
        fax="+64.44999999",
        fax_ext="34",
        email="aroha@example.net",
    )
    return replace(plain, **changes)


def edited(form: F, **changes: Any) -> F:
    """Give *form* with some fields changed."""
    return replace(form, **changes)


def checked(card: Card, **options: Any) -> Card:
    """Give *card* as stored."""
    return check_card(card, smtputf8=False, **options)[0]


def test_field_names_are_those_of_the_card() -> None:
    """No field of a card goes unchecked."""
    assert {field.name for field in fields(Card)} == CARD_FIELDS
    assert {field.name for field in fields(PostalForm)} == POSTAL_FIELDS


def test_good_card_is_stored_as_given() -> None:
    """9.1.2, C-03: sensible values pass as they are, with nothing to warn of."""
    assert check_card(a_card(), smtputf8=False) == (a_card(), ())


def test_minimal_card_is_enough() -> None:
    """Section 2: name, city, country and e-mail; no state, postcode or phone (I-08, I-12)."""
    card = Card(name="A", city="B", cc="NZ", email="a@example.net")
    assert checked(card) == card


# conformance.md 9.1.1; I-09, I-14 and the lengths of section 2.
REFUSED = [
    ("name", "", Code.MISSING_VALUE),
    ("name", " \t", Code.MISSING_VALUE),
    ("name", "x" * 256, Code.INVALID_VALUE),
    ("city", "", Code.MISSING_VALUE),
    ("city", None, Code.MISSING_VALUE),
    ("city", "x" * 256, Code.INVALID_VALUE),
    ("cc", "", Code.MISSING_VALUE),
    ("cc", None, Code.MISSING_VALUE),
    ("cc", "XX", Code.INVALID_VALUE),
    ("cc", "U", Code.INVALID_VALUE),
    ("cc", "USA", Code.INVALID_VALUE),
    ("email", "", Code.MISSING_VALUE),
    ("email", None, Code.MISSING_VALUE),
    ("email", "example", Code.INVALID_VALUE),
    ("email", "example.example", Code.INVALID_VALUE),
    ("email", "@example.com", Code.INVALID_VALUE),
    ("email", "@", Code.INVALID_VALUE),
    ("email", "x" * 65 + "@example.org", Code.INVALID_VALUE),
    ("org", "x", Code.INVALID_VALUE),
    ("org", "x" * 256, Code.INVALID_VALUE),
    ("org", "\U0001f600" * 256, Code.INVALID_VALUE),
    ("street", ("x" * 256,), Code.INVALID_VALUE),
    ("street", ("1", "2", "3", "4"), Code.INVALID_VALUE),
    ("sp", "x" * 256, Code.INVALID_VALUE),
    ("pc", "1" * 17, Code.INVALID_VALUE),
    *(
        (field, number, Code.INVALID_VALUE)
        for field in ("voice", "fax")
        for number in ("+12345", "+1111.1", "55", "+1.", "+1.123456789012345", "+1.a", "+a.1")
    ),
    ("voice_ext", "1" * 11, Code.INVALID_VALUE),
    ("fax_ext", "x1", Code.INVALID_VALUE),
    *((field, "a\x07b", Code.INVALID_VALUE) for field in sorted(CARD_FIELDS - {"street"})),
    ("street", ("a", "b\u202e"), Code.INVALID_VALUE),
]


@pytest.mark.parametrize(("field", "value", "code"), REFUSED)
def test_value_out_of_rule_is_refused_on_create_and_update(
    field: str, value: object, code: Code
) -> None:
    """9.1.1, C-01, I-09: one refusal when a card is made, edited, or imported strictly."""
    card = a_card(**{field: value})
    with refused(code, field):
        checked(card)
    with refused(code, field):
        check_fields(card, {field}, smtputf8=False)
    breaches = [(breach.code, breach.field) for breach in list_breaches(card, smtputf8=False)]
    assert breaches == [(code, field)]


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("org", "", None),
        ("org", " \n", None),
        ("org", "xy", "xy"),
        ("org", "x" * 255, "x" * 255),
        ("org", "\U0001f600" * 255, "\U0001f600" * 255),  # E-35
        ("org", "e\u0301" * 255, "é" * 255),
        ("org", "X\r\nRegistrar: Evil", "X Registrar: Evil"),  # E-34
        *(("org", f"{script} {script}", f"{script} {script}") for script in EVERY_SCRIPT),
        ("name", "x", "x"),
        ("name", "x" * 255, "x" * 255),
        ("street", (), ()),
        ("street", ("", "1 Road", " ", "Flat 2", ""), ("1 Road", "Flat 2")),
        ("street", ("x" * 255,) * 3, ("x" * 255,) * 3),
        ("city", "x" * 255, "x" * 255),
        ("sp", "", None),
        ("sp", "x" * 255, "x" * 255),
        ("pc", "", None),
        ("pc", "sw1a   1aa", "sw1a 1aa"),
        ("pc", "1" * 16, "1" * 16),
        ("cc", "nz", "NZ"),
        ("voice_ext", "", None),
        ("voice_ext", "1" * 10, "1" * 10),
        ("email", "A@BÜCHER.example", "A@xn--bcher-kva.example"),
    ],
)
def test_value_in_rule_is_stored_in_its_normal_form(
    field: str, typed: object, stored: object
) -> None:
    """Section 2, I-08, I-09, D-07, D-08: limits pass at their edge, empty means none."""
    expected = a_card(**{field: stored})
    assert checked(a_card(**{field: typed})) == expected
    assert check_fields(a_card(**{field: typed}), {field}, smtputf8=False)[0] == expected


def test_empty_phone_passes_unless_it_is_required() -> None:
    """I-12, 9.1.1: voice may be missing, except where it is mandatory."""
    card = a_card(voice="", voice_ext=None)
    assert checked(card).voice is None
    with refused(Code.MISSING_VALUE, "voice"):
        checked(card, required=CONTACT_REQUIRED | {"voice"})


@pytest.mark.parametrize("nothing", [None, "", " "])
@pytest.mark.parametrize("number", ["voice", "fax"])
def test_extension_without_its_number_is_refused(number: str, nothing: str | None) -> None:
    """8.1, step 4: also when an edit takes the number away or brings the extension."""
    extension = f"{number}_ext"
    card = a_card(**{number: nothing})
    with refused(Code.INVALID_VALUE, extension):
        checked(card)
    for named in (number, extension):
        with refused(Code.INVALID_VALUE, extension):
            check_fields(card, {named}, smtputf8=False)
    assert [breach.field for breach in list_breaches(card, smtputf8=False)] == [extension]
    both = {number: "", extension: ""}
    assert check_fields(a_card(**both), set(both), smtputf8=False)[0] == a_card(
        **dict.fromkeys(both)
    )


def test_edit_is_not_refused_for_what_stood_there_before() -> None:
    """interface.md, Settings: fields that an edit does not name are neither judged nor touched."""
    old = a_card(org="x", voice="+1.5550123", cc="XK", email=None, pc=" 6011 ")
    moved = replace(old, city=" Tāmaki ")
    assert check_fields(moved, {"city"}, smtputf8=False) == (replace(old, city="Tāmaki"), ())
    assert check_fields(old, {"voice_ext"}, smtputf8=False)[0] == old


@pytest.mark.parametrize("required", [REGISTRAR_REQUIRED, SERVICE_REQUIRED])
def test_other_cards_need_less(required: frozenset[str]) -> None:
    """interface.md: a registrar needs a name, a privacy service a name and an organisation."""
    least = Card(name="Example Registrar", org="Example Ltd" if "org" in required else None)
    assert checked(least, required=required) == least
    for field in required:
        with refused(Code.MISSING_VALUE, field):
            checked(edited(least, **{field: ""}), required=required)
    with refused(Code.INVALID_VALUE, "email"):
        checked(replace(least, email="nobody"), required=required)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Āroha"),
        ("org", "Ngāta"),
        ("street", ("1 Road", "Kōwhai")),
        ("city", "Tāmaki"),
        ("sp", "Ōtāgo"),
        ("pc", "６０１１"),
    ],
)
def test_international_form_is_ascii(field: str, value: object) -> None:
    """9.1, RFC 5733 §2.3: `int` text is 7-bit, `loc` text any Unicode."""
    plain = {"street": ("1 Kowhai Street",)}
    card = a_card(**{**plain, field: value})
    form = PostalForm(**{name: getattr(card, name) for name in POSTAL_FIELDS})
    with refused(Code.INVALID_VALUE, field):
        check_postal_form(form, postal_type=PostalType.INT)
    with refused(Code.INVALID_VALUE, field):
        checked(card, postal_type=PostalType.INT)
    assert check_postal_form(form, postal_type=PostalType.LOC)[0] == form
    ascii_form = edited(form, **plain, **({field: "x" * 3} if field != "street" else {}))
    assert check_postal_form(ascii_form, postal_type=PostalType.INT)[0] == ascii_form


def test_postal_form_needs_name_city_and_country() -> None:
    """9.1: each form is whole by itself."""
    form = PostalForm(name="A", city="B", cc="NZ")
    assert check_postal_form(form, postal_type=PostalType.INT) == (form, ())
    for field in ("name", "city", "cc"):
        with refused(Code.MISSING_VALUE, field):
            check_postal_form(edited(form, **{field: ""}), postal_type=PostalType.INT)


def test_unlikely_phone_or_postcode_only_warns() -> None:
    """D-27: the values are taken; the cautions name their fields, in what the edit names."""
    card = a_card(voice="+1.1111111111", fax="+1.1111111111", pc="99999999")
    stored, cautions = check_card(card, smtputf8=False)
    assert stored == card
    assert [caution.field for caution in cautions] == ["voice", "fax", "pc"]
    assert all(caution.message for caution in cautions)
    assert check_fields(card, {"name"}, smtputf8=False)[1] == ()
    moved = check_fields(replace(card, cc="US"), {"cc"}, smtputf8=False)[1]
    assert [caution.field for caution in moved] == ["pc"]


@given(
    st.builds(
        Card,
        name=st.text(max_size=300),
        org=st.none() | st.text(max_size=300),
        street=st.lists(st.text(max_size=20), max_size=5).map(tuple),
        city=st.none() | st.text(max_size=20),
        cc=st.sampled_from(["NZ", "nz", "UK", "", "\x00"]),
        voice=st.none() | st.text(max_size=20) | st.just("+64.211234567"),
        voice_ext=st.none() | st.text("0123x", max_size=12),
        email=st.text(max_size=20) | st.just("a@example.net"),
    )
)
def test_any_card_is_stored_in_a_stable_form_or_refused(card: Card) -> None:
    """A check accepts exactly the cards without breaches, and what it gives it takes again."""
    stored = outcome(lambda: checked(card))
    breaches = list_breaches(card, smtputf8=False)
    if isinstance(stored, RegistryError):
        assert (stored.code, stored.field) in {(breach.code, breach.field) for breach in breaches}
    else:
        assert breaches == ()
        assert checked(stored) == stored


@pytest.mark.parametrize("text", ["ABC", "C-1", "x" * 16, "a/b", "Ā漢😀", " abc "])
def test_handle_of_3_to_16_characters_passes(text: str) -> None:
    """RFC 5733 clIDType: a token of 3 to 16 characters."""
    assert check_handle(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MISSING_VALUE),
        (" ", Code.MISSING_VALUE),
        ("AB", Code.INVALID_VALUE),
        ("a  ", Code.INVALID_VALUE),
        ("x" * 17, Code.INVALID_VALUE),
        ("ab\x00c", Code.INVALID_VALUE),
    ],
)
def test_handle_of_another_length_is_refused(text: str, code: Code) -> None:
    """9.1.1: empty and of 17 characters."""
    with refused(code, "id"):
        check_handle(text)
