"""The byte-level fuzzer: ``python -m tests.fuzz [TARGET…] [--runs N] [--found FOLDER]``.

Needs the extra ``fuzz`` (atheris). What it finds anew goes to FOLDER, an input that breaks a
target to FOLDER/TARGET/crash-…; the corpus itself changes with ``--merge`` alone.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.kept_inputs import CORPUS, WORDS

OURS = ["rdap", "whois43", "store", "rdds"]
LIMITS = ("-timeout=10", "-max_len=2048", "-rss_limit_mb=1024")  # seconds and octets of an input


def main() -> int:
    """Run each target in a process of its own; give the first failure's exit status."""
    options = _options()
    if options.here:
        url, *arguments = options.here
        _fuzz(options.targets[0], url, arguments)
    from tests.fuzz.filled_store import fill_store

    with tempfile.TemporaryDirectory() as folder:
        url = fill_store(Path(folder))
        for name in options.targets:
            print(f"== {name}", flush=True)
            status = _run(name, url, options)
            if status:
                return status
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    targets = sorted(each.name for each in CORPUS.iterdir())
    named = f"{', '.join(targets)}; all where none is named"
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=named)
    parser.add_argument("--runs", type=int, default=20_000, help="inputs for each target")
    parser.add_argument("--found", default=".fuzz", help="folder for what is found")
    parser.add_argument("--merge", action="store_true", help="bring what was found into the corpus")
    parser.add_argument("--here", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    # argparse's own choices refuse an empty list in Python 3.11.
    unknown = sorted(set(options.targets) - set(targets))
    if unknown:
        parser.error(f"no target is called {', '.join(unknown)}; there are {', '.join(targets)}")
    options.targets = options.targets or targets
    return options


def _run(name: str, url: str, options: argparse.Namespace) -> int:
    """Fuzz the target *name* in a process of its own, which the fuzzer ends as it likes."""
    found = Path(options.found) / name
    found.mkdir(parents=True, exist_ok=True)
    folders = [CORPUS / name, found] if options.merge else [found, CORPUS / name]
    # A merge keeps what reaches a branch, not each number of times that it is reached.
    work = ["-merge=1", "-use_counters=0"] if options.merge else [f"-runs={options.runs}"]
    own = (*work, f"-dict={WORDS}", f"-artifact_prefix={found}/")
    command = [*_command(name, url), *own, *LIMITS, *map(str, folders)]
    return subprocess.run(command, check=False).returncode


def _command(name: str, url: str) -> list[str]:
    return [sys.executable, "-m", "tests.fuzz", name, "--here", url]


def _fuzz(name: str, url: str, arguments: list[str]) -> None:
    """Fuzz the target *name* in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=OURS):
        from tests.fuzz.doors import LOOPS, open_doors
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    with open_doors(url, LOOPS["uvloop"]()) as doors:
        # The fuzzer's own word for this program: a merge starts it anew, by a shell.
        program = shlex.join(_command(name, url))
        atheris.Setup([program, *arguments], lambda octets: target(doors, octets))
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
