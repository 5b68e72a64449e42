"""The field table is total, and a lie in any field is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdds.checking.comparing import compare
from rdds.checking.facts import REGISTERED, STAMP, UNREGISTERED, Hidden
from rdds.checking.fields import FIELDS, RDAP_ASIDE, ROLES, WHOIS_ASIDE
from rdds.checking.neutral import is_link, neutral_url
from rdds.checking.rdap_facts import own_base, rdap_facts
from rdds.checking.rdap_statuses import EPP_STATUS
from rdds.checking.whois_facts import NoAnswerError, whois_facts
from store.published import PublicRole
from store.statuses import Status
from tests.published_values import a_domain, a_proxied_party, a_redacted_party, found
from tests.rdds.checking_cases import (
    differing,
    full_answer,
    is_aside,
    leaves,
    rdap_document,
    rdap_lies,
    report,
    whois_lies,
    whois_text,
)

KEYS = {field.key for field in FIELDS}


def test_full_answers_agree_in_every_field_of_the_table() -> None:
    """A name that lacks nothing has a row for each field, and all agree."""
    answer = full_answer()
    checked = report(answer, whois_text(answer), rdap_document(answer))
    assert [row.field for row in checked.rows] == [field.key for field in FIELDS]
    assert differing(checked) == set()
    assert checked.agree


def test_each_key_of_whois_is_compared_or_set_aside() -> None:
    """Whatever line the door prints, a change of it shows in the row of its key."""
    answer = full_answer()
    document = rdap_document(answer)
    seen = set()
    for key, text in whois_lies(whois_text(answer)):
        if key in WHOIS_ASIDE:
            continue
        found_keys = differing(report(answer, text, document))
        assert found_keys == ({STAMP} if key.startswith(">>>") else {key})
        seen |= found_keys
    assert seen == {field.key for field in FIELDS if field.whois} - {REGISTERED}


def test_each_member_of_rdap_is_compared_or_set_aside() -> None:
    """Whatever leaf the document has, a change of it is found or the table says why not."""
    answer = full_answer()
    text, seen = whois_text(answer), set()
    for path, document in rdap_lies(rdap_document(answer)):
        found_keys = differing(report(answer, text, document))
        assert found_keys or is_aside(path), path
        seen |= found_keys
    assert seen >= {field.key for field in FIELDS if field.rdap} - {REGISTERED}


def test_each_line_that_is_missing_is_found() -> None:
    """A door that drops any line of its record is found out."""
    answer = full_answer()
    document, text = rdap_document(answer), whois_text(answer)
    record, stamp, rest = text.partition(">>>")
    lines = record.removesuffix("\r\n").split("\r\n")
    for at, line in enumerate(lines):
        key = line.partition(":")[0]
        if key not in WHOIS_ASIDE and key != "Domain Name":  # without a name it is no record
            shorter = "\r\n".join([*lines[:at], *lines[at + 1 :], stamp + rest])
            assert differing(report(answer, shorter, document)) == {key}


@pytest.mark.parametrize("at", range(4))
def test_each_entity_that_is_missing_is_found(at: int) -> None:
    """A registrar or a contact dropped from RDAP shows, withheld as its values may be."""
    parties = tuple(a_redacted_party(role) for role in PublicRole)
    answer = found(a_domain("xn--bcher-kva.example", parties=parties))
    document = rdap_document(answer)
    del document["entities"][at]
    word = ("Registrar", *ROLES)[at]
    assert any(
        key.startswith(word) for key in differing(report(answer, whois_text(answer), document))
    )


def test_table_gives_a_reason_for_each_field_of_one_door() -> None:
    """Nobody leaves a door out of a field without saying why."""
    assert all(field.why for field in FIELDS if not (field.whois and field.rdap))
    assert all([*WHOIS_ASIDE.values(), *RDAP_ASIDE.values()])
    assert len(KEYS) == len(FIELDS)


def test_statuses_read_back_to_every_status_of_epp() -> None:
    """RFC 8056's table is whole, and no two words mean the same."""
    assert set(EPP_STATUS.values()) == {status.value for status in Status}
    assert len(EPP_STATUS) == len(Status)


