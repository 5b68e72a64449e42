"""Option types and the options that several commands share."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from store.changes import CardEdit, PrivacyEdit
    from store.published import DsData

__all__ = [
    "HANDLE",
    "TEXT",
    "WORDS",
    "Number",
    "card_edit",
    "card_options",
    "ds_data",
    "fields_of",
    "instant",
    "number_or_none",
    "one_of",
    "privacy_edit",
    "require_edit",
    "secret",
    "several",
    "unset",
]

Decorator = Callable[[Any], Any]

CARD = (
    ("name", "The party's name."),
    ("org", "Its organisation."),
    ("city", "City."),
    ("sp", "State or province."),
    ("pc", "Postcode."),
    ("cc", "Country, two letters (ISO 3166-1)."),
    ("voice", "Phone as +CC.NUMBER."),
    ("voice-ext", "The phone's extension, digits."),
    ("fax", "Fax as +CC.NUMBER."),
    ("fax-ext", "The fax's extension, digits."),
    ("email", "E-mail address."),
)

WORDS: Mapping[str, tuple[str, ...]] = {
    "element": ("name", "org", "addr", "voice", "fax", "email"),
    "state": ("linked", "orphaned", "pendingDelete"),
}


class Number(click.IntRange):
    """A whole number within bounds."""

    name = "number"


class Text(click.ParamType[str]):
    """Text that UTF-8 can say; what it may hold is the write door's to judge."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse bytes that were not UTF-8."""
        text = str(value)
        if re.search("[\ud800-\udfff]", text):
            self.fail("not text in UTF-8", param, ctx)
        return text


TEXT = Text()


class Handle(Text):
    """What names one object: text that is not empty."""

    name = "handle"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse an empty handle, which no object has.

        Raises:
            RegistryError: ``MISSING_VALUE``.
        """
        text = super().convert(value, param, ctx)
        if not text.strip():
            from store.errors import Code, RegistryError

            field = param.name if param is not None else None
            raise RegistryError(
                Code.MISSING_VALUE, f"The field {field} needs a value.", field=field
            )
        return text


HANDLE = Handle()


class Word(click.ParamType[str]):
    """One of a closed set of words; a wrong one is refused naming the nearest."""

    def __init__(self, name: str, known: Callable[[], Collection[str]], *, clears: bool) -> None:
        self.name = name
        self._known = known
        self._clears = clears

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the word, in the known spelling."""
        text, known = str(value), list(self._known())
        if text in known or (self._clears and not text):
            return text
        by_key = {word.lower(): word for word in known}
        if text.lower() in by_key:
            return by_key[text.lower()]
        near = get_close_matches(text, known if text else [], n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]}?" if near else f"; it is one of {', '.join(known)}."
        return self.fail(f"{text!r} is no {self.name}{hint}", param, ctx)


def one_of(name: str, *words: str, clears: bool = False) -> Word:
    """Make the type of a closed set of words; with *clears* an empty one passes."""
    return Word(name, lambda: words, clears=clears)


def status_type() -> Word:
    """Make the type of an EPP status."""

    def known() -> list[str]:
        from store.statuses import Status

        return [status.value for status in Status]

    return Word("status", known, clears=False)


def several(*names: str, kind: click.ParamType[str] = TEXT, metavar: str, text: str) -> Decorator:
    """Make an option that may be given again and again."""
    return click.option(*names, type=kind, multiple=True, metavar=metavar, help=text)


def status_options(command: Any) -> Any:
    """Give an update its ``--add-status`` and ``--remove-status``."""
    for verb in ("remove", "add"):
        command = several(
            f"--{verb}-status",
            kind=status_type(),
            metavar="STATUS",
            text=f"{verb.capitalize()} a status in EPP's spelling; again for more.",
        )(command)
    return command


def card_options(*, required: Collection[str] = ()) -> Decorator:
    """Give a command the name, address, phone, fax and e-mail options of a card."""

    def decorate(command: Any) -> Any:
        for name, text in reversed(CARD):
            command = click.option(f"--{name}", type=TEXT, help=text, required=name in required)(
                command
            )
            if name == "city":
                command = several("--street", metavar="LINE", text="Street, up to three lines.")(
                    command
                )
        return command

    return decorate


