"""The sections of the settings: every key, its default and its reader.

The reference for people is ``docs/settings.md``; a test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar

from rdap.search.offers import SearchPath
from rdds.settings.addresses import (
    Endpoint,
    base_url,
    database_url,
    listen,
    path,
    postgresql_url,
    secret_url,
    smtp_url,
)
from rdds.settings.readers import (
    Network,
    Reader,
    each,
    flag,
    nearest,
    network,
    number,
    optional,
    parsed,
    whole,
    word_of,
)
from store.errors import RegistryError
from store.languages import LANGUAGES
from store.names import ascii_name

__all__ = [
    "Aliases",
    "Cache",
    "Database",
    "History",
    "Lifecycle",
    "Limits",
    "Log",
    "Mail",
    "Operations",
    "Pages",
    "Rdap",
    "RegistrantChange",
    "Registry",
    "Sms",
    "Whois",
]

T = TypeVar("T")


def setting(default: T, reader: Reader[T], *, secret: bool = False) -> T:
    """Declare one key of a section: a dataclass field that knows how it is read."""
    metadata = {"reader": reader, "secret": secret}
    declared: T = field(default=default, metadata=metadata)
    return declared


def _repository(line: str) -> str:
    if not re.fullmatch(r"\w{1,8}", line, re.ASCII):  # RFC 5730 §2.8, eppcom roidType
        raise ValueError("is not one to eight letters, digits or underscores")
    return line


def _host_name(line: str) -> str:
    try:
        return ascii_name(line)
    except RegistryError as error:
        raise ValueError("is not a host name such as whois.example.net") from error


def _sender(line: str) -> str:
    local, _, host = line.rpartition("@")
    atom = r"[^\s()<>\[\]:;@\\,.\"]+"  # RFC 5322 §3.2.3
    try:
        ascii_name(host)
    except RegistryError:
        host = ""
    if not host or not re.fullmatch(rf"{atom}(?:\.{atom})*", local):
        raise ValueError("is not an e-mail address")
    return line


def _searches(line: str) -> str:
    path = re.sub("/+", "/", line).strip("/")
    path += "/entity" if path.endswith("/reverse_search") else ""  # the one related class
    known = ("all", *(each.value for each in SearchPath))
    if path not in known:
        raise ValueError(
            f"names `{line}`, which is none of {', '.join(known)}{nearest(path, known)}"
        )
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """``[database]``: where the store is.

    ``lease`` is in seconds: how old the heartbeat of one of ``read_urls`` may be.
    ``old_answers`` is so too: how old it may be where none of them is within its lease, for
    answers that say so; 0 for none.
    """

    url: str = setting("sqlite:///rdds.sqlite3", parsed(database_url))
    public_url: str | None = setting(None, optional(postgresql_url))
    read_urls: tuple[str, ...] = setting((), each(postgresql_url))
    lease: float = setting(5.0, number(3, 60))
    old_answers: float = setting(0.0, number(0, 86_400))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whois:
    """``[whois]``: the door on port 43. ``patience`` is in seconds.

    ``public_name`` is the host name that clients know it by, in inner form.
    """

    listen: tuple[Endpoint, ...] = setting((Endpoint(host="127.0.0.1", port=4343),), listen())
    public_name: str | None = setting(None, optional(_host_name))
    patience: float = setting(10.0, number(0.1, 3600))
    most_connections: int = setting(500, whole(1, 1_000_000))
    proxy_protocol: bool = setting(default=False, reader=flag())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rdap:
    """``[rdap]``: the HTTP door. ``public_url`` is ``None`` for the listening address.

    ``searches`` is ``None`` for exact values alone, empty for none at all.
    """

    listen: tuple[Endpoint, ...] = setting((Endpoint(host="127.0.0.1", port=8080),), listen())
    public_url: str | None = setting(None, optional(base_url))
    tls_certificate: Path | None = setting(None, optional(path))  # noqa: RUF009 - a field, as the others
    tls_key: Path | None = setting(None, optional(path))  # noqa: RUF009 - a field, as the others
    searches: tuple[str, ...] | None = setting(None, each(_searches))
    patience: float = setting(30.0, number(0.1, 3600))
    most_connections: int = setting(1000, whole(1, 1_000_000))
    proxy_protocol: bool = setting(default=False, reader=flag())
    client_field: str = setting("x-forwarded-for", word_of(("x-forwarded-for", "forwarded")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """``[cache]``: finished answers, per worker."""

    bytes: int = setting(64 * 1024 * 1024, whole(0, 1 << 40))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``[limits]``: how much a client may ask at both doors, who it is, who is not limited.

    ``questions`` and ``persons`` are for ``per_seconds``, ``server_questions`` for a second.
    """

    questions: int = setting(1000, whole(0, 1_000_000))
    persons: int = setting(300, whole(0, 1_000_000))
    per_seconds: int = setting(600, whole(1, 86_400))
    connections: int = setting(50, whole(0, 100_000))
    server_questions: int = setting(0, whole(0, 1_000_000))
    clients: int = setting(65_536, whole(1024, 1 << 22))
    ipv4_prefix: int = setting(32, whole(8, 32))
    ipv6_prefix: int = setting(64, whole(16, 128))
    trusted_proxies: tuple[Network, ...] = setting((), each(network))
    exempt: tuple[Network, ...] = setting(
        (ip_network("127.0.0.0/8"), ip_network("::1/128")), each(network)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """``[registry]``: what all zones share. ``smtputf8`` opens international mailboxes (D-10)."""

    repository: str = setting("EXAMPLE", parsed(_repository))
    smtputf8: bool = setting(default=False, reader=flag())


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """``[log]``: how much is said on standard error, in which form, and what of questions.

    ``questions_file`` is ``None`` for standard error; of ``questions_sample`` questions one
    is written where they are sampled.
    """

    level: str = setting("info", word_of(("error", "warning", "info", "debug")))
    form: str = setting("text", word_of(("text", "json")))
    questions: str = setting("off", word_of(("off", "sampled", "full")))
    questions_sample: int = setting(100, whole(2, 1_000_000))
    questions_file: Path | None = setting(None, optional(path))  # noqa: RUF009 - a field, as the others
    client_days: int = setting(0, whole(0, 3650))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrantChange:
    """``[registrant_change]``: days of the deadline (R-19) and the lock (R-31), hours of D-02."""

    deadline: int = setting(7, whole(1, 60))
    transfer_lock: int = setting(60, whole(0, 3650))
    sms_cooldown_prior: int = setting(24, whole(0, 1440))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """``[lifecycle]``: whole days from a contact's last link (I-23, I-24)."""

    pending_delete_effective: int = setting(60, whole(0, 36_500))
    pending_delete_expiry: int = setting(90, whole(1, 36_500))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """``[history]``: whole days for which it keeps private values, then fingerprints."""

    private_values: int = setting(457, whole(1, 36_500))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``[mail]``: how messages leave; without a URL they stay in the outbox."""

    smtp_url: str | None = setting(None, optional(smtp_url), secret=True)
    sender: str | None = setting(None, optional(_sender))
    language: str = setting("en", word_of(LANGUAGES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """``[sms]``: the HTTP gateway for text messages."""

    url: str | None = setting(None, optional(secret_url), secret=True)
    token: str | None = setting(None, optional(str), secret=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """``[pages]``: the approval and lookup pages."""

    listen: tuple[Endpoint, ...] = setting((), listen())
    public_url: str | None = setting(None, optional(base_url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """``[aliases]``: the look-up table that a mail server asks."""

    listen: tuple[Endpoint, ...] = setting((), listen())


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """``[operations]``: health and metrics."""

    listen: tuple[Endpoint, ...] = setting((), listen())
