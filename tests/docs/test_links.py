"""Links between the manual's pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", TOP / "CHANGELOG.md", *sorted((TOP / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_resolve(page: Path) -> None:
    """A link leads to a page that is there, and to a heading of that page."""
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http:", "https:")):
            continue
        target, _, anchor = link.partition("#")
        where = (page.parent / target).resolve() if target else page
        if not where.exists() or (anchor and anchor not in _anchors(where)):
            broken.append(link)

    assert broken == []


def test_every_page_is_in_the_contents() -> None:
    """Each page of the manual is linked from its table of contents."""
    linked = set()
    for contents in (TOP / "docs" / "README.md", TOP / "docs" / "decisions" / "README.md"):
        links = LINK.findall(contents.read_text(encoding="utf-8"))
        linked |= {(contents.parent / link).resolve() for link in links}

    missing = set((TOP / "docs").rglob("*.md")) - linked
    assert missing <= {TOP / "docs" / "README.md"}
