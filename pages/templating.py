"""The templates, read once; whatever goes into one is escaped."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.drawing import Pen

__all__ = ["STYLE", "Templates"]

_HERE = Path(__file__).parent
STYLE = "style.css"


class Templates:
    """Makes whole pages in one language, with links below one path."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        self.style = (_HERE / "static" / STYLE).read_bytes()
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        # A new style has a new address, so a browser may keep the old one.
        version = hashlib.sha256(self.style).hexdigest()[:12]
        self._environment.globals.update(
            t=pen.texts, home=pen.prefix, style=f"{pen.prefix}{STYLE}?{version}"
        )

    def page(self, template: str, **values: object) -> str:
        """Give the page made from *template* and *values*."""
        return self._environment.get_template(template).render(values)
