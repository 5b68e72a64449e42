"""Answers of port 43, letter by letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address
from typing import Any

import pytest

from store.published import (
    Absence,
    PublicRole,
    PublishedDomain,
    PublishedHost,
    PublishedRegistrar,
    Reason,
    Withheld,
)
from store.queries import Absent, Answer
from store.statuses import Status
from tests.published_values import (
    a_domain,
    a_help,
    a_host,
    a_party,
    a_proxied_party,
    a_redacted_party,
    a_registrar,
    a_signature,
    absent,
    an_entity,
    found,
    notices,
)
from whois43.lines import timestamp
from whois43.nameserver import MOST_HOSTS
from whois43.parse import Refusal
from whois43.render import BUSY, TOO_LONG, UNAVAILABLE, answer_bytes, refusal_bytes
from whois43.usage import MOST_ZONES

STAMP = ">>> Last update of WHOIS database: 2026-05-29T20:15:00Z <<<"
TERMS = "\n\nThese data are for information only.\nBulk use is not allowed.\n"

DOMAIN = """\
Domain Name: SHOP.EXAMPLE
Registry Domain ID: D1234567-EXAMPLE
Registrar WHOIS Server: whois.registrar.example
Registrar URL: https://www.registrar.example
Updated Date: 2026-05-29T20:13:00Z
Creation Date: 2020-10-08T00:45:00Z
Registry Expiry Date: 2027-10-08T00:44:59Z
Registrar: Example Registrar, Inc.
Registrar IANA ID: 9995
Registrar Abuse Contact Email: abuse@registrar.example
Registrar Abuse Contact Phone: +1.1235551234
Domain Status: clientDeleteProhibited https://icann.org/epp#clientDeleteProhibited
Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited
Registry Registrant ID: C-REGISTRANT-EXAMPLE
Registrant Name: Aroha Ngata
Registrant Organization: Ngata Orchards
Registrant Street: 1 Kōwhai Street
Registrant Street: Unit 4
Registrant City: Te Whanganui-a-Tara
Registrant State/Province: Wellington
Registrant Postal Code: 6011
Registrant Country: NZ
Registrant Phone: +64.211234567
Registrant Phone Ext: 12
Registrant Fax: +64.211234568
Registrant Fax Ext: 34
Registrant Email: registrant@orchard.example
Registry Admin ID: REDACTED FOR PRIVACY
Admin Name: REDACTED FOR PRIVACY
Admin Organization: REDACTED FOR PRIVACY
Admin Street: REDACTED FOR PRIVACY
Admin City: REDACTED FOR PRIVACY
Admin State/Province: Wellington
Admin Postal Code: REDACTED FOR PRIVACY
Admin Country: NZ
Admin Phone: REDACTED FOR PRIVACY
Admin Email: REDACTED FOR PRIVACY
Registry Tech ID: REDACTED FOR PRIVACY
Tech Name: On behalf of shop.example owner
Tech Organization: Example Privacy Service
Tech Street: 9 Harbour Road
Tech City: Reykjavik
Tech Postal Code: 101
Tech Country: IS
Tech Phone: +354.4212434
Tech Email: 7f3c0b2a@alias.example
Name Server: NS1.SHOP.EXAMPLE
Name Server: NS2.HOSTING.TEST
DNSSEC: signedDelegation
DS Data: 12345 13 2 {digest}
URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf
{stamp}

For more information on Whois status codes, please visit https://icann.org/epp{terms}"""

HOST = """\
Server Name: NS1.SHOP.EXAMPLE
IP Address: 192.0.2.1
IP Address: 2001:db8::1
Registrar: Example Registrar, Inc.
Registrar WHOIS Server: whois.registrar.example
Registrar URL: https://www.registrar.example
"""

REGISTRAR = """\
Registrar: Example Registrar, Inc.
Street: 1 Registrar Road
Street: Floor 2
City: Marina del Rey
State/Province: CA
Postal Code: 90292
Country: US
Phone Number: +1.3105551212
Phone Ext: 7
Fax Number: +1.3105551213
Fax Ext: 8
Email: office@registrar.example
Registrar WHOIS Server: whois.registrar.example
Registrar URL: https://www.registrar.example
"""


