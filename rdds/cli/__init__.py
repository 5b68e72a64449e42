"""The command line: ``rdds`` of ``interface.md``.

Settings, store and libraries are loaded by the command that needs them, so that
``rdds --help`` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line *arguments* and give the exit status; an error is one line."""
    from rdds.cli.commands import wants_json
    from rdds.cli.failures import failure_of, tell
    from rdds.cli.root import root
    from rdds.cli.session import Session

    words = list(sys.argv[1:] if arguments is None else arguments)
    session = Session()
    if "_RDDS_COMPLETE" in os.environ:  # a shell asks how to go on
        root.main(words, prog_name="rdds", complete_var="_RDDS_COMPLETE")
    try:
        session.as_json = wants_json(root, words)  # also for an error before it is parsed
        # Not `root.main`, which ends the process itself where a pipe is broken.
        with root.make_context("rdds", words, obj=session) as context:
            result = root.invoke(context)
        _flush()
    except click.exceptions.Exit as end:  # after --help, --version
        return end.exit_code
    except BrokenPipeError:
        _discard_output()
        return 0  # who reads has seen enough; nothing that was done is undone
    except (Exception, KeyboardInterrupt) as error:
        if sys.flags.dev_mode and not isinstance(error, KeyboardInterrupt):
            raise  # `python -X dev -m rdds` shows where it was
        # What was printed before goes out first, or nowhere.
        with suppress(OSError):
            _flush()
        _discard_output()
        failure = failure_of(error)
        tell(failure, as_json=session.as_json)
        return failure.status
    return result if isinstance(result, int) else 0


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _discard_output() -> None:
    """Keep the interpreter's end from trying again what can't be written."""
    if sys.stdout is None:
        return
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
