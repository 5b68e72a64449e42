"""``registrant-change``, and what other commands say of edits that wait, on both engines."""

from __future__ import annotations

import pytest

from tests.rdds.conftest import CONTACT, Rdds

NEW = ("--name", "Rewi Parata", "--email", "rewi@example.net")


@pytest.fixture(autouse=True)
def anywhere(store_url: str, monkeypatch: pytest.MonkeyPatch, rdds: Rdds) -> None:
    """Run every test here on SQLite and on PostgreSQL."""
    monkeypatch.setenv("RDDS_DATABASE_URL", store_url)


def test_material_edit_is_held_and_says_so(stocked: Rdds) -> None:
    """A-08: the answer that the interface promises, exit 0, and nothing has changed."""
    run = stocked("--json", "contact", "update", "AROHA1", *NEW)
    assert (run.status, run.err) == (0, "")
    said = run.json
    assert (said["held"], said["action"], said["asked"]) == (True, "held", "new")
    shown = stocked("registrant-change", "show", str(said["registrant_change"]), "--json").json
    assert shown["deadline"] == said["deadline"]
    assert stocked("contact", "show", "AROHA1", "--json").json["name"] == "Aroha Ngata"


def test_held_edit_in_words_tells_who_is_asked_first(stocked: Rdds) -> None:
    """R-10, R-12: how many names it is about, the request's number, whose turn it is."""
    lines = stocked("contact", "update", "AROHA1", *NEW).out.splitlines()
    assert lines[0] == "held contact AROHA1"
    assert "  name: Aroha Ngata -> Rewi Parata" in lines
    assert "  on 1 name" in lines
    assert "  nothing changes before it is approved: registrant change 1" in lines
    assert lines[-1].startswith("  asked first: the new registrant; both have time until ")


def test_dry_run_opens_no_change_and_gives_no_number(stocked: Rdds) -> None:
    """What would be held is said; there is no request afterwards."""
    said = stocked("--json", "contact", "update", "AROHA1", *NEW, "--dry-run").json
    assert (said["held"], said["registrant_change"], said["names"]) == (True, None, 1)
    run = stocked("contact", "update", "AROHA1", *NEW, "--dry-run")
    assert run.out.startswith("would be held: contact AROHA1\n")
    assert "nothing changes before it is approved: a registrant change" in run.out
    assert stocked("--json", "registrant-change", "list").json == {"items": []}


def test_names_that_an_edit_is_about_are_counted(stocked: Rdds) -> None:
    """R-10: each name once, whatever the roles; a split's are those that it was given."""
    stocked("domain", "create", "two.example", "--registrar", "REG1", "--registrant", "AROHA1",
            "--admin", "AROHA1", "--tech", "AROHA1", "--expires", "2100-06-30")  # fmt: skip
    assert stocked("--json", "contact", "update", "AROHA1", "--pc", "6011").json["names"] == 2
    split = ("contact", "update", "AROHA1", "--pc", "6012", "--only", "two.example", "--dry-run")
    assert stocked("--json", *split).json["names"] == 1


def test_repointed_name_is_held(stocked: Rdds) -> None:
    """R-01: another registrant for one name, and D-31: alone."""
    said = stocked("--json", "domain", "update", "shop.example", "--registrant", "TAMA22").json
    assert (said["held"], said["name"]) == (True, "shop.example")
    (change,) = stocked("--json", "registrant-change", "list").json["items"]
    assert (change["kind"], change["names"], change["to_contact"]) == (
        "repoint",
        ["shop.example"],
        "TAMA22",
    )
    assert stocked("--json", "domain", "show", "shop.example").json["registrant"] == "AROHA1"


def test_shown_change_has_both_sides_and_masked_addresses(stocked: Rdds) -> None:
    """The operator sees what would change; how a message fares names nobody in full."""
    stocked("contact", "update", "AROHA1", *NEW, "--hide", "fax", "--auth-info", "secret-77")
    run = stocked("--json", "registrant-change", "show", "1")
    shown = run.json
    assert shown["state"] == "awaiting_new"
    assert shown["asked"] == "new"
    assert (shown["names"], shown["count"]) == (["shop.example"], 1)
    assert shown["changes"]["name"] == ["Aroha Ngata", "Rewi Parata"]
    assert shown["changes"]["hide"] == [[], ["fax"]]
    assert shown["changes"]["auth_info"] == [None, "changed"]
    (message,) = shown["messages"]
    assert (message["kind"], message["recipient"], message["state"]) == ("N1", "new", "waiting")
    assert message["address"] == "r***@example.net"
    assert "secret-77" not in run.out
    text = stocked("registrant-change", "show", "1").out
    assert "name: Aroha Ngata -> Rewi Parata" in text
    assert "N1 new email r***@example.net waiting" in text