def text(answer: Answer) -> str:
    """Render *answer* and give it with plain line ends."""
    out = answer_bytes(answer).decode()
    assert out.endswith("\r\n")
    assert out.count("\r\n") == out.count("\n") == out.count("\r")
    return out.replace("\r\n", "\n")


def domain_lines(**changes: Any) -> list[str]:
    """Give the lines of a domain's answer."""
    return text(found(a_domain(**changes))).split("\n")


def values(lines: list[str], key: str) -> list[str]:
    """Give the values of *key*."""
    return [line.removeprefix(f"{key}: ") for line in lines if line.startswith(f"{key}: ")]


def test_domain_record_has_the_keys_of_the_contract_in_their_order() -> None:
    """The record of 6.4 with an open, a redacted and a proxied section, letter by letter."""
    domain = a_domain(
        parties=(
            a_party(),
            a_redacted_party(PublicRole.ADMIN),
            a_proxied_party(PublicRole.TECH),
        ),
        dnssec=a_signature(),
    )
    assert text(found(domain)) == DOMAIN.format(digest="AB" * 32, stamp=STAMP, terms=TERMS)


def test_host_record_has_the_keys_of_the_contract_in_their_order() -> None:
    """The record of 6.6, letter by letter."""
    assert text(found(a_host())) == HOST + STAMP + TERMS


def test_host_without_addresses_has_no_address_line() -> None:
    """An external host prints its name and what there is of its registrar."""
    answer = text(found(a_host("ns.hosting.test", addresses=(), registrar=None)))
    assert answer == f"Server Name: NS.HOSTING.TEST\n{STAMP}{TERMS}"


def test_hosts_of_an_address_are_separated_by_a_blank_line() -> None:
    """Each record begins with its server name (6.2.5), one stamp ends them all."""
    answer = text(found((a_host(), a_host("ns2.shop.example"))))
    second = HOST.replace("NS1", "NS2")
    assert answer == f"{HOST}\n{second}{STAMP}{TERMS}"


def test_long_list_of_hosts_is_cut_and_says_so() -> None:
    """An answer is bounded, whatever an address serves; a hundred are shown whole."""
    more = "\n\nMore than 100 name servers have this address; the others are not shown.\n"
    answer = text(found((a_host(),) * (MOST_HOSTS + 1)))
    assert answer.count("Server Name: ") == MOST_HOSTS == 100
    assert more in answer
    assert more not in text(found((a_host(),) * MOST_HOSTS))


def test_registrar_record_has_the_keys_of_the_contract_in_their_order() -> None:
    """The record of 6.7, letter by letter."""
    assert text(found(a_registrar())) == REGISTRAR + STAMP + TERMS


def test_idn_shows_both_forms_of_its_name() -> None:
    """The A-label stands under the usual key, the Unicode form right after it (6.3.9)."""
    lines = domain_lines(name="xn--bcher-kva.example", unicode_name="bücher.example")
    assert lines[:2] == [
        "Domain Name: XN--BCHER-KVA.EXAMPLE",
        "Internationalized Domain Name: bücher.example",
    ]


def test_registrar_mode_shows_the_registrars_expiry() -> None:
    """The registrar's expiry takes the place of the registry's (6.4.5)."""
    lines = domain_lines(
        expires=None, registrar_expires=datetime(2030, 1, 2, 3, 4, 5, 120000, tzinfo=UTC)
    )
    place = lines.index("Creation Date: 2020-10-08T00:45:00Z")
    assert lines[place + 1] == "Registrar Registration Expiration Date: 2030-01-02T03:04:05.12Z"
    assert values(lines, "Registry Expiry Date") == []


def test_registrar_without_iana_id_has_no_line_for_it() -> None:
    """A registrar without accreditation has no id to print (D-34)."""
    lines = domain_lines(registrar=a_registrar(iana_id=None))
    assert values(lines, "Registrar IANA ID") == []


