"""A question as it comes in: one line of any bytes to a query or a refusal."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass

from store.queries import (
    FindDomain,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    ListHosts,
    LookUp,
)
from store.words import has_dot, is_meant_as_address, read_address, read_name
from whois43.charset import Charset, charset_named
from whois43.flags import charset_flag, split_flags
from whois43.lines import CONTROL

__all__ = ["Question", "Refusal", "parse_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A line that asks nothing; *message* says why and repeats none of it."""

    message: str


_ILLEGAL_NAME = Refusal(message="Not a legal domain name.")
_ILLEGAL_ADDRESS = Refusal(message="Not an IPv4 or IPv6 address.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a line asks, and the character set that its answer is to have."""

    query: LookUp | Refusal
    charset: Charset = Charset.UTF_8


def parse_line(line: bytes) -> Question:
    """Read one question, without or with its line end; never raise (conformance.md 6.2).

    Whoever names no character set may still write in Latin-1, as some terminals do:
    what is no UTF-8 is read so where that makes a legal name (6.1.8).

    >>> parse_line(b"domain Shop.Example.").query
    FindDomain(name='shop.example')
    """
    line = line.removeprefix(BOM_UTF8)  # some clients begin with it
    try:
        flags, query = _read(line, "utf-8")
    except UnicodeDecodeError:
        flags, query = _read(line, "latin-1")
        return _foreign_question(query, _asked_charset(flags))
    charset = (_asked_charset(flags) if flags else None) or Charset.UTF_8
    if charset is Charset.UTF_8 or line.isascii():
        return Question(query=query, charset=charset)
    return _foreign_question(_read(line, "latin-1")[1], charset)


def _foreign_question(query: LookUp | Refusal, charset: Charset | None) -> Question:
    """Judge the Latin-1 reading *query* of a line that is neither ASCII nor called UTF-8."""
    match charset, query:
        case Charset.LATIN_1, _:
            return Question(query=query, charset=Charset.LATIN_1)
        case None, FindDomain() | FindHost():
            return Question(query=query)
        case None, FindName(name=str(name)) if "." in name:
            return Question(query=query)
        case _:
            asked = charset or Charset.UTF_8
            refusal = Refusal(message=f"The question is not {asked.value} text.")
            return Question(query=refusal, charset=asked)


def _asked_charset(flags: Sequence[str]) -> Charset | None:
    name = charset_flag(flags)
    return None if name is None else charset_named(name)


def _read(line: bytes, codec: str) -> tuple[Sequence[str], LookUp | Refusal]:
    """Read *line* as text of *codec*: its flags and what it asks.

    Raises:
        UnicodeDecodeError: it is no such text.
    """
    text = line.decode(codec).rstrip("\r\n").replace("\t", " ")
    if not text.isprintable() and CONTROL.search(text):
        return (), Refusal(message="The question holds control characters.")
    # conformance.md 6.2.1: quotes mean nothing here.
    flags, words = split_flags(text.replace('"', " ").split())
    if not words:
        return flags, FindHelp()  # conformance.md 6.1.11
    return flags, _keyword_query(words[0].lower(), words[1:]) or _bare_query(words)


def _keyword_query(keyword: str, operand: Sequence[str]) -> LookUp | Refusal | None:
    """Read a question that begins with a keyword, else give ``None``.

    A keyword alone asks nothing. Who looks for a registrar of that name says
    ``registrar domain``.
    """
    match keyword:
        case "help" | "?" if not operand:
            return FindHelp()
        case "domain" | "nameserver" | "registrar" if not operand:
            return Refusal(message=f"The keyword {keyword} needs something to look for.")
        case "domain":
            name = read_name(" ".join(operand))
            return _ILLEGAL_NAME if name is None else FindDomain(name=name)
        case "nameserver":
            return _nameserver_query(" ".join(operand))
        case "registrar":
            return FindRegistrar(text=" ".join(operand))
        case _:
            return None


def _nameserver_query(text: str) -> LookUp | Refusal:
    address = read_address(text)
    if address is not None:
        return ListHosts(address=address)
    if is_meant_as_address(text) or not set("([").isdisjoint(text):
        return _ILLEGAL_ADDRESS
    name = read_name(text)
    return _ILLEGAL_NAME if name is None else FindHost(name=name)


def _bare_query(words: Sequence[str]) -> LookUp | Refusal:
    """Read a word or a phrase without a keyword (conformance.md 6.2.2).

    A single word with a dot is meant as a name, so an illegal one is refused and
    not looked for among the registrars (D-09: two trailing dots).
    """
    text = " ".join(words)
    address = read_address(text)
    if address is not None:
        return ListHosts(address=address)
    if len(words) == 1 and is_meant_as_address(text):
        return _ILLEGAL_ADDRESS
    name = read_name(text) if len(words) == 1 else None
    if name is None and len(words) == 1 and has_dot(text):
        return _ILLEGAL_NAME
    return FindName(name=name, text=text)