@pytest.mark.parametrize(("listed", "told"), [(True, "(withheld)"), (False, "(withheld or none)")])
def test_redaction_text_reads_as_withheld_and_agrees_with_what_rdap_leaves_out(
    *, listed: bool, told: str
) -> None:
    """RDAP says what it redacts; another's answer without such a list can't tell, and agrees."""
    parties = (a_redacted_party(), a_proxied_party(PublicRole.ADMIN))
    answer = found(a_domain("xn--bcher-kva.example", parties=parties))
    document = rdap_document(answer)
    if not listed:
        del document["redacted"]
        document["rdapConformance"] = ["rdap_level_0"]
    checked = report(answer, whois_text(answer), document)
    row = next(row for row in checked.rows if row.field == "Registrant Name")
    assert (row.store, row.whois, row.rdap) == ("(withheld)", "(withheld)", told)
    assert checked.agree


def test_a_redaction_that_rdap_forgets_is_a_difference() -> None:
    """An answer that claims the profile and lists nothing says that nothing was there."""
    answer = found(a_domain("xn--bcher-kva.example", parties=(a_redacted_party(),)))
    document = rdap_document(answer)
    del document["redacted"]
    checked = report(answer, whois_text(answer), document)
    assert "Registrant Name" in {row.field for row in checked.rows if not row.agree}


def test_redaction_text_in_rdap_is_a_difference() -> None:
    """conformance.md 4.7.4: no placeholder words stand in a JSON value."""
    answer = found(a_domain("xn--bcher-kva.example", parties=(a_redacted_party(),)))
    document = rdap_document(answer)
    card = document["entities"][1]["vcardArray"][1]
    card[1][3] = answer.notices.redaction_text
    assert differing(report(answer, whois_text(answer), document)) == {"Registrant Name"}


def test_list_of_redactions_tells_withheld_from_missing() -> None:
    """RFC 9537: with `redacted` there a value it doesn't name is missing, not withheld."""
    party = a_redacted_party(org=None)
    answer = found(a_domain("xn--bcher-kva.example", parties=(party,)))
    document = rdap_document(answer)
    withheld = [row.field for row in report(answer, whois_text(answer), document).rows
                if row.store == "(withheld)"]  # fmt: skip
    entries = [{"name": {"type": key}, "method": "removal"} for key in withheld]
    document["redacted"] = entries
    assert differing(report(answer, whois_text(answer), document)) == set()
    assert rdap_facts(document)["Registrant Name"] is Hidden.WITHHELD
    for at, key in enumerate(withheld):
        document["redacted"] = [*entries[:at], *entries[at + 1 :]]
        assert differing(report(answer, whois_text(answer), document)) == {key}


def test_required_entry_of_a_value_not_provided_is_no_difference() -> None:
    """D-32: a shown registrant without a phone has an entry in RDAP and no line in WHOIS."""
    answer = full_answer()
    domain: Any = answer.result
    party = replace(domain.parties[0], voice=None, voice_ext=None)
    answer = replace(answer, result=replace(domain, parties=(party,)))
    document = rdap_document(answer)
    document["redacted"] = [{"name": {"type": "Registrant Phone"}, "reason": {"description": "x"}}]
    assert differing(report(answer, whois_text(answer), document)) == set()


def test_holder_whose_name_reads_like_a_redaction_is_no_difference() -> None:
    """A deposit may hold the text itself; both doors print what they have."""
    answer = full_answer()
    domain: Any = answer.result
    party = replace(domain.parties[0], name=answer.notices.redaction_text)
    answer = replace(answer, result=replace(domain, parties=(party, *domain.parties[1:])))
    assert differing(report(answer, whois_text(answer), rdap_document(answer))) == set()


def test_key_in_no_table_is_a_difference() -> None:
    """A billing line, a comment, an unknown member: whatever no door should say."""
    answer = full_answer()
    text, document = whois_text(answer), rdap_document(answer)
    lying = text.replace("DNSSEC:", "Billing Name: Ada\r\nDNSSEC:")
    assert differing(report(answer, lying, document)) == {"Billing Name"}
    lying = text.replace("DNSSEC:", "what else\r\nDNSSEC:")
    assert differing(report(answer, lying, document)) == {"Line without a key"}
    entity = {**document["entities"][1], "roles": ["billing"]}
    document["entities"].append(entity)
    assert any("Billing" in key for key in differing(report(answer, text, document)))


