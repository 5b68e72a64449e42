"""The walk of docs/walk.md, walked by itself: what the manual shows is what happens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ANEW = "Registrant Name: Rewi Parata"
HERE = "Registrant Name: Fiona McKay"
BEFORE, AFTER = "Both doors answer as before.", "Both doors show the new one."


def walk(story: str, folder: Path) -> str:
    """Run a story to its end and give all that it prints."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "walk"), "--yes", "--story", story],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


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
