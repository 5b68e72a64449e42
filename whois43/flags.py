"""Option flags that WHOIS clients put around a question."""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import RegistryError
from store.names import ascii_name

__all__ = ["without_flags"]

# Letters that are followed by a value: -T dn,ace (types), -C UTF-8 (character
# set), -s and -S (sources), -i (inverse), -t and -v (templates), -q (question
# about the server), -g (mirroring), -V (client's version), -h and -p (host and
# port, meant for the client and sent on by some). All others stand alone.
_WITH_VALUE = frozenset("TCsSitvqgVhp")

# The long spellings of the same, where the value is a word of its own.
_LONG_WITH_VALUE = frozenset(
    {
        "--charset",
        "--client",
        "--host",
        "--inverse",
        "--port",
        "--select-types",
        "--source",
        "--sources",
        "--template",
        "--type",
        "--types",
        "--verbose",
    }
)

_BEFORE_A_NAME = frozenset({"domain", "nameserver"})


def without_flags(words: Sequence[str]) -> Sequence[str]:
    """Give *words* without the flags at their head or after a name, and without their values.

    No question begins with a hyphen, so every such word is a flag. A value is
    taken away with its flag even where nothing is left then, or ``-T dn,ace``
    would ask for the name ``dn,ace`` (conformance.md 6.2.7, 11.2.5). After a name
    flags go only where nothing else follows: a registrar's name may hold a hyphen.

    >>> without_flags(["-T", "dn,ace", "--show-handles", "shop.example"])
    ['shop.example']
    >>> without_flags(["shop.example", "-T", "dn"])
    ['shop.example']
    """
    question = _after_flags(words)
    names = 2 if question and question[0].lower() in _BEFORE_A_NAME else 1
    head, tail = question[:names], question[names:]
    if tail and not _after_flags(tail) and (names == 2 or _is_name(head[0])):
        return head
    return question


def _is_name(word: str) -> bool:
    """Tell whether *word* alone would be read as a name or an address."""
    try:
        return "." in ascii_name(word)
    except RegistryError:
        return ":" in word


def _after_flags(words: Sequence[str]) -> Sequence[str]:
    first = 0
    while first < len(words) and words[first].startswith("-"):
        if words[first] == "--":
            return words[first + 1 :]
        first += 2 if _takes_next(words[first]) else 1
    return words[first:]


def _takes_next(flag: str) -> bool:
    """Tell whether the value of *flag* is the next word.

    Letters may share one hyphen (``-rT dn``), and a value may follow its letter
    directly (``-Tdn``).
    """
    if flag.startswith("--"):
        return flag.lower() in _LONG_WITH_VALUE
    for place, letter in enumerate(flag):
        if letter in _WITH_VALUE:
            return place == len(flag) - 1
    return False
