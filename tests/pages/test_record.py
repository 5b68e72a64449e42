"""What a record looks like: published values drawn, none left out, none invented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pages.hosts import MOST_HOSTS
from store.published import (
    Absence,
    PublicRole,
    PublishedHost,
    PublishedRegistrar,
    Reason,
    Standing,
    Withheld,
)
from store.queries import Answer, Query
from store.statuses import Status
from tests.pages.running import RDAP_BASE, FakeReader, Response, running_pages
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
    found,
    notices,
)


def shown(answer: Answer, path: str = "?name=shop.example") -> Response:
    """Give the page that shows *answer*."""
    with running_pages(FakeReader(answer)) as pages:
        return pages.ask(path)


def rows(part: Any) -> dict[str, list[str]]:
    """Read the rows of a section or a card back: label to values."""
    read: dict[str, list[str]] = {}
    for row in part.xpath("./dl/div"):
        label = row.find("dt").text_content().strip()
        assert label not in read
        read[label] = [" ".join(dd.text_content().split()) for dd in row.findall("dd")]
    return read


def section(response: Response, title: str) -> Any:
    """Find the section with the heading *title*."""
    (part,) = response.page.xpath(f"//section[h2='{title}']")
    return part


def cards(response: Response) -> dict[str, Any]:
    """Find the cards of contacts by their titles."""
    return {
        card.find("h3").text_content().strip(): card
        for card in response.page.xpath("//section[@class='card']")
    }


def test_registration_is_drawn_whole() -> None:
    """Name, dates in both spellings, status with its meaning, registrar, hosts with addresses."""
    response = shown(found(a_domain(dnssec=a_signature())))

    assert response.status == 200
    assert response.title == "shop.example"
    own = rows(section(response, "Registration"))
    assert own["Domain name"] == ["shop.example"]
    assert own["ID"] == ["D1234567-EXAMPLE"]
    assert own["Runs until"] == ["8 October 2027, 00:44:59 UTC 2027-10-08T00:44:59Z"]
    assert "The registrar doesn’t let it be deleted." in response.text
    registrar = rows(section(response, "Registrar"))
    assert registrar["Registrar"] == ["Example Registrar, Inc."]
    assert registrar["IANA number"] == ["9995"]
    assert registrar["Abuse e-mail"] == ["abuse@registrar.example"]
    delegation = rows(section(response, "Name servers and DNSSEC"))
    assert delegation["Name servers"] == [
        "ns1.shop.example 192.0.2.1, 2001:db8::1",
        "ns2.hosting.test",
    ]
    assert delegation["DNSSEC"] == ["The delegation is signed"]
    assert delegation["DS records"] == [f"12345 13 2 {'AB' * 32}"]
    assert delegation["Keys"] == ["257 3 13 AQPJ////4Q=="]


def test_contact_is_drawn_whole() -> None:
    """Every value of an open contact stands in the card of its role."""
    card = cards(shown(found(a_domain())))["Technical contact"]
    assert rows(card) == {
        "Name": ["Aroha Ngata"],
        "Organisation": ["Ngata Orchards"],
        "Street": ["1 Kōwhai Street", "Unit 4"],
        "City": ["Te Whanganui-a-Tara"],
        "State or province": ["Wellington"],
        "Postcode": ["6011"],
        "Country": ["NZ"],
        "Phone": ["+64 211234567 ext. 12"],
        "Fax": ["+64 211234568 ext. 34"],
        "E-mail": ["tech@orchard.example"],
        "Kind": ["Person"],
        "ID": ["C-TECH-EXAMPLE"],
        "Made": ["1 March 2019, 08:00:00 UTC 2019-03-01T08:00:00Z"],
        "Last changed": ["5 November 2025, 09:30:00 UTC 2025-11-05T09:30:00Z"],
    }


def test_withheld_value_reads_as_the_zone_words_it_with_the_reason() -> None:
    """One reason is said once for the card; no value stands anywhere."""
    party = a_redacted_party()
    told = notices(redaction_text="WITHHELD HERE")
    card = cards(shown(found(a_domain(parties=(party,), notices=told))))["Registrant"]
    read = rows(card)
    assert {label for label, values in read.items() if values == ["WITHHELD HERE"]} == {
        *("Name", "Organisation", "Street", "City", "Postcode", "Phone", "E-mail", "ID"),
    }
    assert read["Country"] == ["NZ"]
    assert "by the rules of this zone" in card.find("p").text_content()


def test_two_reasons_stand_at_their_values() -> None:
    """Where reasons differ each withheld value has its own."""
    holder = Withheld(Reason.HOLDER)
    party = a_redacted_party(voice=holder)
    read = rows(cards(shown(found(a_domain(parties=(party,)))))["Registrant"])
    assert read["Phone"] == ["REDACTED FOR PRIVACY as the contact wishes"]
    assert read["Name"] == ["REDACTED FOR PRIVACY by the rules of this zone"]


def test_privacy_service_is_marked() -> None:
    """A card of a service says that it is one."""
    card = cards(shown(found(a_domain(parties=(a_proxied_party(),)))))["Registrant Privacy service"]
    assert "stands in for the holder" in card.find("p").text_content()
    assert rows(card)["Organisation"] == ["Example Privacy Service"]


def test_form_stands_in_place_of_a_withheld_address() -> None:
    """A contact form is a link; the address is not there."""
    form = "https://registrar.example/form?name=shop.example"
    party = a_party(email=Withheld(Reason.POLICY), contact_uri=form, standing=Standing.PRIVATE)
    card = cards(shown(found(a_domain(parties=(party,)))))["Registrant"]
    (link,) = card.xpath(".//a[text()='Contact form' or bdi='Contact form']")
    assert link.get("href") == form


def test_role_without_a_contact_has_no_card() -> None:
    """What is not there is left out, and so is an empty section (D-23)."""
    response = shown(found(a_domain(parties=(a_party(PublicRole.TECH),))))
    assert set(cards(response)) == {"Technical contact"}
    thin = shown(found(a_domain(parties=())))
    assert not thin.page.xpath("//h2[text()='Contacts']")


def test_international_name_is_shown_in_both_forms() -> None:
    """People read the U-label first; the A-label is beside it."""
    domain = a_domain("xn--bcher-kva.example", unicode_name="bücher.example")
    response = shown(found(domain))
    assert response.title == "bücher.example"
    assert "also written xn--bcher-kva.example" in response.text


@pytest.mark.parametrize("status", list(Status))
def test_status_code_links_to_its_explanation(status: Status) -> None:
    """Each code leads to its place on the page that the zone names (6.4.4)."""
    page = shown(found(a_domain(statuses=(status,)))).page
    assert page.xpath(f"//dt/a[text()='{status.value}']/@href") == [
        f"https://icann.org/epp#{status.value}"
    ]


def test_values_are_text_and_never_markup() -> None:
    """Markup in a value, a name or a URL is shown as it is written and runs nowhere."""
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    registrar = a_registrar(name=bad, url="javascript:alert(1)", abuse_email=f"{bad}@x.example")
    party = a_party(name=bad, contact_uri="javascript:alert(1)", email=None)
    told = notices(terms=(bad,), terms_url="javascript:alert(1)", complaint_url="data:text/html,x")
    page = shown(found(a_domain(registrar=registrar, parties=(party,), notices=told))).page
    assert not page.xpath("//script | //img | //@onerror")
    assert bad in page.text_content()
    hrefs = [href for href in page.xpath("//@href") if href != "data:,"]  # the empty icon
    schemes = {href.partition(":")[0] for href in hrefs if ":" in href}
    assert schemes <= {"https", "http", "mailto", "tel"}


def test_mailbox_breaks_after_its_at_sign_first() -> None:
    """An alias that is wider than its card isn't cut inside a word where it needn't be."""
    party = a_party(email="kq3vw5x2mz7d@relay.privacy.example")
    (link,) = shown(found(a_domain(parties=(party,)))).page.xpath(
        "//a[@href='mailto:kq3vw5x2mz7d@relay.privacy.example']/bdi"
    )
    assert [each.tag for each in link] == ["wbr"]
    assert link.text == "kq3vw5x2mz7d@"
    assert link.text_content() == "kq3vw5x2mz7d@relay.privacy.example"


def test_links_lead_to_pages_of_their_own() -> None:
    """A host's and a registrar's link say which kind of thing they mean."""
    page = shown(found(a_domain("example.example", hosts=(a_host("ns.example"),)))).page
    hrefs = page.xpath("//main//a/@href")
    assert "/?name=ns.example&kind=nameserver" in hrefs
    assert "/?name=9995&kind=registrar" in hrefs


def test_name_server_is_drawn() -> None:
    """Addresses, registrar and status of a host."""
    response = shown(found(a_host()), "?name=ns1.shop.example")
    own = rows(section(response, "Name server"))
    assert own["Name server"] == ["ns1.shop.example"]
    assert own["Addresses"] == ["192.0.2.1", "2001:db8::1"]
    assert own["Registrar"] == ["Example Registrar, Inc."]
    assert own["ID"] == ["H1-EXAMPLE"]


def test_address_gives_a_list_of_name_servers() -> None:
    """Each has a card with a link; a longer list says that it goes on."""
    hosts = tuple(a_host(f"ns{n}.shop.example") for n in range(MOST_HOSTS + 1))
    response = shown(found(hosts), "?name=192.0.2.1")
    assert response.title == "192.0.2.1"
    assert len(cards(response)) == MOST_HOSTS
    assert f"The first {MOST_HOSTS} are shown." in response.text
    assert [each.text_content() for each in response.page.iter("summary")] == ["WHOIS answer"]


def test_registrar_is_drawn() -> None:
    """Address, phones, abuse contact and services of a registrar."""
    response = shown(found(a_registrar()), "?name=9995")
    assert rows(section(response, "Registrar"))["Phone"] == ["+1 3105551212 ext. 7"]
    assert rows(section(response, "To report abuse"))["Abuse phone"] == ["+1 1235551234"]
    assert rows(section(response, "Services"))["RDAP server"] == ["https://rdap.registrar.example/"]


@pytest.mark.parametrize(
    ("answer", "title", "said"),
    [
        (absent(), "shop.example is not registered", "no registration"),
        (absent(Absence.RESERVED), "shop.example is reserved", "can’t be"),
        (absent(Absence.BLOCKED), "shop.example is blocked", "can’t be"),
        (absent(Absence.BLOCKED, by="Guard <b>"), "shop.example is blocked", "Guard <b> blocks it"),
        (absent(Absence.UNSERVED), "shop.example is not looked up here", "another registry"),
        (absent(asked=PublishedHost, name=None), "No such name server", "with this address"),
        (absent(asked=PublishedRegistrar, name=None), "No such registrar", "name or number"),
    ],
)
def test_absence_says_why(answer: Answer, title: str, said: str) -> None:
    """Each reason has its own words, status 404, and both raw answers."""
    response = shown(answer)
    assert response.status == 404
    assert response.title == title
    assert said in response.text
    assert len(response.page.xpath("//details")) == 2


def test_only_a_free_name_is_called_not_registered_alone() -> None:
    """Another registry's name may be registered there: the page doesn't say it isn't."""
    text = shown(absent(Absence.UNSERVED)).text.partition("The answers of")[0]
    assert "is not registered" not in text


