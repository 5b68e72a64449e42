"""Run the walk: ``python docs/walk [--story …] [--yes]`` (see docs/walk.md)."""

from __future__ import annotations

import argparse
import queue
import signal
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
UNCHANGED = "the change has ended, and nothing is other than before."
ANSWERED = {
    "awaiting_prior": "The new registrant has approved; nothing has changed yet.",
    "declined_new": f"The new registrant has declined: {UNCHANGED}",
    "refused_prior": f"The current registrant has refused: {UNCHANGED}",
    "completed": "The current registrant has approved: the change is complete.",
}


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
        print("\nThat was the walk. Its store and its servers go now.")

    def _take_part(self, number: str, deadline: str) -> None:
        _title("The new registrant is asked first, at the new address")
        asked = self._question()
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
            asked = self._question(to=PHONE.replace(".", ""))
        if self._answer(number, asked, "approve", "data_correct") == "awaiting_prior":
            _title("Then the current registrant is asked, at the address of today")
            asked = self._question()
            self._answer(number, asked, "refuse" if self._story == "refused" else "approve")
        _title("Everybody is told")
        self._rest()

    def _answer(self, number: str, asked: str, decision: str, *ticks: str) -> str:
        """Have the page *asked* answered by whoever reads this; give the change's state then."""
        before = self._state(number)
        if self._yes:
            print(f"\nPressing {decision} on that page: {press(asked, decision, *ticks)}")
        else:
            print(f"\nNow it is your turn: {asked}", flush=True)
            webbrowser.open(asked)
            input("Answer on that page, then press Enter here. ")
        while (after := self._state(number)) == before:
            if self._yes:
                raise SystemExit("The page has recorded no answer.")
            print(f"\nNot answered yet: {asked}", flush=True)
            input("Press a button there first, then Enter here. ")
        print(f"\n{ANSWERED.get(after, f'The change has ended: {after}.')}")
        return after

    def _state(self, number: str) -> str:
        return str(self._stage.ask("registrant-change", "show", number)["state"])

    def _question(self, to: str | None = None) -> str:
        """Print what arrives up to a link to a page, with *to* one sent there; give the link."""
        while True:
            try:
                arrived = self._inbox.get(timeout=60)
            except queue.Empty:
                raise SystemExit("No message has arrived within a minute.") from None
            _print_message(arrived)
            if arrived.link is not None and to in (None, arrived.to):
                return arrived.link

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
    # Ctrl-C ends it, also where whatever started it had that ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _walk(words.story, yes=words.yes)
    except EOFError:
        raise SystemExit("\nNobody is here to answer: use a terminal, or --yes.") from None
    except KeyboardInterrupt:
        print("\nStopped.")
        sys.exit(130)


def _walk(story: str, *, yes: bool) -> None:
    inbox: Inbox = queue.Queue()
    with (
        tempfile.TemporaryDirectory(prefix="rdds-walk-") as folder,
        mail_server(inbox) as mail,
        sms_gateway(inbox) as sms,
        serving(Path(folder), mail=mail, sms=sms) as stage,
    ):
        Walk(stage, inbox, story, yes=yes).go()


main()