def test_key_without_a_value_is_left_out() -> None:
    """A client would take the next line for the value of an empty key (D-24)."""
    bare = a_registrar(
        whois_server=None, url="", abuse_email="  ", abuse_phone="\x00", iana_id=None
    )
    party = a_party(
        handle=None, org=None, street=(), sp="", pc=" ", voice=None, voice_ext=None, fax="\n"
    )
    lines = domain_lines(
        handle=None, updated=None, created=None, expires=None, registrar=bare, parties=(party,),
        hosts=(),
    )  # fmt: skip
    record = lines[: lines.index(STAMP)]
    assert [line.split(":")[0] for line in record] == [
        "Domain Name",
        "Registrar",
        "Domain Status",
        "Domain Status",
        "Registrant Name",
        "Registrant City",
        "Registrant Country",
        "Registrant Fax Ext",
        "Registrant Email",
        "DNSSEC",
        "URL of the ICANN RDDS Inaccuracy Complaint Form",
    ]


@pytest.mark.parametrize("server", ["whois.registrar.example", " WHOIS.Registrar.example."])
@pytest.mark.parametrize(
    "make", [a_domain, a_host, a_registrar, lambda **changes: (a_host(**changes),)]
)
def test_no_line_sends_a_client_back_to_this_server(make: Any, server: str) -> None:
    """A client would follow `Registrar WHOIS Server` for ever (11.2.3)."""
    registrar = {"whois_server": server}
    changes = registrar if make is a_registrar else {"registrar": a_registrar(**registrar)}
    answer = found(make(**changes))
    assert f"Registrar WHOIS Server: {server.strip()}\r\n" in answer_bytes(answer).decode()
    others = answer_bytes(answer, "whois.nic.example").decode()
    assert others == answer_bytes(answer).decode()
    own = answer_bytes(answer, "whois.registrar.example").decode()
    assert own == others.replace(f"Registrar WHOIS Server: {server.strip()}\r\n", "")


def test_role_without_a_contact_has_no_section() -> None:
    """A thin name shows no contact at all (6.4.8, D-23)."""
    assert not any("Registrant" in line or "Tech" in line for line in domain_lines(parties=()))


def test_form_stands_in_for_an_address_that_is_withheld() -> None:
    """The e-mail line holds an address or a URL (7.5), and an address wins."""
    form = "https://contact.example/?name=shop.example"
    withheld = a_redacted_party(contact_uri=form)
    lines = domain_lines(parties=(withheld, a_party(PublicRole.TECH, contact_uri=form)))
    assert values(lines, "Registrant Email") == [form]
    assert values(lines, "Tech Email") == ["tech@orchard.example"]


def test_wording_for_withheld_values_is_the_zones() -> None:
    """A withheld street prints the wording once, like any other field (D-22)."""
    zone = notices(redaction_text="WITHHELD")
    party = a_redacted_party(voice_ext=Withheld(Reason.HOLDER))
    lines = domain_lines(parties=(party,), notices=zone)
    assert values(lines, "Registrant Street") == ["WITHHELD"]
    assert values(lines, "Registrant Email") == ["WITHHELD"]
    assert values(lines, "Registrant Phone Ext") == ["WITHHELD"]


def test_name_without_terms_ends_with_the_status_codes_line() -> None:
    """No blank line ends an answer."""
    answer = text(found(a_domain(), notices=notices(terms=())))
    assert answer.endswith("please visit https://icann.org/epp\n")
    assert text(found(a_host(), notices=notices(terms=()))) == f"{HOST}{STAMP}\n"


@pytest.mark.parametrize("made", [a_domain, a_host, a_registrar, a_help])
def test_what_may_be_old_says_so_behind_the_stamp(made: Any) -> None:
    """After a blank line, and beside that the answer is the same."""
    age = (
        "\nThe registry's store cannot be reached at present.\n"
        "Changes made after 2026-05-29T20:15:00Z may be missing from this answer.\n"
    )
    old = text(found(made(), is_old=True))
    assert old.count(f"{STAMP}\n{age}") == 1
    assert old.replace(age, "") == text(found(made()))


def test_texts_of_complaints_and_status_codes_are_the_zones() -> None:
    """Text and URL of the complaint line and the page of the codes can be set (6.4.1, 6.4.4)."""
    zone = notices(
        complaint_text="URL of the ICANN Whois Inaccuracy Complaint Form",
        complaint_url="https://www.icann.org/wicf/",
        status_url="https://www.nic.example/codes",
        terms=(),
    )
    lines = text(found(a_domain(notices=zone), notices=zone)).split("\n")
    assert lines[-6:] == [
        "DNSSEC: unsigned",
        "URL of the ICANN Whois Inaccuracy Complaint Form: https://www.icann.org/wicf/",
        STAMP,
        "",
        "For more information on Whois status codes, please visit https://www.nic.example/codes",
        "",
    ]
    assert values(lines, "Domain Status")[0] == (
        "clientDeleteProhibited https://www.nic.example/codes#clientDeleteProhibited"
    )