def test_deeper_name_offers_the_one_above() -> None:
    """Who asks for www.shop.example is led to shop.example."""
    response = shown(absent(asked=PublishedHost, name="www.shop.example"), "?name=www.shop.example")
    assert response.page.xpath("//main//a[bdi='Look up shop.example instead']/@href") == [
        "/?name=shop.example"
    ]


def test_raw_answers_are_those_of_the_doors() -> None:
    """The page shows both texts, and each stands alone with its own media type."""
    reader = FakeReader(found(a_domain()))
    with running_pages(reader) as pages:
        page = pages.ask("?name=shop.example").page
        assert len(reader.asked) == 1  # one snapshot for the record and both raw answers
        hrefs = page.xpath("//details//a/@href")
        assert hrefs == ["/raw/whois?name=shop.example", "/raw/rdap?name=shop.example"]
        whois, rdap = (pages.ask(href[1:]) for href in hrefs)
    shown_whois, shown_rdap = (pre.text_content() for pre in page.iter("pre"))
    assert whois.headers["content-type"] == "text/plain; charset=utf-8"
    assert whois.body.startswith(b"Domain Name: SHOP.EXAMPLE\r\n")
    assert shown_whois.split() == whois.body.decode().split()
    assert rdap.headers["content-type"] == "application/rdap+json"
    document = json.loads(rdap.body)
    assert document == json.loads(shown_rdap)
    assert f"{RDAP_BASE}domain/shop.example" in {link["href"] for link in document["links"]}


