"""What messages say, to whom, and what they never say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.catalogue import LANGUAGES, read_texts
from notices.letter import Letter
from notices.wording import letter_of
from store.messages import Message, MessageKind, Recipient
from store.outgoing import Outgoing, Sponsor
from store.registrant_changes import ChangeState, Channel, EndReason, Patch
from tests.notices.outboxes import NOW, a_change, an_outgoing

LINK = "https://pages.registry.example/change/" + "t" * 32
URL = re.compile(r"[a-z]+://\S+")

ASK_NEW = (MessageKind.ASK_NEW, Recipient.NEW)
ASK_PRIOR = (MessageKind.ASK_PRIOR, Recipient.PRIOR)
ENDS = [
    state
    for state in ChangeState
    if state
    not in {
        ChangeState.AWAITING_NEW,
        ChangeState.AWAITING_PRIOR,
        ChangeState.COMPLETED,
        ChangeState.EXPIRED,
    }
]

# Every message there is: its kind and whom it can be for.
MESSAGES = [
    ASK_NEW,
    ASK_PRIOR,
    *(
        (kind, recipient)
        for kind in (
            MessageKind.COMPLETED,
            MessageKind.ENDED,
            MessageKind.EXPIRED,
            MessageKind.REGISTRANT_CHANGED,
        )
        for recipient in (Recipient.NEW, Recipient.PRIOR, Recipient.REGISTRAR)
    ),
    (MessageKind.PHONE_CORRECTED, Recipient.NEW),
    (MessageKind.PHONE_CORRECTED, Recipient.PRIOR),
    (MessageKind.DELEGATION_CHANGED, Recipient.TECH),
    (MessageKind.CONTACTS_DELETED, Recipient.REGISTRAR),
]

VALUES: dict[MessageKind, dict[str, Any]] = {
    MessageKind.PHONE_CORRECTED: {"old": "+64.*******67", "new": "+39.*******21"},
    MessageKind.DELEGATION_CHANGED: {
        "name": "shop.example",
        "ns": ["ns1.shop.example", "ns2.host.test"],
        "ds": ["12345 13 2 ABCD"],
    },
    MessageKind.REGISTRANT_CHANGED: {
        "names": ["shop.example"],
        "count": 1,
        "fields": ["name", "email"],
    },
    MessageKind.CONTACTS_DELETED: {"contacts": ["CA1", "CA2"], "count": 2},
}


def a_case(kind: MessageKind, recipient: Recipient, **values: Any) -> Outgoing:
    """Give a claimed message of *kind*; a change's values may stand beside the message's."""
    state = {
        MessageKind.ASK_PRIOR: ChangeState.AWAITING_PRIOR,
        MessageKind.COMPLETED: ChangeState.COMPLETED,
        MessageKind.ENDED: ChangeState.VOIDED,
        MessageKind.EXPIRED: ChangeState.EXPIRED,
    }.get(kind, ChangeState.AWAITING_NEW)
    change = {"id": 12, "state": state}
    for name in ("patch", "state", "lock_until", "lock_waived", "closed", "reason"):
        if name in values:
            change[name] = values.pop(name)
    outgoing = {name: values.pop(name) for name in ("language", "transfer_lock") if name in values}
    message = {
        "kind": kind,
        "recipient": recipient,
        "address": "reader@example.net",
        "values": VALUES.get(kind, {"names": ["shop.example"], "count": 1}),
    }
    return an_outgoing(Message(**(message | values)), change=a_change(**change), **outgoing)


def letter(kind: MessageKind, recipient: Recipient, **values: Any) -> Letter:
    """Put a message into words."""
    outgoing = a_case(kind, recipient, **values)
    asks = kind in {MessageKind.ASK_NEW, MessageKind.ASK_PRIOR}
    return letter_of(outgoing, LINK if asks else None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("kind", "recipient"), MESSAGES)
def test_every_message_has_words(
    kind: MessageKind, recipient: Recipient, channel: Channel, language: str
) -> None:
    """Each kind, reader, channel and language gives a letter without a hole in it."""
    found = letter(kind, recipient, channel=channel, language=language)

    assert found.subject
    assert found.text
    assert found.language == language
    assert not set("{}") & set(found.subject + found.text)
    assert "None" not in found.text
    assert "billing" not in found.text.lower()
    assert all(line == line.rstrip() and line.isprintable() for line in found.text.split("\n"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_texts_with_the_same_places(language: str) -> None:
    """A text that one language lacks, or a place that it forgets, would show to its readers."""
    english, other = read_texts("en"), read_texts(language)

    def places(text: str) -> set[str | None]:
        return {place for _, place, _, _ in Formatter().parse(text)} - {None}

    assert other.keys() == english.keys()
    assert {key: places(text) for key, text in other.items()} == {
        key: places(text) for key, text in english.items()
    }
    assert all(text == text.strip() and text.isprintable() for text in other.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("kind", "recipient"), [ASK_NEW, ASK_PRIOR])
def test_the_link_is_the_first_url_and_a_line_of_its_own(
    kind: MessageKind, recipient: Recipient, channel: Channel, language: str
) -> None:
    """interface.md: whatever URLs stand in values or in the registrar's name, ours comes first."""
    patch: Patch = {"org": ("https://old.test/", "https://evil.test/change/x")}
    found = letter(kind, recipient, channel=channel, language=language, patch=patch)

    assert URL.findall(found.text)[0] == LINK
    assert LINK in found.text.split("\n")