def test_zone_without_a_complaint_form_has_no_line_for_it() -> None:
    """The stamp follows the record at once then."""
    zone = notices(complaint_url=None)
    lines = text(found(a_domain(notices=zone), notices=zone)).split("\n")
    assert lines[lines.index(STAMP) - 1] == "DNSSEC: unsigned"


HOSTILE = "x\r\nDomain Status: ok\n>>> Last\u2028a\u2029b\u0085c\x1bd\x7fe\x00f\ud800g"


def test_control_characters_of_a_value_stay_on_its_line() -> None:
    """No value begins a line, a key or the trailer of its own (6.1.9)."""
    party = a_party(name=HOSTILE, org=HOSTILE, street=(HOSTILE,), email=HOSTILE, handle=HOSTILE)
    domain = a_domain(
        parties=(party,),
        handle=HOSTILE,
        unicode_name=HOSTILE,
        registrar=a_registrar(name=HOSTILE, url=HOSTILE, whois_server=HOSTILE),
    )
    clean_length = text(found(a_domain(parties=(a_party(street=("one",)),), unicode_name="x")))
    answer = text(found(domain, notices=notices(terms=(HOSTILE,))))
    assert answer.count("\n") == clean_length.count("\n") - 1  # one line of terms less
    assert "\nRegistrant Name: x  Domain Status: ok >>> Last a b c d e f\ufffdg\n" in answer
    assert not set(answer) & set("\r\x00\x1b\x7f\u0085\u2028\u2029\ud800")


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        (absent(), 'No match for "SHOP.EXAMPLE".'),
        (absent(name="xn--bcher-kva.example"), 'No match for "XN--BCHER-KVA.EXAMPLE".'),
        (absent(asked=PublishedHost, name="ns9.shop.example"), "No nameservers found."),
        (absent(asked=PublishedHost, name=None), "No nameservers found."),
        (absent(asked=PublishedRegistrar, name=None), "No registrar found."),
        (absent(Absence.RESERVED), "Reserved: SHOP.EXAMPLE"),
        (absent(Absence.BLOCKED, by="Guard\r\n>>>"), "Blocked by Guard  >>>: SHOP.EXAMPLE"),
        (absent(Absence.BLOCKED), "Blocked: SHOP.EXAMPLE"),
        (absent(Absence.UNSERVED, name="shop.test"), 'The name "SHOP.TEST" is not served here.'),
        (found(()), "No nameservers found."),
    ],
)  # fmt: skip
def test_answer_without_a_record_says_why_in_its_first_line(answer: Answer, first: str) -> None:
    """The first line is constant, then come the stamp and the terms (6.8)."""
    assert text(answer) == f"{first}\n{STAMP}{TERMS}"


@pytest.mark.parametrize("absence", list(Absence))
@pytest.mark.parametrize("asked", [PublishedDomain, PublishedHost, PublishedRegistrar])
@pytest.mark.parametrize("name", ["shop.example", None])
def test_only_a_missing_domain_gets_the_words_of_a_free_name(
    absence: Absence, asked: type[PublishedDomain], name: str | None
) -> None:
    """A name that can't be registered here never reads as free (11.2.2, 6.2.8)."""
    answer: Absent = absent(absence, asked, name=name)
    free = absence is Absence.NOT_FOUND and asked is PublishedDomain and name is not None
    assert ("no match" in text(answer).lower()) is free
    assert "not found" not in text(answer).lower()


def test_help_names_the_forms_and_the_zones() -> None:
    """The answer to an empty question (6.1.11)."""
    answer = text(found(a_help("co.example", "example")))
    for word in ("domain NAME", "nameserver ADDRESS", "registrar TEXT", "  co.example\n"):
        assert word in answer
    assert answer.endswith(STAMP + TERMS)


