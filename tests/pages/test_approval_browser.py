"""The approval pages in Chromium, as both parties use them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import (
    presence_of_element_located,
    staleness_of,
)
from selenium.webdriver.support.wait import WebDriverWait

from pages.catalogue import LANGUAGES, read_texts
from store.approvals import ProposedValue
from store.changes import CardEdit, UpdateContact
from store.registrant_changes import ChangeParty, ChangeState
from store.sql.database import Database
from tests.pages.approvals import NOW, FakeDesk, an_approval
from tests.pages.conftest import Browse
from tests.pages.running import FakeReader, RunningPages, running_pages
from tests.pages.test_approval_store import Case, a_case
from tests.published_values import absent
from tests.store.editing_values import a_contact

NEW, PRIOR = ChangeParty.NEW, ChangeParty.PRIOR
SECONDS = 20.0
_TURNS = count(1)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Give pages over a real store."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 's.sqlite3'}"
    database = Database.open(url, create=True)
    with a_case(database) as case:
        yield case
    database.close()


def _opened(case: Case) -> tuple[str, int]:
    """Have a registrant change of a holder of its own; give its handle and number."""
    turn = next(_TURNS)
    handle = f"CB{turn}X"
    case.registry.apply(a_contact(handle))
    case.registry.register(f"b{turn}.example", handle)
    card = CardEdit(name="Maria Rossi", org="Rossi & Figli", email="maria@rossi.example")
    return handle, case.opened(UpdateContact(handle=handle, card=card))


def _press(browser: Any, element: Any) -> None:
    element.click()
    _follow(browser, element)


def _follow(browser: Any, element: Any) -> None:
    """Wait until the page of *element* has gone and the next one is there to its end.

    In between the driver may fail to tell whose an element is.
    """
    waiting = WebDriverWait(browser, SECONDS, ignored_exceptions=(WebDriverException,))
    waiting.until(staleness_of(element))
    waiting.until(presence_of_element_located((By.CSS_SELECTOR, "body > nav")))


def _button(browser: Any, value: str) -> Any:
    return browser.find_element(By.CSS_SELECTOR, f"button[name=decision][value={value}]")


def _title(browser: Any) -> str:
    text: str = browser.find_element(By.TAG_NAME, "h1").text
    return text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_both_parties_approve_in_a_browser(
    browse: Browse, case: Case, language: str, *, scripts: bool
) -> None:
    """A-09 to A-12: both forms work in each language, with and without JavaScript."""
    browser, words = browse(scripts=scripts), read_texts(language)
    handle, number = _opened(case)
    browser.get(f"{case.pages.url}{case.link(number, NEW)}?lang={language}")
    assert _title(browser) == words["change.new.title"]
    _press(browser, _button(browser, "approve"))  # without the tick
    assert words["change.new.tick_missing"] in browser.find_element(By.TAG_NAME, "main").text
    browser.find_element(By.CSS_SELECTOR, "label[for=data_correct]").click()
    _press(browser, _button(browser, "approve"))
    assert _title(browser) == words["change.outcome.approved.title"]
    browser.refresh()
    assert _title(browser) == words["change.outcome.approved.title"]
    browser.get(f"{case.pages.url}{case.link(number, PRIOR)}?lang={language}")
    assert _title(browser) == words["change.prior.title"]
    browser.find_element(By.CSS_SELECTOR, "label[for=waive_lock]").click()
    _press(browser, _button(browser, "approve"))
    assert _title(browser) == words["change.outcome.completed.title"]
    assert words["change.waived"] in browser.find_element(By.TAG_NAME, "main").text
    assert browser.find_element(By.TAG_NAME, "html").get_dom_attribute("lang") == language
    assert case.registry.contact(handle).card.name == "Maria Rossi"


@pytest.mark.parametrize(("party", "word"), [(NEW, "decline"), (PRIOR, "refuse")])
def test_either_party_says_no_in_a_browser(
    browse: Browse, case: Case, party: ChangeParty, word: str
) -> None:
    """A-13: one button, no tick, and the page says that nothing has changed."""
    browser = browse()
    handle, number = _opened(case)
    if party is PRIOR:
        case.answer(case.link(number, NEW), {"decision": "approve", "data_correct": "yes"})
    link = f"{case.pages.url}{case.link(number, party)}"
    browser.get(link)
    _press(browser, _button(browser, word))
    assert "Nothing has changed." in browser.find_element(By.TAG_NAME, "main").text
    browser.get(link)
    assert "This link is closed" in browser.find_element(By.TAG_NAME, "main").text
    assert case.registry.contact(handle).card.name == "Aroha Ngata"


def test_keyboard_alone_is_enough(browse: Browse, case: Case) -> None:
    """Tab, Space and Enter: every stop shows its focus, and Enter in a box decides nothing."""
    browser = browse(width=360)
    _, number = _opened(case)
    browser.get(f"{case.pages.url}{case.link(number, NEW)}")
    seen = _tabbed_to(browser, "data_correct")
    assert seen[0] == "Skip to the content"
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    _enter_in_box(browser, "data_correct")
    assert case.state(number) is ChangeState.AWAITING_NEW
    box = browser.switch_to.active_element
    assert box.is_selected()  # as it was left
    box.send_keys(Keys.TAB)
    approve = browser.switch_to.active_element
    assert approve.text == "Approve"
    approve.send_keys(Keys.ENTER)
    _follow(browser, approve)
    assert case.state(number) is ChangeState.AWAITING_PRIOR
    browser.get(f"{case.pages.url}{case.link(number, PRIOR)}")
    _tabbed_to(browser, "waive_lock")
    _enter_in_box(browser, "waive_lock")
    assert case.state(number) is ChangeState.AWAITING_PRIOR
    browser.switch_to.active_element.send_keys(Keys.TAB + Keys.TAB)
    refuse = browser.switch_to.active_element
    assert refuse.text == "Refuse"
    refuse.send_keys(Keys.SPACE)
    _follow(browser, refuse)
    assert case.state(number) is ChangeState.REFUSED_PRIOR


def _enter_in_box(browser: Any, name: str) -> None:
    """Press Enter in the box that has the focus; go back to it on the page that comes."""
    box = browser.switch_to.active_element
    box.send_keys(Keys.ENTER)
    _follow(browser, box)
    assert "choose one of the buttons" in browser.find_element(By.TAG_NAME, "main").text
    _tabbed_to(browser, name)


def _tabbed_to(browser: Any, wanted: str) -> list[str]:
    seen: list[str] = []
    for _ in range(30):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        assert focused.value_of_css_property("outline-style") != "none", focused.text
        seen.append(focused.text or focused.get_dom_attribute("id"))
        if focused.get_dom_attribute("id") == wanted:
            return seen
    raise AssertionError(seen)


def test_missing_tick_is_told_to_who_cannot_see_it(browse: Browse, case: Case) -> None:
    """R-14: the box has the focus, is marked invalid and described by the message."""
    browser = browse()
    _, number = _opened(case)
    browser.get(f"{case.pages.url}{case.link(number, NEW)}")
    _press(browser, _button(browser, "approve"))
    box = browser.switch_to.active_element
    assert box.get_dom_attribute("name") == "data_correct"
    assert box.get_dom_attribute("aria-invalid") == "true"
    assert box.accessible_name == "These data are correct"
    (alert,) = browser.find_elements(By.CSS_SELECTOR, "[role=alert]")
    assert "Nothing has been answered yet" in alert.text


def test_double_click_answers_once(browse: Browse, case: Case) -> None:
    """A second click before the page has gone is told what the first one did."""
    browser = browse()
    _, number = _opened(case)
    browser.get(f"{case.pages.url}{case.link(number, NEW)}")
    browser.find_element(By.ID, "data_correct").click()
    button = _button(browser, "approve")
    browser.execute_script("arguments[0].click(); arguments[0].click();", button)
    _follow(browser, button)
    assert _title(browser) == "You have approved"
    assert case.state(number) is ChangeState.AWAITING_PRIOR


def test_way_back_to_the_form_answers_nothing_more(browse: Browse, case: Case) -> None:
    """A form that a browser brings back from its memory comes too late."""
    browser = browse()
    _, number = _opened(case)
    browser.get(f"{case.pages.url}{case.link(number, NEW)}")
    _press(browser, _button(browser, "decline"))
    browser.back()
    for button in browser.find_elements(By.CSS_SELECTOR, "button[value=decline]"):
        _press(browser, button)
    assert "This link is closed" in browser.find_element(By.TAG_NAME, "main").text
    assert case.state(number) is ChangeState.DECLINED_NEW


_LONG = "w" * 255
_WIDE = tuple(
    ProposedValue(field=field, old=(old,), new=(new,))
    for field, old, new in (
        ("name", "Aroha Ngata", _LONG),
        ("org", _LONG, "Figli di Rossi"),
        ("street", "1 Kōwhai Street", "Via di San Giovanni in Laterano 1234567890"),
        ("email", "a@shop.example", f"{'m' * 64}@{'x' * 63}.{'y' * 63}.example"),
    )
)
_PAGES = {
    "new": an_approval(values=tuple(ProposedValue(field=v.field, new=v.new) for v in _WIDE)),
    "prior": an_approval(PRIOR, values=_WIDE, names=(f"{'x' * 63}.example",), count=1),
    "many": an_approval(names=tuple(f"n{n:02}.example" for n in range(50)), count=1234),
    "done": an_approval(
        PRIOR,
        state=ChangeState.COMPLETED,
        closed=NOW,
        approved=NOW,
        lock_until=NOW + timedelta(days=60),
        names=(),
        values=(),
    ),
}


@pytest.fixture(scope="module")
def shown() -> Iterator[RunningPages]:
    """Give pages of each kind, with long values."""
    desk = FakeDesk(dict(_PAGES), names=tuple(f"n{n:02}.example" for n in range(50)), per_page=40)
    with running_pages(FakeReader(absent()), desk=desk) as pages:
        yield pages


_KINDS = [*_PAGES, "many/names", "unknown"]


@pytest.mark.parametrize("width", [320, 360, 768, 1100])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", _KINDS)
def test_page_fits_every_screen(
    browse: Browse, shown: RunningPages, width: int, language: str, kind: str
) -> None:
    """Nothing is cut off or scrolled sideways; what is pressed is large enough (WCAG 2.5.8)."""
    browser = browse(width=width)
    browser.get(f"{shown.url}change/{kind}?lang={language}")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    for control in browser.find_elements(By.CSS_SELECTOR, "button[name], input[type=checkbox]"):
        assert control.rect["height"] >= 24
        assert control.rect["width"] >= 24
    folder = os.environ.get("RDDS_SCREENSHOTS")
    if folder:
        name = f"{kind.replace('/', '-')}-{language}-{width}.png"
        height = browser.execute_script("return document.documentElement.scrollHeight")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.save_screenshot(str(Path(folder) / name))


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_built_for_assistive_technology(
    browse: Browse, shown: RunningPages, kind: str, language: str
) -> None:
    """Language, title, one first heading, no level left out, landmarks, a name for each control."""
    browser = browse()
    browser.get(f"{shown.url}change/{kind}?lang={language}")
    assert browser.find_element(By.TAG_NAME, "html").get_dom_attribute("lang") == language
    assert browser.title
    headings = browser.find_elements(By.CSS_SELECTOR, "h1, h2, h3, h4, h5, h6")
    levels = [int(heading.tag_name[1]) for heading in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "main", "nav", *(() if kind == "unknown" else ("footer",))):
        (there,) = browser.find_elements(By.CSS_SELECTOR, f"body > {landmark}")
        assert there.text
    named = "a, button[name], input, section, table, nav"
    for control in browser.find_elements(By.CSS_SELECTOR, named):
        assert control.accessible_name, control.get_attribute("outerHTML")
    ids = [each.get_dom_attribute("id") for each in browser.find_elements(By.CSS_SELECTOR, "[id]")]
    assert len(ids) == len(set(ids))
    for each in browser.find_elements(By.CSS_SELECTOR, "[aria-describedby], [aria-labelledby]"):
        for attribute in ("aria-describedby", "aria-labelledby"):
            assert set((each.get_dom_attribute(attribute) or "").split()) <= set(ids)


def test_browser_has_nothing_to_complain_of(browse: Browse, case: Case) -> None:
    """Nothing on the way from link to result breaks the pages' own content policy."""
    browser = browse()
    _, number = _opened(case)
    browser.get_log("browser")
    browser.get(f"{case.pages.url}{case.link(number, NEW)}")
    browser.find_element(By.ID, "data_correct").click()
    _press(browser, _button(browser, "approve"))
    assert _title(browser) == "You have approved"
    assert browser.get_log("browser") == []