def test_list_of_open_changes_leaves_out_the_ended(stocked: Rdds) -> None:
    """`--open` gives those that may still be answered; the others stay in the list."""
    stocked("contact", "update", "AROHA1", *NEW)
    assert stocked("--json", "registrant-change", "withdraw", "1", "--dry-run").json["dry_run"]
    assert len(stocked("--json", "registrant-change", "list", "--open").json["items"]) == 1
    assert stocked("registrant-change", "withdraw", "1").out.startswith("ended registrant-change 1")
    assert stocked("--json", "registrant-change", "list", "--open").json["items"] == []
    (ended,) = stocked("--json", "registrant-change", "list").json["items"]
    assert (ended["state"], ended["asked"]) == ("withdrawn", None)
    assert ended["closed"] is not None
    again = stocked("--json", "registrant-change", "withdraw", "1")
    assert (again.status, again.error["code"]) == (1, "CLOSED")


def test_resend_asks_the_awaited_party_once_more(stocked: Rdds) -> None:
    """R-20, N7: to the address on record; the other party is not asked yet."""
    stocked("contact", "update", "AROHA1", *NEW)
    run = stocked(
        "--json", "registrant-change", "resend", "1", "--party", "new", "--channel", "email"
    )
    assert (run.status, run.json["action"]) == (0, "queued")
    messages = stocked("--json", "registrant-change", "show", "1").json["messages"]
    assert [message["resent"] for message in messages] == [False, True]
    early = stocked("--json", "registrant-change", "resend", "1", "--party", "prior",
                    "--channel", "email")  # fmt: skip
    assert (early.status, early.error["code"]) == (1, "STATUS_PROHIBITS")
    wrong = stocked("registrant-change", "resend", "1", "--party", "old", "--channel", "email")
    assert wrong.status == 2


@pytest.mark.parametrize("words", [("show", "7"), ("withdraw", "7"), ("show", str(2**70))])
def test_change_that_is_not_there_is_not_found(stocked: Rdds, words: tuple[str, ...]) -> None:
    """Whatever its number."""
    run = stocked("--json", "registrant-change", *words)
    assert (run.status, run.error["code"]) == (1, "NOT_FOUND")


def test_agents_of_both_parties_complete_at_once_and_lock(stocked: Rdds) -> None:
    """R-18: with both consents on record the edit holds at once; the lock is there, lifted once."""
    for party in ("new", "prior"):
        assert stocked("registrant-change", "consent", "AROHA1", "--party", party).status == 0
    run = stocked("--json", "contact", "update", "AROHA1", *NEW)
    assert run.status == 0
    assert "held" not in run.json
    assert stocked("contact", "show", "AROHA1", "--json").json["name"] == "Rewi Parata"
    lock = stocked("--json", "domain", "lock", "shop.example").json
    assert (lock["name"], lock["locked"], lock["registrant_change"]) == ("shop.example", True, 1)
    assert lock["until"] is not None
    lifted = stocked("domain", "lock", "shop.example", "--lift", "--reason", "order 17")
    assert lifted.out.startswith("unlocked domain shop.example")
    assert stocked("--json", "domain", "lock", "shop.example").json["locked"] is False
    history = stocked("history", "domain", "shop.example").out
    assert "unlocked" in history
    assert "order 17" in history


@pytest.mark.parametrize("words", [("--lift",), ("--reason", "because"), ("--dry-run",)])
def test_lock_is_lifted_with_its_reason_or_shown(stocked: Rdds, words: tuple[str, ...]) -> None:
    """Half an order is wrong use: exit 2."""
    assert stocked("domain", "lock", "shop.example", *words).status == 2


def test_agent_of_the_new_one_leaves_the_current_one_to_be_asked(stocked: Rdds) -> None:
    """R-18: then the current registrant is asked first, and the answer says so."""
    stocked("contact", "create", "KIRI33", *CONTACT)
    stocked("registrant-change", "consent", "AROHA1", "--party", "new")
    run = stocked("contact", "update", "AROHA1", *NEW)
    assert "  asked first: the current registrant" in run.out
    assert stocked("--json", "registrant-change", "show", "1").json["asked"] == "prior"
    revoked = stocked("registrant-change", "consent", "AROHA1", "--party", "new", "--revoke")
    assert revoked.status == 0
    unchanged = stocked("registrant-change", "consent", "KIRI33", "--party", "new", "--revoke")
    assert unchanged.out.startswith("unchanged")