def test_help_names_the_limits_that_are_on() -> None:
    """A client can know them before it meets them, as by RDAP's help; without any, no word."""
    shown = found(a_help("example"))
    said = answer_bytes(shown, limits=("A client may ask 3 questions.", "It is an address."))
    listed = "\r\n\r\nLimits:\r\n  A client may ask 3 questions.\r\n  It is an address.\r\n"
    assert listed in said.decode()
    assert said.replace(listed.removeprefix("\r\n").encode(), b"") == answer_bytes(shown)
    assert answer_bytes(found(a_domain()), limits=("x",)) == answer_bytes(found(a_domain()))


def test_help_of_very_many_zones_is_cut() -> None:
    """An answer is bounded, whatever is served."""
    answer = text(found(a_help(*(f"z{number}.example" for number in range(MOST_ZONES + 3)))))
    assert answer.count(".example\n") == MOST_ZONES
    assert "  and 3 more\n" in answer


FIXED = [
    text(found(a_help())),
    text(found(a_domain(dnssec=a_signature()))),
    text(found((a_host(),) * (MOST_HOSTS + 1))),
    text(found(a_registrar())),
    UNAVAILABLE.decode(),
    BUSY.decode(),
    TOO_LONG.decode(),
    refusal_bytes(Refusal(message="Not a legal domain name.")).decode(),
]


@pytest.mark.parametrize("fixed", FIXED)
def test_fixed_texts_hold_no_words_that_mislead(fixed: str) -> None:
    """Neither a free name's words (11.2.2) nor the role that is never named (D-35)."""
    for words in ("not found", "no match", "billing"):
        assert words not in fixed.lower()


@pytest.mark.parametrize("reply", [TOO_LONG, refusal_bytes(Refusal(message="x"))])
def test_errors_point_to_help(reply: bytes) -> None:
    """Whoever asks in a wrong way learns from the second line how to ask."""
    first, second = reply.decode().splitlines()
    assert first.startswith("Error: ")
    assert second == "Ask for help to see the forms of a question."


@pytest.mark.parametrize(
    "reply", [UNAVAILABLE, BUSY, TOO_LONG, refusal_bytes(Refusal(message="x"))]
)
def test_reply_without_an_answer_ends_its_lines_with_cr_lf(reply: bytes) -> None:
    """Error lines follow the same form (6.1.3)."""
    assert reply.endswith(b"\r\n")
    assert reply.count(b"\r\n") == reply.count(b"\n") <= 2


def test_contact_is_no_answer_of_this_door() -> None:
    """A contact by its handle is never asked for here, so it is an error to get one."""
    with pytest.raises(TypeError):
        answer_bytes(found(an_entity()))


EASTERN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("moment", "spelt"),
    [
        (datetime(2009, 4, 3, 22, 0, tzinfo=UTC), "2009-04-03T22:00:00Z"),
        (datetime(2009, 4, 3, 22, 0, 0, 123000, tzinfo=UTC), "2009-04-03T22:00:00.123Z"),
        (datetime(2009, 4, 3, 22, 0, 0, 1, tzinfo=UTC), "2009-04-03T22:00:00.000001Z"),
        (datetime(2009, 4, 3, 22, 0, 10, tzinfo=EASTERN), "2009-04-03T20:00:10Z"),
        (datetime(980, 1, 1, tzinfo=UTC), "0980-01-01T00:00:00Z"),
    ],
)  # fmt: skip
def test_instant_is_spelt_in_utc_with_a_fraction_only_where_there_is_one(
    moment: datetime, spelt: str
) -> None:
    """Dates have the form of 6.3.6, alike at both doors."""
    assert timestamp(moment) == spelt


def test_addresses_and_statuses_print_each_on_a_line_of_its_own() -> None:
    """Several values repeat the key, never a list with commas (6.3.2)."""
    lines = domain_lines(statuses=(Status.OK, Status.ADD_PERIOD))
    assert values(lines, "Domain Status") == [
        "ok https://icann.org/epp#ok",
        "addPeriod https://icann.org/epp#addPeriod",
    ]
    host = text(found(a_host(addresses=(ip_address("192.0.2.1"), ip_address("192.0.2.2")))))
    assert values(host.split("\n"), "IP Address") == ["192.0.2.1", "192.0.2.2"]
