"""Failures as the command line tells them: one line and an exit status, never a traceback."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from store.errors import Code

__all__ = ["Failure", "failure_of", "one_line", "statuses", "tell"]

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_MOST_CHARACTERS = 2000

REFUSED, WRONG, UNREACHABLE = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What is said of an error. ``more`` has what a deposit's defect names beside."""

    code: str
    message: str
    status: int
    field: str | None = None
    more: tuple[tuple[str, object], ...] = ()


def statuses() -> Mapping[Code, int]:
    """Give the exit status of every code (interface.md, Commands)."""
    from store.errors import Code

    unreachable = {
        Code.STORE_MISSING,
        Code.STORE_OUTDATED,
        Code.STORE_BUSY,
        Code.STORE_UNAVAILABLE,
        Code.PEER_UNREACHABLE,
        Code.TIMED_OUT,
    }
    wrong = {Code.SETTINGS, Code.USAGE}
    refused = {
        Code.INVALID_NAME,
        Code.INVALID_ADDRESS,
        Code.INVALID_VALUE,
        Code.MISSING_VALUE,
        Code.NOT_FOUND,
        Code.AMBIGUOUS,
        Code.EXISTS,
        Code.IN_USE,
        Code.UNSERVED_ZONE,
        Code.NAME_RESERVED,
        Code.ROLE_REQUIRED,
        Code.NOT_SPONSOR,
        Code.NOT_ALLOWED,
        Code.STATUS_PROHIBITS,
        Code.NOT_ELIGIBLE,
        Code.POLICY,
        Code.CONFLICT,
        Code.CLOSED,
        Code.UNBOUNDED,
        Code.DEFECT,
    }
    return (
        dict.fromkeys(refused, REFUSED)
        | dict.fromkeys(wrong, WRONG)
        | dict.fromkeys(unreachable, UNREACHABLE)
    )


def one_line(text: str) -> str:
    r"""Give *text* without line ends and other control characters, and not too long.

    >>> one_line("two\nlines")
    'two lines'
    """
    line = _CONTROLS.sub(" ", text).strip()
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…"


def failure_of(error: BaseException) -> Failure:
    """Say what *error* is to the person who typed the command."""
    from store.errors import RegistryError

    match error:
        case RegistryError():
            return Failure(
                code=error.code.value,
                message=error.message,
                status=statuses()[error.code],
                field=error.field,
                more=_defect(error),
            )
        case click.ClickException():
            return _usage(error)
        case KeyboardInterrupt() | click.Abort():
            return Failure(code="INTERRUPTED", message="Stopped before its end.", status=REFUSED)
        case MemoryError():
            return Failure(code="INTERNAL", message="Out of memory.", status=REFUSED)
        case OSError():
            name = f"{error.filename}: " if isinstance(error.filename, str) else ""
            reason = error.strerror or type(error).__name__
            return Failure(code="IO", message=f"{name}{reason}.", status=REFUSED)
        case _:
            # The text of an unexpected exception may hold anybody's data; its type doesn't.
            message = f"An unexpected fault, {type(error).__name__}; this is an error of rdds."
            return Failure(code="INTERNAL", message=message, status=REFUSED)


def _defect(error: BaseException) -> tuple[tuple[str, object], ...]:
    """Give what an error in a deposit names: its stable code, the line, the object."""
    defect = getattr(error, "defect", None) or getattr(error, "kind", None)
    if defect is None:
        return ()
    line, subject = getattr(error, "line", None), getattr(error, "subject", None)
    return (("defect", str(defect)), ("line", line), ("object", subject))


def _usage(error: click.ClickException) -> Failure:
    name = None
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.name
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        message = f"A command is missing; `{error.ctx.command_path} --help` lists them."
    else:
        message = " ".join(error.format_message().split())
    return Failure(code="USAGE", message=message, status=WRONG, field=name)


def _unsaid(field: str | None, message: str) -> str:
    """Give the name of the option or setting that is meant, where *message* doesn't.

    >>> _unsaid("voice_ext", "An extension has digits alone.")
    'voice_ext: '
    """
    if field is None or field.replace("_", "-") in message.lower().replace("_", "-"):
        return ""
    return f"{field}: "


def tell(failure: Failure, *, as_json: bool) -> None:
    """Print *failure* on standard error, as a line or as JSON."""
    message = one_line(failure.message)
    if as_json:
        error = {
            "code": failure.code,
            "message": message,
            "field": failure.field,
            **dict(failure.more),
        }
        line = json.dumps({"error": error}, ensure_ascii=True)
    else:
        line = f"{failure.code}: {_unsaid(failure.field, message)}{message}"
    try:
        click.echo(line, file=sys.stderr)
    except (OSError, ValueError):  # nobody listens; the status still tells
        return
