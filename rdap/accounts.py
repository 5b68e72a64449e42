"""What an answer counts as: its kind, its outcome, and whose data it shows."""

from __future__ import annotations

from store.published import PublishedDomain, PublishedEntity, PublishedRegistrar, shows_person
from store.queries import (
    Absent,
    Answer,
    By,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    NamePattern,
    Page,
    Query,
    ReverseSearch,
    Search,
    Sought,
    TextPattern,
)
from store.values import value
from store.watch import Kind, Outcome

__all__ = ["Account", "account_of", "loggable", "outcome_of"]


@value(frozen=True, slots=True)
class Account:
    """What is told of an answer; ``persons`` are the parties whose own data it shows."""

    kind: Kind = Kind.OTHER
    outcome: Outcome = Outcome.REFUSED
    persons: int = 0


def account_of(query: Query, answer: Answer) -> Account:
    """Count what *answer* tells to *query*."""
    kind = _kind(query)
    if isinstance(answer, Absent):
        return Account(kind, Outcome.NOT_FOUND)
    result = answer.result
    if isinstance(result, PublishedRegistrar):
        kind = Kind.REGISTRAR
    items = result.items if isinstance(result, Page) else (result,)
    outcome = Outcome.OLD if answer.is_old else Outcome.FOUND
    return Account(kind, outcome, sum(map(_persons, items)))


def outcome_of(status: int) -> Outcome:
    """Tell how a question ended that was answered by an error of HTTP status *status*."""
    match status:
        case 429:
            return Outcome.LIMITED
        case 503:
            return Outcome.UNAVAILABLE
        case _:
            return Outcome.FAILED if status == 500 else Outcome.REFUSED


def loggable(query: Query) -> str | None:
    """Give the question as the query log may hold it, ``None`` where it may name a person.

    An entity is asked for by whatever the client typed, and a reverse search by persons' values.
    Nothing is taken from the target: beside a name it may hold parameters that nobody asked for.

    >>> loggable(FindDomain(name="shop.example"))
    'domain/shop.example'
    """
    match query:
        case FindDomain(name=name):
            return f"domain/{name}"
        case FindHost(name=name):
            return f"nameserver/{name}"
        case FindHelp():
            return "help"
        case Search(by=By.NAME | By.NS_NAME | By.ADDRESS):
            return _searched(query)
        case _:
            return None


def _searched(query: Search) -> str | None:
    parameter = query.by.value
    if query.by is By.ADDRESS and query.sought is Sought.DOMAINS:
        parameter = "nsIp"  # RFC 9082 §3.2.1
    match query.pattern:
        case NamePattern(text=text, partial=partial, parent=parent):
            value = f"{text}*" if partial else text
            if parent is not None:
                value = f"{value}.{parent}"
        case TextPattern():
            return None
        case address:
            value = str(address)
    return f"{query.sought.value}?{parameter}={value}"


def _kind(query: Query) -> Kind:
    match query:
        case FindDomain():
            return Kind.DOMAIN
        case FindHost():
            return Kind.NAMESERVER
        case FindEntity():
            return Kind.ENTITY
        case FindHelp():
            return Kind.HELP
        case Search() | ReverseSearch():
            return Kind.SEARCH
        case _:
            return Kind.OTHER


def _persons(item: object) -> int:
    match item:
        case PublishedDomain(parties=parties):
            return sum(map(shows_person, parties))
        case PublishedEntity(party=party):
            return int(shows_person(party))
        case _:
            return 0