def test_raw_answer_of_an_absent_name_is_the_doors_refusal() -> None:
    """The statuses are RDAP's."""
    with running_pages(FakeReader(absent())) as pages:
        assert pages.ask("raw/whois?name=shop.example").body.startswith(b'No match for "SHOP')
        rdap = pages.ask("raw/rdap?name=shop.example")
    assert (rdap.status, json.loads(rdap.body)["errorCode"]) == (404, 404)


def test_terms_and_stamp_stand_below() -> None:
    """The zone's terms, its complaint form and the store's last change."""
    told = notices(terms_url="https://nic.example/terms")
    answer = found(a_domain(notices=told), notices=told)
    response = shown(answer)
    assert "These data are for information only. Bulk use is not allowed." in response.text
    footer = response.page.find("body/footer")
    assert footer.xpath(".//a/@href") == ["https://nic.example/terms", "https://icann.org/wicf"]
    assert footer.xpath(".//time/@datetime") == ["2026-05-29T20:15:00Z"]


def test_answer_that_no_question_has_is_a_fault_and_no_page() -> None:
    """A defect reads as one, never as an absence."""

    def give(_query: Query) -> Answer:
        return found(a_help())

    with running_pages(FakeReader(give)) as pages:
        assert pages.ask("?name=shop.example").status == 500
