"""What an answer counts as: its kind, its outcome, and whose data it shows."""

from __future__ import annotations

from dataclasses import dataclass

from store.published import Party, PublishedDomain, PublishedEntity, PublishedRegistrar, Standing
from store.queries import (
    Absent,
    Answer,
    By,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    Page,
    Query,
    ReverseSearch,
    Search,
)
from store.watch import Kind, Outcome

__all__ = ["Account", "account_of", "loggable", "outcome_of"]


@dataclass(frozen=True, slots=True)
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
    return Account(kind, Outcome.FOUND, sum(map(_persons, items)))


def outcome_of(status: int) -> Outcome:
    """Tell how a question ended that was answered by an error of HTTP status *status*."""
    match status:
        case 429:
            return Outcome.LIMITED
        case 503:
            return Outcome.UNAVAILABLE
        case _:
            return Outcome.FAILED if status == 500 else Outcome.REFUSED


def loggable(query: Query | None, target: str) -> str | None:
    """Give the question as the query log may hold it, ``None`` where it may name a person.

    An entity is asked for by whatever the client typed, and a reverse search by persons' values.
    """
    match query:
        case FindDomain(name=name):
            return f"domain/{name}"
        case FindHost(name=name):
            return f"nameserver/{name}"
        case FindHelp():
            return "help"
        case Search(by=By.NAME | By.NS_NAME | By.ADDRESS):
            return target
        case _:
            return None


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
            return sum(map(_shows_own, parties))
        case PublishedEntity(party=party):
            return int(_shows_own(party))
        case _:
            return 0


def _shows_own(party: Party) -> bool:
    """Tell whether a party's own name, address or way to reach it is shown, not a stand-in's."""
    if party.standing is Standing.PROXY:
        return False
    return (
        isinstance(party.name, str)
        or isinstance(party.email, str)
        or isinstance(party.voice, str)
        or isinstance(party.fax, str)
        or (isinstance(party.street, tuple) and bool(party.street))
    )
