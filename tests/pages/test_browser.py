"""The lookup page in Chromium, as people use it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from store.published import PublicRole
from store.queries import Answer, FindName, Query
from tests.pages.conftest import Browse
from tests.pages.running import FakeReader, RunningPages, running_pages
from tests.published_values import (
    a_domain,
    a_party,
    a_proxied_party,
    a_redacted_party,
    a_signature,
    absent,
    found,
)

LONG = "x" * 63
SECONDS = 20.0


def _answer(query: Query) -> Answer:
    match query:
        case FindName(name="shop.example"):
            return found(a_domain(dnssec=a_signature()))
        case FindName(name="xn--bcher-kva.example"):
            parties = (a_redacted_party(), a_proxied_party(PublicRole.TECH))
            name = "xn--bcher-kva.example"
            return found(a_domain(name, unicode_name="bücher.example", parties=parties))
        case FindName(name="wide.example"):
            party = a_party(name="W" * 255, email=f"{'m' * 64}@{LONG}.example")
            return found(a_domain(f"{LONG}.{LONG}.{LONG}.example", parties=(party,)))
        case _:
            return absent(name="nope.example")


@pytest.fixture(scope="module")
def pages() -> Iterator[RunningPages]:
    """Give pages with a few records."""
    with running_pages(FakeReader(_answer)) as running:
        yield running


def _look_up(browser: Any, pages: RunningPages, name: str) -> None:
    browser.get(pages.url)
    field = browser.find_element(By.ID, "name")
    field.send_keys(name)
    field.submit()
    WebDriverWait(browser, SECONDS).until(staleness_of(field))  # the next page is there


def _open_all(browser: Any) -> None:
    for summary in browser.find_elements(By.TAG_NAME, "summary"):
        summary.click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_person_types_a_name_and_reads_the_record(
    browse: Browse, pages: RunningPages, *, scripts: bool
) -> None:
    """The form, the record and both raw answers work with and without JavaScript."""
    browser = browse(scripts=scripts)
    _look_up(browser, pages, "shop.example")

    assert browser.find_element(By.TAG_NAME, "h1").text == "shop.example"
    assert browser.title == "shop.example – Domain lookup"
    assert browser.find_element(By.ID, "name").get_dom_attribute("value") == "shop.example"
    registrant, *_ = browser.find_elements(By.CLASS_NAME, "card")
    assert "Aroha Ngata" in registrant.text
    for details, word in zip(
        browser.find_elements(By.TAG_NAME, "details"),
        ("Domain Name: SHOP.EXAMPLE", '"ldhName": "shop.example"'),
        strict=True,
    ):
        raw = details.find_element(By.TAG_NAME, "pre")
        assert not raw.is_displayed()
        details.find_element(By.TAG_NAME, "summary").click()
        assert raw.is_displayed()
        assert word in raw.text
    browser.find_element(By.PARTIAL_LINK_TEXT, "as plain text").click()
    assert "Domain Name: SHOP.EXAMPLE" in browser.find_element(By.TAG_NAME, "body").text


def test_name_in_its_own_script_is_found(browse: Browse, pages: RunningPages) -> None:
    """A U-label typed by a person reaches the store as its A-label."""
    browser = browse()
    _look_up(browser, pages, "Bücher.example")
    assert browser.find_element(By.TAG_NAME, "h1").text == "bücher.example"


def test_links_lead_on_to_other_records(browse: Browse, pages: RunningPages) -> None:
    """A name server's link asks for that name server."""
    browser = browse()
    _look_up(browser, pages, "shop.example")
    browser.find_element(By.LINK_TEXT, "ns1.shop.example").click()
    assert browser.current_url == f"{pages.url}?name=ns1.shop.example&kind=nameserver"


def test_keyboard_reaches_everything_in_reading_order(browse: Browse, pages: RunningPages) -> None:
    """Tab goes to the way past the form, the form, then down the page; focus can be seen."""
    browser = browse(width=360)  # one column: further down is later
    _look_up(browser, pages, "shop.example")
    seen: list[tuple[str, float]] = []
    for _ in range(30):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if focused.tag_name == "body":
            break
        assert focused.value_of_css_property("outline-style") != "none", focused.text
        seen.append((focused.text or focused.get_dom_attribute("id"), focused.rect["y"]))
    words = [word for word, _ in seen]
    assert words[:4] == ["Skip to the content", "Domain lookup", "name", "Look up"]
    assert "WHOIS answer" in words
    assert [y for _, y in seen[4:]] == sorted(y for _, y in seen[4:])


def test_skip_link_leads_past_the_form(browse: Browse, pages: RunningPages) -> None:
    """The first stop of the keyboard is a way to the record."""
    browser = browse()
    _look_up(browser, pages, "shop.example")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_dom_attribute("id") == "content"


@pytest.mark.parametrize(
    "name", ["", "shop.example", "xn--bcher-kva.example", "nope.example", ".."]
)
def test_page_is_built_for_assistive_technology(
    browse: Browse, pages: RunningPages, name: str
) -> None:
    """Language, title, one first heading, no level left out, landmarks, a name for each control."""
    browser = browse()
    browser.get(f"{pages.url}?name={name}")

    assert browser.find_element(By.TAG_NAME, "html").get_dom_attribute("lang") == "en"
    assert browser.title
    headings = browser.find_elements(By.CSS_SELECTOR, "h1, h2, h3, h4, h5, h6")
    levels = [int(heading.tag_name[1]) for heading in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    _open_all(browser)
    for landmark in ("header", "main", "footer", "form[role=search]"):
        assert len(browser.find_elements(By.CSS_SELECTOR, f"body {landmark}")) == 1
    for control in browser.find_elements(By.CSS_SELECTOR, "a, button, input, summary, section"):
        assert control.accessible_name, control.get_attribute("outerHTML")
    ids = [each.get_dom_attribute("id") for each in browser.find_elements(By.CSS_SELECTOR, "[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", [320, 360, 768, 1100])
@pytest.mark.parametrize("name", ["", "shop.example", "wide.example", "nope.example"])
def test_page_fits_every_screen(browse: Browse, pages: RunningPages, width: int, name: str) -> None:
    """Nothing is cut off or needs to be scrolled sideways, however long a value is."""
    browser = browse(width=width)
    browser.get(f"{pages.url}?name={name}")
    _open_all(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    button = browser.find_element(By.TAG_NAME, "button").rect
    assert button["height"] >= 24  # WCAG 2.2, 2.5.8
    assert button["x"] + button["width"] <= width


def test_browser_has_nothing_to_complain_of(browse: Browse, pages: RunningPages) -> None:
    """The style loads, no icon is missed, and nothing breaks the page's own content policy."""
    browser = browse()
    browser.get_log("browser")
    _look_up(browser, pages, "shop.example")
    assert [line["message"] for line in browser.get_log("browser")] == []
    assert browser.find_element(By.CLASS_NAME, "field").value_of_css_property("display") == "flex"