def test_n1_shows_the_proposed_data_the_deadline_and_the_tick() -> None:
    """N1, R-12: domains, proposed values, deadline in UTC, link, approve or decline, the tick."""
    patch: Patch = {
        "name": ("Aroha Ngata", "Maria Rossi"),
        "street": (["1 Old Street"], ["Via Roma 1", "interno 2"]),
        "email": ("aroha@example.net", "maria@example.org"),
    }
    found = letter(*ASK_NEW, patch=patch)

    assert "Domain name: shop.example" in found.text
    assert "  Name: Maria Rossi\n  Street: Via Roma 1, interno 2\n  E-mail: maria@" in found.text
    assert "8 March 2026, 12:00 UTC" in found.text
    assert "approve or decline" in found.text
    assert "tick" in found.text
    for old in ("Aroha", "Old Street", "aroha@"):
        assert old not in found.text


def test_n2_shows_before_and_after_the_lock_and_the_advice() -> None:
    """N2, R-15: before and after, the 60 days explained, transfer first, deadline, link."""
    found = letter(*ASK_PRIOR)

    assert "Name\n    until now: Aroha Ngata\n    new: Maria Rossi" in found.text
    assert "for 60 days" in found.text
    assert "waive it" in found.text
    assert "transfer the domain names first" in found.text
    assert "8 March 2026, 12:00 UTC" in found.text
    assert "approve or refuse" in found.text


def test_n2_offers_no_lock_where_there_is_none() -> None:
    """A lock of zero days is not spoken of; the advice to transfer first stands."""
    found = letter(*ASK_PRIOR, transfer_lock=timedelta(0))

    assert "waive" not in found.text
    assert "transfer the domain names first" in found.text


def test_n3_says_what_changed_when_and_how_to_object() -> None:
    """N3, R-30: domains, what changed, when in UTC, the lock's end, whom to turn to."""
    found = letter(
        MessageKind.COMPLETED,
        Recipient.PRIOR,
        closed=NOW,
        lock_until=NOW + timedelta(days=60),
    )

    assert "It took effect on 1 March 2026, 12:00 UTC." in found.text
    assert "until now: Aroha Ngata" in found.text
    assert "Until 30 April 2026, 12:00 UTC" in found.text
    assert "tell your registrar at once: Registrar A, help@registrar.example." in found.text


@pytest.mark.parametrize(
    ("waived", "said"),
    [(True, "from an earlier change, if there is one, stays"), (None, "No lock")],
)
def test_n3_says_that_there_is_no_lock(waived: bool | None, said: str) -> None:
    """N3: the lock's end, or that it was waived, or that there is none."""
    found = letter(MessageKind.COMPLETED, Recipient.NEW, lock_waived=waived)

    assert said in found.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ENDS)
def test_n4_says_the_outcome_and_that_nothing_changed(state: ChangeState, language: str) -> None:
    """N4: each ending has words of its own, the same for whoever reads them."""
    texts = read_texts(language)
    for recipient in (Recipient.NEW, Recipient.PRIOR, Recipient.REGISTRAR):
        found = letter(MessageKind.ENDED, recipient, state=state, language=language)

        assert texts[f"N4.{state.value}"] in found.text
        assert texts["N4.unchanged"] in found.text
        assert "shop.example" in found.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", EndReason)
def test_n4_says_why_a_change_is_void(reason: EndReason, language: str) -> None:
    """N4: a void change has a reason, in the reader's words."""
    found = letter(MessageKind.ENDED, Recipient.NEW, reason=reason, language=language)

    assert read_texts(language)[f"N4.reason.{reason.value}"] in found.text


