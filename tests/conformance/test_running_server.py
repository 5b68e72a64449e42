"""A running server of the shipped sample, asked over sockets, against the whole table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance.asks import ASKS, SPELLINGS, Ask
from tests.conformance.documents import objects
from tests.conformance.exchanges import Pair, Subject, Twins
from tests.conformance.running import Asker
from tests.conformance.table import findings

DOMAINS = (
    *("shop.example", "nic.example", "market.example", "blog.example", "lantern.example"),
    *("open.example", "veiled.example", "xn--bcher-kva.example", "aotea.co.example"),
    *("cycles.co.example", "garden.co.example"),
)
HOSTS = ("ns1.shop.example", "ns2.nic.example", "ns1.hosting.example.net", "ns1.garden.co.example")
WHOIS_ASKS = {
    "6.1.2 LF": b"shop.example\n",
    "6.1.11 empty": b"\r\n",
    "6.1.11 help": b"help\r\n",
    "6.1.11 mark": b"?\r\n",
    "6.1.5 second line": b"shop.example\r\nopen.example\r\n",
    "6.1.6 long": b"a" * 2000 + b"\r\n",
    "6.1.8 bytes": b"\xff\xfe.example\r\n",
    "6.1.9 controls": b"a\x00\x1b[2Jb.example\r\n",
    "6.2.1 keyword": b"  DOMAIN \t shop.example\r\n",
    "6.2.1 quotes": b'registrar "Kauri Domains Limited"\r\n',
    "6.2.2 address": b"192.0.2.53\r\n",
    "6.2.2 host": b"ns1.shop.example\r\n",
    "6.2.2 number": b"9995\r\n",
    "6.2.3 dot": b"SHOP.example.\r\n",
    "6.2.3 U-label": "Bücher.example\r\n".encode(),
    "6.2.5 address": b"nameserver 192.0.2.10\r\n",
    "6.2.6 folded": b"registrar kauri  domains, limited\r\n",
    "6.2.7 flags": b"-T dn,ace shop.example\r\n",
    "6.2.8 unserved": b"example.com\r\n",
    "6.8.1 missing": b"missing.example\r\n",
    "6.8.2 host": b"nameserver ns9.shop.example\r\n",
    "6.8.2 registrar": b"registrar Nobody\r\n",
    "6.8.4 echo": b"<script>alert(1)</script>.example\r\n",
}


@pytest.mark.parametrize("ask", ASKS, ids=str)
def test_status_is_one_that_the_rule_allows(asker: Asker, ask: Ask) -> None:
    """Each question has a status that its rule allows, and an answer that breaks no other."""
    exchange = asker.rdap(ask.target, ask.method, ask.headers)

    assert exchange.status in ask.expected
    assert list(findings(exchange)) == []


@pytest.mark.parametrize(
    "target", sorted({ask.target for ask in ASKS if ask.method == "GET"}), ids=lambda t: t[:60]
)
def test_head_is_get_without_its_body(asker: Asker, target: str) -> None:
    """HEAD gives what GET gives, but for the body, on every path."""
    assert list(findings(asker.twins(target))) == []


@pytest.mark.parametrize("rule", SPELLINGS)
def test_spellings_of_one_name_give_one_document(asker: Asker, rule: str) -> None:
    """However a name is written, the same object comes, and each answer breaks no rule."""
    first, *others = (asker.rdap(spelling) for spelling in SPELLINGS[rule])
    assert first.subject is Subject.DOMAIN
    for other in others:
        assert list(findings(other)) == []
        assert list(findings(Twins(get=first, other=other))) == []


@pytest.mark.parametrize("accepted", ["application/json", "application/rdap+json"])
def test_status_does_not_depend_on_the_media_type_asked_for(asker: Asker, accepted: str) -> None:
    """Both names of the media type give one status and one document."""
    plain = asker.rdap("domain/shop.example")
    named = asker.rdap("domain/shop.example", headers={"Accept": accepted})
    assert list(findings(Twins(get=plain, other=named))) == []
    assert named.body == plain.body


def test_answer_that_did_not_change_meets_every_rule(asker: Asker) -> None:
    """What a client holds already isn't sent again, with the headers that it would have."""
    whole = asker.rdap("domain/shop.example")
    assert whole.headers is not None
    again = asker.rdap("domain/shop.example", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert list(findings(again)) == []


def test_preflight_meets_every_rule(asker: Asker) -> None:
    """A browser that asks first is told what it may do."""
    exchange = asker.rdap("domain/shop.example", "OPTIONS", {"Origin": "https://a.example"})
    assert (exchange.status, exchange.body) == (204, b"")
    assert list(findings(exchange)) == []


@pytest.mark.parametrize("name", DOMAINS)
def test_contact_cards_break_no_other_rule(asker: Asker, name: str) -> None:
    """Who asks for JSContact gets an id that isn't registered yet, and all else to the letter."""
    accepted = 'application/rdap+json;exts_list="jscontact"'
    exchange = asker.rdap(f"domain/{name}", headers={"Accept": accepted})
    assert b"jscontact_card" in exchange.body
    assert set(findings(exchange)) == {("1.7.1", "jscontact isn't registered")}


@pytest.mark.parametrize("name", DOMAINS)
def test_sample_names_meet_every_rule_in_both_protocols(asker: Asker, name: str) -> None:
    """Each name of the sample: RDAP, WHOIS, and the two beside each other."""
    pair = Pair(rdap=asker.rdap(f"domain/{name}"), whois=asker.whois(f"{name}\r\n".encode()))
    assert pair.subject is Subject.DOMAIN
    for each in (pair.rdap, pair.whois, pair):
        assert list(findings(each)) == []


def test_entities_of_sample_names_can_be_asked_for(asker: Asker) -> None:
    """A handle that an answer shows leads to an entity that meets every rule.

    An entity that some name under ICANN's profile shows follows it, whatever else shows it.
    """
    shown: dict[str, bool] = {}
    for name in DOMAINS:
        domain = asker.rdap(f"domain/{name}")
        inner = [each for each in objects(domain) if each.class_name == "entity"]
        for link in (link for each in inner for link in each.node.get("links", ())):
            if link["rel"] == "self":
                shown[link["href"]] = domain.gtld or shown.get(link["href"], False)
    assert len(shown) > len(DOMAINS)
    for href, gtld in shown.items():
        exchange = replace(asker.rdap(href.removeprefix(asker.base)), gtld=gtld)
        assert (href, exchange.status, list(findings(exchange))) == (href, 200, [])


@pytest.mark.parametrize("name", HOSTS)
def test_sample_hosts_meet_every_rule(asker: Asker, name: str) -> None:
    """Each kind of name server: RDAP and WHOIS."""
    rdap = asker.rdap(f"nameserver/{name}")
    whois = asker.whois(f"nameserver {name}\r\n".encode())
    assert rdap.subject is whois.subject is Subject.NAMESERVER
    assert [*findings(rdap), *findings(whois)] == []


@pytest.mark.parametrize("question", WHOIS_ASKS)
def test_answers_of_port_43_meet_every_rule(asker: Asker, question: str) -> None:
    """Whatever is asked, the answer is in form."""
    exchange = asker.whois(WHOIS_ASKS[question])
    assert exchange.answer
    assert list(findings(exchange)) == []


def test_question_without_line_end_is_answered(asker: Asker) -> None:
    """A client that ends its stream instead of its line gets the same answer."""
    closed = asker.whois(b"shop.example", half_closed=True)
    assert closed.answer == asker.whois(b"shop.example\r\n").answer
