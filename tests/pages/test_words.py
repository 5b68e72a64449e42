"""The catalogue of words, the style and the spelling of values."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pages.asking import Mistake
from pages.catalogue import LANGUAGES, read_texts
from pages.drawing import Pen
from pages.text import clean, mail_url, phone_url
from store.published import Kind, PublicRole, Reason
from store.statuses import Status
from store.urls import web_url

PAGES = Path(__file__).parents[2] / "pages"
WORDS = read_texts("en")


def test_every_language_has_the_same_words() -> None:
    """No page can lack a word in one language that it has in another."""
    assert {path.stem for path in (PAGES / "texts").glob("*.toml")} == set(LANGUAGES)
    assert all(read_texts(language).keys() == WORDS.keys() for language in LANGUAGES)


def test_every_value_of_the_public_types_has_its_word() -> None:
    """A new status, role or reason can't reach a page without a word for people."""
    wanted = {
        *(f"status.{status.value}" for status in Status),
        *(f"role.{role.value}" for role in PublicRole),
        *(f"withheld.{reason.value}" for reason in Reason),
        *(f"kind.{kind.value}" for kind in Kind),
        *(f"mistake.{mistake.value}.{part}" for mistake in Mistake for part in ("title", "text")),
        *(f"month.{month}" for month in range(1, 13)),
    }
    assert wanted <= WORDS.keys()


def test_every_word_is_used() -> None:
    """The catalogue holds nothing that no page says."""
    places = [*PAGES.glob("*.py"), *PAGES.glob("templates/*.html")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in places)
    made = (
        *("status.", "role.", "withheld.", "kind.", "month.", "mistake.", "problem.", "absent."),
        *("change.left.", "change.outcome.", "change.problem.", "change.slipped."),
    )
    direct = [key for key in WORDS if not key.startswith(made)]
    known = {f"raw_{door}{part}" for door in ("whois", "rdap") for part in ("", "_link")}
    known |= {"row.voice_ext", "row.fax_ext"}  # fields of a record (tests.pages.test_approval)
    missing = [
        key
        for key in direct
        if key not in known and not re.search(rf"\b{re.escape(key)}\b", source)
    ]
    assert missing == []


def test_no_word_is_of_the_role_that_is_never_shown() -> None:
    """The pages have no word for it."""
    assert not [key for key, word in WORDS.items() if "billing" in f"{key} {word}".lower()]


def test_date_is_written_for_people_and_for_machines() -> None:
    """Both spellings are of the same instant, in UTC."""
    line = Pen(texts=WORDS, prefix="/").moment(datetime(2027, 10, 8, 0, 44, 59, 120_000, UTC))
    assert line is not None
    assert line.text == "8 October 2027, 00:44:59 UTC"
    assert line.moment == "2027-10-08T00:44:59.12Z"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "JaVaScRiPt://x/%0aalert(1)",
            "ftp://x.example",
        ),
        *(
            "http://",
            "http://user:secret@x.example/",
            "mailto:a@b.example",
        ),
        *("http://[::1", "http://x.example:99999/", "java\nscript:alert(1)", ""),
    ],
)
def test_url_that_a_link_must_not_lead_to_is_none(url: str) -> None:
    """Only http and https, whole, without a user and without markup."""
    assert web_url(url) is None


def test_addresses_become_links() -> None:
    """Web sites, mailboxes and phones can be followed."""
    assert web_url("www.registrar.example") == "http://www.registrar.example"
    assert web_url('http://x.example/"><b>') == "http://x.example/%22%3E%3Cb%3E"
    assert mail_url("a?b@registrar.example") == "mailto:a%3Fb@registrar.example"
    assert mail_url("nobody") is None
    assert phone_url("+64.211234567") == "tel:+64211234567"
    assert phone_url("0800 CALL") is None


@pytest.mark.parametrize("bad", ["\x00", "\r", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"])
def test_control_characters_and_turned_directions_become_blanks(bad: str) -> None:
    """No value reorders what stands around it."""
    assert clean(f" a{bad}b ") == "a b"


def _channel(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = (_channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_readers_need(scheme: int) -> None:
    """WCAG 2.1: 4.5 for text, 3 for the edge of a field (1.4.3, 1.4.11)."""
    style = (PAGES / "static" / "style.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for ink in ("ink", "soft", "link", "wrong"):
        for ground in ("ground", "paper", "quiet"):
            assert _contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
    assert _contrast(colour["button-ink"], colour["button"]) >= 4.5
    assert _contrast(colour["mark-ink"], colour["mark"]) >= 4.5
    assert _contrast(colour["edge"], colour["paper"]) >= 3