def fields_of(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Pick the options *names* that were given; what was not given is left out."""
    return {name: values[name] for name in names if values.get(name) is not None}


def require_edit(values: Mapping[str, Any]) -> None:
    """Refuse an update that none of whose options was given.

    Raises:
        click.UsageError: where *values* hold nothing.
    """
    if all(value is None or value == () for value in values.values()):
        raise click.UsageError("There is nothing to change: give at least one option.")


def card_edit(values: Mapping[str, Any]) -> CardEdit:
    """Make the card's edit from the options in *values*; street lines replace all."""
    from store.changes import CardEdit

    names = (name.replace("-", "_") for name, _ in CARD)
    given: dict[str, Any] = fields_of(values, *names)
    if values.get("street"):
        lines = tuple(values["street"])
        if len(lines) > 3:
            raise click.BadParameter("an address has three lines at most", param_hint="--street")
        given["street"] = tuple(line for line in lines if line)
    return CardEdit(**given)


def secret(text: str | None) -> str | None:
    """Give a code as typed; ``-`` reads one line from standard input.

    Raises:
        click.UsageError: for input that is no text or has more than one line.
    """
    if text != "-":
        return text
    if sys.stdin is None:
        raise click.UsageError("There is no standard input to read the code from.")
    if sys.stdin.isatty():
        return str(click.prompt("Code", hide_input=True, err=True))
    try:
        typed = sys.stdin.buffer.read(4097).decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.UsageError("The code on standard input is not text in UTF-8.") from error
    code = typed.removesuffix("\n").removesuffix("\r")
    if "\n" in code:
        raise click.UsageError("Standard input has more than the one line of the code.")
    return code


_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?", re.ASCII
)


def instant(text: str, *, field: str) -> datetime:
    """Read a date, its first second in UTC, or an instant of RFC 3339 §5.6.

    Raises:
        RegistryError: ``INVALID_VALUE`` for anything else.

    >>> instant("2027-02-01", field="expires")
    datetime.datetime(2027, 2, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    from store.errors import Code, RegistryError

    if _INSTANT.fullmatch(text):
        try:
            read = datetime.fromisoformat(text.upper())
            read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
            return read.replace(microsecond=0)
        except (ValueError, OverflowError):
            pass
    raise RegistryError(
        Code.INVALID_VALUE,
        f"{field} is a date such as 2030-06-30 or an instant such as 2030-06-30T12:00:00Z.",
        field=field,
    )


def number_or_none(text: str | None, *, field: str) -> int | None:
    """Read a number; an empty text is 0, which clears.

    Raises:
        RegistryError: ``INVALID_VALUE`` for anything else.
    """
    from store.errors import Code, RegistryError

    if text is None:
        return None
    if not re.fullmatch(r"\d{0,9}", text, re.ASCII):
        raise RegistryError(Code.INVALID_VALUE, f"{field} is a whole number.", field=field)
    return int(text or "0")


def ds_data(texts: Collection[str], *, field: str) -> tuple[DsData, ...]:
    """Read DS records, each ``TAG ALG TYPE HEX``.

    Raises:
        RegistryError: ``INVALID_VALUE``.
    """
    from store.validation.dnssec import parse_ds

    return tuple(parse_ds(text, field=field) for text in texts)


def privacy_edit(text: str) -> PrivacyEdit:
    """Read ``none``, ``withhold``, ``proxy`` or ``proxy:SERVICE``.

    Raises:
        click.BadParameter: for anything else.
    """
    from store.changes import PrivacyEdit
    from store.model import PrivacyMode

    mode, colon, service = text.partition(":")
    kind = one_of("privacy mode", *(mode.value for mode in PrivacyMode))
    try:
        word = PrivacyMode(kind.convert(mode, None, None))
    except click.BadParameter as error:
        error.param_hint = "--privacy"
        raise
    if colon and (word is not PrivacyMode.PROXY or not service):
        raise click.BadParameter("a service's id stands after proxy: only", param_hint="--privacy")
    return PrivacyEdit(mode=word, service=service or None)


def unset(value: Any) -> Any:
    """Give *value*, or ``UNSET`` where an option was not given."""
    from store.changes import UNSET

    return UNSET if value is None else value