def test_whois_key_of_rdap_alone_is_a_difference() -> None:
    """A field that port 43 has no key for must not turn up there, even with the right value."""
    answer = full_answer()
    text = whois_text(answer).replace("DNSSEC:", "Max Sig Life: 604800\r\nDNSSEC:")
    assert differing(report(answer, text, rdap_document(answer))) == {"Max Sig Life"}


def test_stamps_may_only_go_forward() -> None:
    """A door that is older than what was asked before it has not kept up."""
    answer = full_answer()
    text, document = whois_text(answer), rdap_document(answer)
    for lie in ("2026-05-29T20:14:00Z", "2026-05-29T20:16:00Z"):
        lying = text.replace("2026-05-29T20:15:00Z", lie)
        assert differing(report(answer, lying, document)) == {STAMP}


def test_answer_outside_a_record_is_read_by_its_first_line() -> None:
    """The words of 6.8 say that nothing is registered; anything else is no answer."""
    for line in ('No match for "BUSY.EXAMPLE".', "Reserved: X.EXAMPLE", "Blocked by Z: X.EXAMPLE"):
        assert whois_facts(f"{line}\r\n")[REGISTERED] == UNREGISTERED[REGISTERED]
    for line in ("The service is temporarily unavailable.", "Error: no match", "<html>", "", "\0"):
        with pytest.raises(NoAnswerError):
            whois_facts(line)


def test_domain_that_one_door_misses_is_one_row() -> None:
    """Where a door says that there is no such name, the other fields are not compared."""
    answer = full_answer()
    document = rdap_document(answer)
    checked = compare("x", store=None, whois=UNREGISTERED, rdap=rdap_facts(document))
    assert [(row.field, row.whois, row.rdap, row.agree) for row in checked.rows] == [
        (REGISTERED, "no", "yes", False)
    ]


def test_cells_hold_no_control_characters() -> None:
    """A door may send anything; a terminal gets text."""
    answer = full_answer()
    text = whois_text(answer).replace("Aroha Ngata", "\x1b[2J\x07evil\x9b")
    rows = report(answer, text, rdap_document(answer)).rows
    assert not any(c in (row.whois or "") for row in rows for c in "\x1b\x07\x9b")


@settings(max_examples=200, deadline=None)
@given(st.text(), st.booleans())
def test_whois_reader_never_raises_anything_else(text: str, record: bool) -> None:
    """Any text is facts or no answer."""
    try:
        whois_facts(f"Domain Name: X.EXAMPLE\n{text}" if record else text)
    except NoAnswerError:
        assert not record or ">>>" in text


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(("links", "entities", "roles", "vcardArray", "status", "name", "x")),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.data(), JSON)
def test_rdap_reader_never_raises(data: st.DataObject, odd: Any) -> None:
    """Any JSON is facts, in the place of the whole document or of any member of it."""
    rdap_facts(odd)
    document = rdap_document(full_answer())
    places = list(_places(document))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = odd
    own_base(document)
    rdap_facts(document)


def _places(found_value: Any) -> Iterator[tuple[Any, Any]]:
    items: list[tuple[Any, Any]] = []
    if isinstance(found_value, dict):
        items = list(found_value.items())
    if isinstance(found_value, list):
        items = list(enumerate(found_value))
    for key, value in items:
        yield found_value, key
        yield from _places(value)


def test_leaves_reach_into_cards() -> None:
    """The walk that the totality tests stand on sees the values of a card."""
    paths = {path for path, _ in leaves(rdap_document(full_answer()))}
    assert {"entities.vcardArray.fn", "entities.vcardArray.adr.cc", "ldhName"} <= paths


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("www.Reg.example", "http://www.reg.example"),
        ("HTTPS://Reg.example/A b", "https://reg.example/A%20b"),
        ("http://bücher.example:8080?x=%zz", "http://xn--bcher-kva.example:8080?x=%25zz"),
        ("http://[2001:db8:0::1]/", "http://[2001:db8::1]/"),
    ],
)
def test_web_addresses_have_one_spelling(text: str, url: str) -> None:
    """Both doors' spellings of a web address meet, and once is enough."""
    assert neutral_url(text) == neutral_url(url) == url
    assert is_link(url)


@pytest.mark.parametrize(
    "text", ["", "no site", "ftp://reg.example", "http://a@b.example", "http://:1"]
)
def test_text_that_is_no_web_address_stays(text: str) -> None:
    """It can't be a link, so RDAP leaves it out and WHOIS prints it."""
    assert neutral_url(text) == text
    assert not is_link(text)
