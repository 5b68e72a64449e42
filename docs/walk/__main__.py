"""Run the walk: ``python docs/walk [--story …] [--yes]`` (see docs/walk.md)."""

from __future__ import annotations

import argparse
import queue
import sys
import tempfile
import webbrowser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from scene import Stage, press, serving
from sinks import Arrived, Inbox, mail_server, sms_gateway

NAME, CONTACT = "cycles.co.example", "CYCLE1"
NEW_NAME, NEW_EMAIL = "Rewi Parata", "rewi@example.net"
PHONE = "+64.211234567"
STORIES = ("approved", "refused", "expired", "sms")


class Walk:
    """One story, told on a stage; with *yes* nobody needs to press a button."""

    def __init__(self, stage: Stage, inbox: Inbox, story: str, *, yes: bool) -> None:
        self._stage = stage
        self._inbox = inbox
        self._story = story
        self._yes = yes

    def go(self) -> None:
        """Tell it from the request to its end."""
        _title(f"Who holds {NAME}, as WHOIS and RDAP say")
        before = self._stage.see(NAME)
        _title("Its registrant gets another name and another e-mail address")
        self._stage.do("contact", "update", CONTACT, "--name", NEW_NAME, "--email", NEW_EMAIL)
        self._stage.do("registrant-change", "list", "--open")
        (change,) = self._stage.ask("registrant-change", "list", "--open")["items"]
        number, deadline = str(change["id"]), str(change["deadline"])
        self._take_part(number, deadline)
        _title("How it ended")
        self._stage.do("registrant-change", "show", number)
        _title(f"Who holds {NAME} now")
        after = self._stage.see(NAME)
        print("Both doors answer as before." if after == before else "Both doors show the new one.")
        _title("Whether it may move to another registrar")
        self._stage.do("domain", "lock", NAME)

    def _take_part(self, number: str, deadline: str) -> None:
        _title("The new registrant is asked first, at the new address")
        asked = self._next()
        print("Nothing has changed at the doors:")
        self._stage.see(NAME)
        if self._story == "expired":
            _title("Nobody answers, and the time runs out")
            self._stage.do("housekeep", "--now", deadline, "--pretend-time")
            self._rest()
            return
        if self._story == "sms":
            _title("The mail is never read; the phone is put right, and a text message sent")
            self._stage.do("contact", "update", CONTACT, "--voice", PHONE)
            resend = ("--party", "new", "--channel", "sms")
            self._stage.do("registrant-change", "resend", number, *resend)
            asked = self._next(to=PHONE.replace(".", ""))
        self._answer(asked, "approve", "data_correct")
        _title("Then the current registrant is asked, at the address of today")
        asked = self._next()
        self._answer(asked, "refuse" if self._story == "refused" else "approve")
        _title("Everybody is told")
        self._rest()

    def _answer(self, asked: Arrived, decision: str, *ticks: str) -> None:
        """Let the person answer in a browser, or answer for them."""
        assert asked.link is not None, "a question has a link"
        if self._yes:
            print(f"\nPressing {decision} on that page: {press(asked.link, decision, *ticks)}")
            return
        print(f"\nNow it is your turn: {asked.link}")
        webbrowser.open(asked.link)
        input("Press Enter here when you have answered on the page. ")

    def _next(self, to: str | None = None) -> Arrived:
        """Wait for the next message, and print it; with *to*, for the next one to that address."""
        while True:
            arrived = self._inbox.get(timeout=60)
            _print_message(arrived)
            if to is None or arrived.to == to:
                return arrived

    def _rest(self) -> None:
        """Print what arrives until nothing more does."""
        waiting = 20.0  # seconds, for the first one; the others come with it
        while True:
            try:
                _print_message(self._inbox.get(timeout=waiting))
            except queue.Empty:
                return
            waiting = 3.0


def _title(text: str) -> None:
    print(f"\n== {text}\n", flush=True)


def _print_message(arrived: Arrived) -> None:
    print(f"\n  To: {arrived.to}\n  Subject: {arrived.subject}\n")
    for line in arrived.text.splitlines():
        print(f"  | {line}".rstrip())
    print(flush=True)


def main() -> None:
    """Read the command line, set the stage, and tell the story."""
    parser = argparse.ArgumentParser(description="A registrant changes, seen from all sides.")
    parser.add_argument("--story", choices=STORIES, default=STORIES[0])
    parser.add_argument("--yes", action="store_true", help="answer the questions by itself")
    words = parser.parse_args()
    inbox: Inbox = queue.Queue()
    with (
        tempfile.TemporaryDirectory(prefix="rdds-walk-") as folder,
        mail_server(inbox) as mail,
        sms_gateway(inbox) as sms,
        serving(Path(folder), mail=mail, sms=sms) as stage,
    ):
        Walk(stage, inbox, words.story, yes=words.yes).go()


main()
