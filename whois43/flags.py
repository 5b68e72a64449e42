"""Option flags that WHOIS clients put around a question."""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import RegistryError
from store.names import ascii_name

__all__ = ["charset_flag", "split_flags"]

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
_ALONE = frozenset({"help", "?"})


def split_flags(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Part *words* into the flags around a question, with their values, and the question.

    No question begins with a hyphen, so every such word is a flag. A value is
    taken away with its flag even where nothing is left then, or ``-T dn,ace``
    would ask for the name ``dn,ace`` (conformance.md 6.2.7, 11.2.5). Between a keyword
    and its name they are flags as well. After a name they go only where nothing else
    follows: a registrar's name may hold a hyphen.

    >>> split_flags(["-T", "dn,ace", "--show-handles", "shop.example"])
    (['-T', 'dn,ace', '--show-handles'], ['shop.example'])
    >>> split_flags(["shop.example", "-T", "dn"])
    (['-T', 'dn'], ['shop.example'])
    """
    question = _after_flags(words)
    flags = words[: len(words) - len(question)]
    keyword = question[0].lower() if question else ""
    names = 1
    if keyword in _BEFORE_A_NAME:
        names, name = 2, _after_flags(question[1:])
        flags = [*flags, *question[1 : len(question) - len(name)]]
        question = [keyword, *name]
    head, tail = question[:names], question[names:]
    if tail and not _after_flags(tail) and (names == 2 or keyword in _ALONE or _is_name(head[0])):
        return [*flags, *tail], head
    return flags, question


def charset_flag(flags: Sequence[str]) -> str | None:
    """Give the value of the last ``-C`` or ``--charset`` among *flags*.

    >>> charset_flag(["-T", "dn", "-rC", "UTF-8"])
    'UTF-8'
    """
    found = None
    for place, word in enumerate(flags):
        following = next(iter(flags[place + 1 :]), "")
        name, equals, value = word.partition("=")
        if name.lower() == "--charset":
            found = value if equals else following
        elif (letter := _letter_with_value(word)) is not None and word[letter] == "C":
            found = word[letter + 1 :] or following
    return found


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
    return _letter_with_value(flag) == len(flag) - 1


def _letter_with_value(flag: str) -> int | None:
    """Give the place in *flag* of the letter whose value is what follows, if there is one."""
    if not flag.startswith("-") or flag.startswith("--"):
        return None
    for place, letter in enumerate(flag):
        if letter in _WITH_VALUE:
            return place
    return None
