"""The walk of docs/walk.md, walked by itself: what the manual shows is what happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
ANEW = "Registrant Name: Rewi Parata"
HERE = "Registrant Name: Fiona McKay"
BEFORE, AFTER = "Both doors answer as before.", "Both doors show the new one."
WALK = [sys.executable, str(ROOT / "docs" / "walk")]
TURN = "Now it is your turn: "


def walk(story: str, folder: Path) -> str:
    """Run a story to its end and give all that it prints."""
    done = subprocess.run(
        [*WALK, "--yes", "--story", story],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def _environment() -> dict[str, str]:
    """Give one in which the program is found and no browser opens."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": "true"}


class Reader:
    """Somebody in front of a walk, who reads what it prints."""

    def __init__(self, walking: subprocess.Popen[str]) -> None:
        assert walking.stdin is not None
        assert walking.stdout is not None
        self.walking = walking
        self._types: IO[str] = walking.stdin
        self._reads: IO[str] = walking.stdout

    def press_enter(self) -> None:
        """Go on."""
        self._types.write("\n")
        self._types.flush()

    def read_to(self, words: str) -> str:
        """Read to a line that holds *words*; give the rest of it."""
        read = []
        for line in self._reads:
            read.append(line)
            if words in line:
                return line.partition(words)[2].strip()
        raise AssertionError(f"{words!r} was not said:\n{''.join(read)}")

    def read_rest(self) -> str:
        """Read to the end."""
        return self._reads.read()


@contextmanager
def _reader(folder: Path) -> Iterator[Reader]:
    with subprocess.Popen(
        WALK,
        cwd=folder,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a group of its own, as in a terminal
    ) as walking:
        try:
            yield Reader(walking)
        finally:
            if walking.poll() is None:
                os.killpg(walking.pid, signal.SIGTERM)


def _states(said: str) -> list[str]:
    lines = (line.split() for line in said.splitlines())
    return [words[1] for words in lines if len(words) == 2 and words[0] == "state"]


def test_approved_change_shows_at_both_doors_and_locks(tmp_path: Path) -> None:
    """Two approvals; the old one shows until the second; everybody is told; the lock is shown."""
    said = walk("approved", tmp_path)
    held, ended = said.split("== Then the current registrant")
    assert ANEW not in held
    assert AFTER in ended
    assert ANEW in ended
    assert "RDAP registrant: Rewi Parata, rewi@example.net" in ended
    assert _states(said) == ["completed"]
    assert "Domain Status: serverTransferProhibited" in ended
    assert "locked             yes" in said
    for to in ("fiona@example.org", "rewi@example.net", "office@kauri.example.com"):
        assert f"To: {to}" in ended


def test_refused_change_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """The current registrant says no: nothing has changed, nothing is locked."""
    said = walk("refused", tmp_path)
    assert _states(said) == ["refused_prior"]
    assert (BEFORE in said, ANEW in said) == (True, False)
    assert "locked  no" in said


def test_expired_change_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """Nobody answers for seven days; `housekeep` with a clock of its own ends it, and says so."""
    said = walk("expired", tmp_path)
    assert _states(said) == ["expired"]
    assert (BEFORE in said, ANEW in said) == (True, False)
    ended = said.split("== Nobody answers")[1]
    assert "1  registrant changes ended" in ended
    assert "To: rewi@example.net" in ended
    assert "To: office@kauri.example.com" in ended


def test_question_is_sent_again_by_sms_after_the_phone_is_put_right(tmp_path: Path) -> None:
    """The correction holds at once; the text message's link approves as the mail's does."""
    said = walk("sms", tmp_path)
    assert "To: +64211234567" in said
    assert "Subject: (SMS)" in said
    assert _states(said) == ["completed"]
    assert AFTER in said
    assert "N1 new sms" in said


def test_walk_asks_again_until_it_is_answered_and_ends_with_a_decline(tmp_path: Path) -> None:
    """Enter alone is no answer; the new registrant's no ends the change, and the walk says so."""
    with _reader(tmp_path) as reader:
        link = reader.read_to(TURN)
        reader.press_enter()
        assert reader.read_to("Not answered yet: ") == link
        with urllib.request.urlopen(link, urlencode({"decision": "decline"}).encode(), timeout=60):
            reader.press_enter()
        ended = reader.read_rest()
        assert reader.walking.wait(60) == 0
    assert "The new registrant has declined" in ended
    assert "Then the current registrant" not in ended
    assert _states(ended) == ["declined_new"]
    assert (BEFORE in ended, "locked  no" in ended) == (True, True)


def test_walk_without_anybody_to_answer_says_what_to_do(tmp_path: Path) -> None:
    """Where nothing can be typed it ends with one line that names `--yes`."""
    done = subprocess.run(
        WALK,
        cwd=tmp_path,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "\nNobody is here to answer: use a terminal, or --yes.\n"


def test_interrupted_walk_stops_without_a_traceback(tmp_path: Path) -> None:
    """Ctrl-C, which the server and the commands get as well, ends it with the shell's status."""
    with _reader(tmp_path) as reader:
        reader.read_to(TURN)
        os.killpg(reader.walking.pid, signal.SIGINT)
        assert "Traceback" not in reader.read_rest()
        assert reader.walking.wait(60) == 130
