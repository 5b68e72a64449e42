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


def test_held_edit_counts_the_names_that_would_change_hands_r10(stocked: Rdds) -> None:
    """R-10: an edit shows on every name; the registrant is another on some of them only."""
    stocked("domain", "create", "two.example", "--registrar", "REG1", "--registrant", "TAMA22",
            "--admin", "AROHA1", "--tech", "AROHA1", "--expires", "2100-06-30")  # fmt: skip
    edit = ("contact", "update", "AROHA1", *NEW, "--dry-run")
    assert "  on 2 names, as registrant on 1" in stocked(*edit).out.splitlines()
    said = stocked("--json", *edit).json
    assert (said["names"], said["names_as_registrant"]) == (2, 1)
    split = stocked("--json", *edit, "--only", "shop.example", "--only", "two.example").json
    assert (split["names"], split["names_as_registrant"]) == (2, 1)


def test_request_that_replaces_another_says_so_r08(stocked: Rdds) -> None:
    """R-08: what the first one asked for is lost, and that is told at once."""
    stocked("contact", "update", "AROHA1", *NEW, "--city", "Nelson")
    for more in (("--dry-run",), ()):
        run = stocked("contact", "update", "AROHA1", "--email", "other@example.net", *more)
        assert run.status == 0
        assert "warning: It replaces registrant change 1; " in run.err
    assert "replaces" not in stocked("contact", "update", "AROHA1", "--pc", "6011").err


def test_repointed_name_says_what_it_replaces_r08(stocked: Rdds) -> None:
    """R-08: also where one name alone is asked for again."""
    repoint = ("--json", "domain", "update", "shop.example", "--registrant", "TAMA22")
    assert "replaces" not in repr(stocked(*repoint).json["warnings"])
    assert "It replaces registrant change 1; " in repr(stocked(*repoint).json["warnings"])


def test_open_change_shows_at_the_contact_and_the_name(stocked: Rdds) -> None:
    """Who looks at either sees that another registrant is asked for, until it has ended."""
    contacts = ("--json", "contact", "show", "AROHA1")
    name = ("--json", "domain", "show", "shop.example")

    def shown() -> tuple[object, object]:
        return stocked(*contacts).json["registrant_changes"], stocked(*name).json[
            "registrant_change"
        ]

    assert shown() == ([], None)
    stocked("contact", "update", "AROHA1", *NEW)
    assert shown() == ([1], 1)
    assert "registrant_change " in stocked("domain", "show", "shop.example").out
    stocked("registrant-change", "withdraw", "1")
    assert shown() == ([], None)
    stocked("domain", "update", "shop.example", "--registrant", "TAMA22")
    assert shown() == ([2], 2)
    assert stocked("--json", "contact", "show", "TAMA22").json["registrant_changes"] == [2]
    (listed,) = stocked("--json", "domain", "list").json["items"]
    assert "registrant_change" not in listed


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
    assert (run.status, run.json["id"], run.json["action"]) == (0, 1, "queued")
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


def test_edit_that_agents_approve_names_its_change_and_lock_r18(stocked: Rdds) -> None:
    """R-18: nobody was asked; the answer says by which request, and until when the lock holds."""
    for party in ("new", "prior"):
        stocked("registrant-change", "consent", "AROHA1", "--party", party)
    tried = stocked("--json", "contact", "update", "AROHA1", *NEW, "--dry-run").json
    assert (tried["registrant_change"], tried["lock_until"] is None) == (None, False)
    text = stocked("contact", "update", "AROHA1", *NEW).out
    (change,) = stocked("--json", "registrant-change", "list").json["items"]
    assert f"  approved by agents of both registrants: registrant change {change['id']}\n" in text
    assert f"  no transfer to another registrar until {change['lock_until']}\n" in text


def test_agents_of_both_parties_complete_at_once_and_lock(stocked: Rdds) -> None:
    """R-18: with both consents on record the edit holds at once; the lock is there, lifted once."""
    for party in ("new", "prior"):
        assert stocked("registrant-change", "consent", "AROHA1", "--party", party).status == 0
    run = stocked("--json", "contact", "update", "AROHA1", *NEW)
    assert run.status == 0
    assert "held" not in run.json
    assert run.json["registrant_change"] == 1
    assert stocked("contact", "show", "AROHA1", "--json").json["name"] == "Rewi Parata"
    lock = stocked("--json", "domain", "lock", "shop.example").json
    assert (lock["name"], lock["locked"], lock["registrant_change"]) == ("shop.example", True, 1)
    assert lock["until"] == run.json["lock_until"]
    lifted = stocked("domain", "lock", "shop.example", "--lift", "--reason", "order 17")
    assert lifted.out.startswith("unlocked domain shop.example")
    after = stocked("--json", "domain", "lock", "shop.example").json
    assert (after["locked"], after["lifted"]["reason"]) == (False, "order 17")
    assert after["lifted"]["until"] == lock["until"]
    text = stocked("domain", "lock", "shop.example").out
    by = f"{after['lifted']['at']} by {after['lifted']['actor']}: order 17"
    assert by in text
    assert f"it would have ended at {lock['until']}" in text
    assert "changes" not in text
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


def test_held_and_resent_warn_where_no_answer_can_come(stocked: Rdds) -> None:
    """R-10, R-20: with no mail, gateway or page the operator is told, and not refused."""
    edit = ("contact", "update", "AROHA1", *NEW, "--voice", "+64.211234567")
    held = stocked("--json", *edit).json["warnings"]
    assert ["mail.smtp_url" in held[-2], "pages.listen" in held[-1]] == [True, True]
    words = ("registrant-change", "resend", "1", "--party", "new", "--channel", "sms")
    run = stocked(*words)
    assert run.out.splitlines() == ["queued registrant-change 1", "  to the new registrant by sms"]
    assert "sms.url is not set" in run.err
    assert "(sent again)" in stocked("registrant-change", "show", "1").out


def test_number_of_a_change_is_called_a_number(stocked: Rdds) -> None:
    """Wrong use, in plain words."""
    run = stocked("registrant-change", "show", "abc")
    assert (run.status, "valid number" in run.err) == (2, True)
