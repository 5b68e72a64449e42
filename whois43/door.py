"""Settings of the WHOIS door."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WhoisDoor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoisDoor:
    """How the WHOIS door presents and protects itself.

    ``public_name`` is the server's host name in inner form, if it is known: no answer sends a
    client back to it. ``patience`` is in seconds, for a whole question to arrive
    (conformance.md 6.1.7), and so is ``finish``, from a question to the end of its
    connection: the store's answer, a slow reader, the client's own close. Of
    ``most_connections`` at one time the next ones are told to come later; as many may stay
    for a while after their answer. ``limits`` are sentences for help about how much one
    client may ask, none where nothing limits.
    """

    public_name: str | None = None
    patience: float = 10.0
    finish: float = 20.0
    most_connections: int = 500
    limits: tuple[str, ...] = ()
