"""The templates, read once; whatever goes into one is escaped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.catalogue import LANGUAGES, read_texts
from pages.drawing import Pen

__all__ = ["STYLE", "Templates", "read_style"]

_HERE = Path(__file__).parent
STYLE = "style.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OtherLanguage:
    code: str
    name: str
    href: str


class Templates:
    """Makes whole pages in one language, with links below one path."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        # A new style has a new address, so a browser may keep the old one.
        version = hashlib.sha256(read_style()).hexdigest()[:12]
        self._everywhere = {
            "t": pen.texts,
            "prefix": pen.prefix,
            "home": pen.path(),
            "chosen_language": pen.language,
            "style": f"{pen.prefix}{STYLE}?{version}",
        }

    def page(self, template: str, *, here: str, **values: object) -> str:
        """Give the page made from *template* and *values*; *here* is its own path."""
        others = tuple(
            _OtherLanguage(code=code, name=name, href=_in_language(here, code))
            for code, name in _names().items()
            if code != self.pen.texts["language"]
        )
        shown = _environment().get_template(template)
        return shown.render(**self._everywhere, other_languages=others, **values)

    def answer(self, status: int, template: str, *, here: str, **values: object) -> web.Response:
        """Give the page as an answer that tells its language (RFC 9110 §8.5, §12.5.5)."""
        fields = {"Content-Language": self.pen.texts["language"], "Vary": "Accept-Language"}
        text = self.page(template, here=here, **values)
        return web.Response(status=status, text=text, content_type="text/html", headers=fields)


@cache
def read_style() -> bytes:
    """Read the style sheet."""
    return (_HERE / "static" / STYLE).read_bytes()


@cache
def _names() -> dict[str, str]:
    """Give each language's name in itself."""
    return {code: read_texts(code)["language_name"] for code in LANGUAGES}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _in_language(here: str, code: str) -> str:
    path, _, query = here.partition("?")
    kept = [piece for piece in query.split("&") if piece and not piece.startswith("lang=")]
    return f"{path}?{'&'.join([*kept, f'lang={code}'])}"
