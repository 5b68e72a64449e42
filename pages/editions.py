"""The pages in each language; the one for a request is chosen here and nowhere else."""

from __future__ import annotations

from aiohttp import web

from pages.catalogue import LANGUAGES, read_texts
from pages.drawing import Pen
from pages.languages import named_language, negotiated_language
from pages.templating import Templates

__all__ = ["LANGUAGE", "Editions"]

LANGUAGE = "lang"  # the parameter of a URL that names a language


class Editions:
    """Templates for each language, with links that keep the language where one was chosen."""

    def __init__(self, prefix: str) -> None:
        self._editions: dict[tuple[str, bool], Templates] = {}
        for language in LANGUAGES:
            texts = read_texts(language)
            for chosen in (False, True):
                pen = Pen(texts=texts, prefix=prefix, language=language if chosen else None)
                self._editions[language, chosen] = Templates(pen)

    def all(self) -> tuple[Templates, ...]:
        """Give every edition."""
        return tuple(self._editions.values())

    def of(self, request: web.Request) -> Templates:
        """Give the edition for *request*: the language its URL names, else its browser's."""
        named = named_language(request.query.get(LANGUAGE, ""))
        if named is not None:
            return self._editions[named, True]
        accepted = ",".join(request.headers.getall("Accept-Language", ()))
        return self._editions[negotiated_language(accepted), False]