def test_n5_says_that_time_ran_out() -> None:
    """N5, R-29: when it ran out, and that nothing changed."""
    found = letter(MessageKind.EXPIRED, Recipient.PRIOR)

    assert "ran out on 8 March 2026, 12:00 UTC" in found.text
    assert read_texts("en")["N4.unchanged"] in found.text


@pytest.mark.parametrize("channel", Channel)
def test_n6_shows_masked_numbers(channel: Channel) -> None:
    """N6, R-23: what the number was and is, masked, by mail and to the old number."""
    found = letter(MessageKind.PHONE_CORRECTED, Recipient.PRIOR, channel=channel)

    assert "+39.*******21" in found.text
    assert "tell your registrar at once" in found.text


def test_n8_shows_the_delegation_as_it_is_now() -> None:
    """N8, T-06: name servers and DS records, and that there are none."""
    found = letter(MessageKind.DELEGATION_CHANGED, Recipient.TECH)
    bare = letter(
        MessageKind.DELEGATION_CHANGED,
        Recipient.TECH,
        values={"name": "shop.example", "ns": [], "ds": []},
    )

    assert "  ns1.shop.example\n  ns2.host.test\n" in found.text
    assert "  12345 13 2 ABCD\n" in found.text
    assert bare.text.count("(none)") == 2


def test_many_names_are_fifty_and_a_count() -> None:
    """5.3: one message for all names: the first fifty, how many there are, a page for the rest."""
    names = [f"n{number:03}.example" for number in range(70)]
    values = {"names": names, "count": 100_000}

    asking = letter(*ASK_NEW, values=values)
    telling = letter(MessageKind.COMPLETED, Recipient.NEW, values=values)

    for found in (asking, telling):
        assert found.text.count("\n  n0") == 50
        assert "Domain names (100000):" in found.text
        assert "and 99950 more." in found.text
        assert "n000.example and 99999 more" in found.subject
    assert "The page above shows them all." in asking.text


def test_international_names_stand_beside_their_a_labels() -> None:
    """A name that could be mistaken for another shows in the form that can't."""
    found = letter(*ASK_NEW, values={"names": ["xn--bcher-kva.example"], "count": 1})

    assert "bücher.example (xn--bcher-kva.example)" in found.text
    assert "bücher.example" in found.subject


def test_secrets_and_settings_of_a_contact_are_not_spelled_out() -> None:
    """A code's hash, statuses and consents are told as "other data", without values."""
    patch: Patch = {
        "name": ("Aroha", "Maria"),
        "auth_hash": ("OLDHASH", "NEWHASH"),
        "statuses": ([], ["clientDeleteProhibited"]),
        "disclosures": ({}, {"voice": 1234567}),
    }
    for kind, recipient in MESSAGES:
        found = letter(kind, recipient, patch=patch)

        for value in ("OLDHASH", "NEWHASH", "clientDelete", "1234567", "voice"):
            assert value not in found.text
    assert "Other data of the contact change with it." in letter(*ASK_NEW, patch=patch).text


def test_a_registrar_reads_handles_and_no_values() -> None:
    """The registrar has the record; its mail need not hold a copy."""
    found = letter(MessageKind.COMPLETED, Recipient.REGISTRAR)

    assert "Contact: CA1" in found.text
    assert "What changed: Name, E-mail" in found.text
    for value in ("Aroha", "Maria", "@example"):
        assert value not in found.text


FIELDS = (
    *("name", "org", "street", "city", "sp", "pc", "cc", "voice", "voice_ext"),
    *("fax", "fax_ext", "email", "kind", "auth_hash", "statuses", "disclosures"),
)


SHOWN = FIELDS[: FIELDS.index("kind")]


def _texts(values: Any) -> list[str]:
    if isinstance(values, str):
        return [values]
    return [text for value in values or () for text in _texts(value)]


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    """Draw a patch whose values are marked: OLD or NEW, a number, and a field."""
    fields = draw(st.lists(st.sampled_from(FIELDS), unique=True, min_size=1))

    def side(field: str, mark: str) -> object:
        value: object = f"{mark}{draw(st.integers(0, 9**9))}{field}"
        if field in {"street", "statuses"}:
            return [value] * draw(st.integers(0, 3))
        return draw(st.sampled_from([None, value]))

    return {field: (side(field, "OLD"), side(field, "NEW")) for field in fields}


@given(
    patch=patches(),
    case=st.sampled_from(MESSAGES),
    channel=st.sampled_from(Channel),
    language=st.sampled_from(LANGUAGES),
)
def test_no_party_reads_the_others_private_data(
    patch: Patch,
    case: tuple[MessageKind, Recipient],
    channel: Channel,
    language: str,
) -> None:
    """5.3: the new registrant never sees an old value; who needs no value sees none at all."""
    found = letter(*case, patch=patch, channel=channel, language=language)
    everything = found.subject + found.text

    judging = case == ASK_PRIOR or case == (MessageKind.COMPLETED, Recipient.PRIOR)
    proposed = case == ASK_NEW or case == (MessageKind.COMPLETED, Recipient.NEW)
    if not judging or channel is Channel.SMS:
        assert "OLD" not in everything
    if not (judging or proposed) or channel is Channel.SMS:
        assert "NEW" not in everything
    if channel is Channel.EMAIL:
        shown = [
            value
            for field, pair in patch.items()
            if field in SHOWN
            for value in _texts(pair if judging else pair[1:])
        ]
        assert not (judging or proposed) or all(value in everything for value in shown)


@given(
    value=st.text(max_size=400),
    case=st.sampled_from(MESSAGES),
    language=st.sampled_from(LANGUAGES),
)
def test_no_value_makes_a_line_or_a_text_of_its_own(
    value: str, case: tuple[MessageKind, Recipient], language: str
) -> None:
    """Whatever a record holds, a letter has the lines that it has with a plain word there."""

    def with_word(word: str) -> Letter:
        outgoing = a_case(
            *case,
            language=language,
            patch={"name": (word, word), "street": ([word], [word])},
            values={
                "names": ["shop.example", word], "count": 2, "old": word, "new": word,
                "ns": [word], "ds": [word], "contacts": [word], "fields": ["name"],
            },
        )  # fmt: skip
        assert outgoing.change is not None
        outgoing = replace(
            outgoing,
            sponsor=Sponsor(name=word, email=word, voice=word, url=word),
            change=replace(outgoing.change, contact=word, to_contact=word),
        )
        asks = case in (ASK_NEW, ASK_PRIOR)
        return letter_of(outgoing, LINK if asks else None)

    found, plain = with_word(value), with_word("word")

    assert found.text.count("\n") == plain.text.count("\n")
    assert "\n" not in found.subject
    strange = {"Cc", "Cs", "Zl", "Zp"}
    for sign in found.subject + found.text.replace("\n", ""):
        assert unicodedata.category(sign) not in strange
        assert sign not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    if case in (ASK_NEW, ASK_PRIOR):
        assert found.text.split("\n")[3] == LINK


def test_a_value_of_any_length_is_cut() -> None:
    """A message stays a message, whatever a deposit brought into the store."""
    found = letter(*ASK_NEW, patch={"org": (None, "x" * 100_000)})

    assert len(found.text) < 3_000


@given(names=st.lists(st.text(max_size=80), max_size=5), count=st.integers(-3, 10**6))
def test_any_stored_values_make_a_letter(names: list[str], count: int) -> None:
    """A queued message that is odd is still told, never a fault."""
    for values in ({}, {"names": names, "count": count}, {"names": "no list", "count": "many"}):
        for kind, recipient in MESSAGES:
            assert letter(kind, recipient, values=values).text


def test_a_deadline_is_never_shown_later_than_it_is() -> None:
    """Seconds are cut off, so that a click within the minute shown may be late but never early."""
    outgoing = a_case(*ASK_NEW)
    assert outgoing.change is not None
    late = replace(outgoing.change, deadline=NOW + timedelta(seconds=59))

    assert "1 March 2026, 12:00 UTC" in letter_of(replace(outgoing, change=late), LINK).text


def test_c1_names_the_contact_to_the_registrar_alone() -> None:
    """Section 4, `cord` and `irs_nz`: the registrar finds the record by its handle."""
    values = VALUES[MessageKind.REGISTRANT_CHANGED] | {"registrar": "REG-A", "contact": "CA7"}
    registrar, new = (
        letter(MessageKind.REGISTRANT_CHANGED, to, values=values).text
        for to in (Recipient.REGISTRAR, Recipient.NEW)
    )
    assert "Contact: CA7" in registrar
    assert "CA7" not in new


def test_n3_calls_the_one_who_waived_the_previous_registrant() -> None:
    """N3, R-16: the current one is the new one by then."""
    found = letter(MessageKind.COMPLETED, Recipient.NEW, lock_waived=True)
    assert "The previous registrant waived the lock" in found.text
