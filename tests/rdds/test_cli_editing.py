"""The editing commands, each through its whole life, on both engines."""

from __future__ import annotations

import pytest

from tests.rdds.conftest import CONTACT, Rdds


@pytest.fixture(autouse=True)
def anywhere(store_url: str, monkeypatch: pytest.MonkeyPatch, rdds: Rdds) -> None:
    """Run every test here on SQLite and on PostgreSQL."""
    monkeypatch.setenv("RDDS_DATABASE_URL", store_url)


def test_contact_lives_and_ends(stocked: Rdds) -> None:
    """A contact is made, changed, shown with its links, and deleted once none is left."""
    run = stocked("contact", "create", "KIRI33", *CONTACT, "--kind", "individual",
                  "--disclose", "name", "--hide", "fax")  # fmt: skip
    assert run.out == "created contact KIRI33\n"
    run = stocked("contact", "update", "KIRI33", "--voice", "", "--org", "Kiri Ltd",
                  "--undisclose", "name", "--add-status", "clientDeleteProhibited",
                  "--kind", "organisation")  # fmt: skip
    assert run.out.splitlines()[0] == "updated contact KIRI33"
    assert "  voice: +64.48312000 -> -" in run.out.splitlines()
    shown = stocked("--json", "contact", "show", "KIRI33").json
    assert shown["id"] == "KIRI33"
    assert shown["org"] == "Kiri Ltd"
    assert shown["voice"] is None
    assert shown["kind"] == "organisation"
    assert (shown["disclose"], shown["hide"]) == ([], ["fax"])
    assert shown["state"] == "orphaned"
    assert stocked("contact", "delete", "KIRI33").err.startswith("STATUS_PROHIBITS: ")
    stocked("contact", "update", "KIRI33", "--remove-status", "clientDeleteProhibited")
    assert stocked("contact", "delete", "KIRI33").out == "deleted contact KIRI33\n"
    assert stocked("contact", "show", "KIRI33").err.startswith("NOT_FOUND: ")


def test_empty_value_clears_an_optional_field(stocked: Rdds) -> None:
    """An empty option clears; an empty street clears all lines."""
    stocked("contact", "update", "AROHA1", "--street", "", "--pc", "6011", "--kind", "individual")
    stocked("contact", "update", "AROHA1", "--pc", "", "--kind", "")
    shown = stocked("contact", "show", "AROHA1", "--json").json
    assert (shown["street"], shown["pc"], shown["kind"]) == ([], None, None)


def test_street_replaces_all_lines(stocked: Rdds) -> None:
    """Three street options are the three lines, in their order."""
    lines = ["Level 3", "The Beehive", "Molesworth St"]
    words = [word for line in lines for word in ("--street", line)]
    stocked("contact", "update", "AROHA1", *words)
    assert stocked("contact", "show", "AROHA1", "--json").json["street"] == lines


def test_auth_info_comes_from_standard_input(stocked: Rdds) -> None:
    """A code that is read from standard input never stands on the command line or in output."""
    run = stocked("contact", "update", "AROHA1", "--auth-info", "-", stdin=b"hush-hush\n")
    assert run.status == 0
    assert "  auth_info: - -> changed" in run.out.splitlines()
    shown = stocked("--json", "contact", "show", "AROHA1").out
    told = stocked("--json", "history", "contact", "AROHA1").out
    assert "hush" not in run.out + shown + told


@pytest.mark.parametrize("typed", [b"two\nlines", b"\xff\xfe", b"", b"short"])
def test_bad_code_on_standard_input_is_refused(stocked: Rdds, typed: bytes) -> None:
    """What is no code of one line is refused."""
    run = stocked("contact", "update", "AROHA1", "--auth-info", "-", stdin=typed)
    assert run.status in {1, 2}
    assert run.err.count("\n") == 1


def test_split_names_the_copy(stocked: Rdds) -> None:
    """--only leaves the contact alone and names the copy that took its place."""
    run = stocked("--json", "contact", "update", "AROHA1", "--pc", "6011", "--only", "SHOP.example")
    assert run.json["action"] == "split"
    copy = run.json["copies"]["AROHA1"]
    shown = stocked("--json", "domain", "show", "shop.example").json
    assert (shown["registrant"], shown["admin"], shown["tech"]) == (copy, copy, "TAMA22")
    assert stocked("--json", "contact", "show", "AROHA1").json["pc"] is None


def test_domain_lives_and_ends(stocked: Rdds) -> None:
    """A name is made, changed, moved and deleted; any spelling of it serves."""
    run = stocked("domain", "create", "BÜCHER.Example", "--registrar", "REG1",
                  "--registrant", "AROHA1", "--admin", "AROHA1", "--tech", "AROHA1",
                  "--billing", "TAMA22", "--ds", f"1 8 2 {'ab' * 32}")  # fmt: skip
    assert run.out == "created domain xn--bcher-kva.example\n"
    stocked("domain", "update", "bücher.example.", "--add-ns", "NS1.Example.NET",
            "--tech", "TAMA22", "--billing", "", "--add-status", "clientHold",
            "--dispute", "open", "--remove-ds", f"1 8 2 {'AB' * 32}",
            "--expires", "2100-01-02T03:04:05+01:00")  # fmt: skip
    shown = stocked("--json", "domain", "show", "XN--BCHER-KVA.example").json
    assert shown["name"] == "xn--bcher-kva.example"
    assert (shown["tech"], shown["billing"]) == ("TAMA22", None)
    assert (shown["ns"], shown["ds"]) == (["ns1.example.net"], [])
    assert "clientHold" in shown["statuses"]
    assert (shown["dispute"], shown["expires"]) == ("open", "2100-01-02T02:04:05Z")
    stocked("registrar", "create", "REG2", "--name", "Other Registrar")
    run = stocked("--json", "domain", "transfer", "bücher.example", "--to", "REG2")
    assert run.json["action"] == "transferred"
    assert set(run.json["copies"]) == {"AROHA1", "TAMA22"}
    assert stocked("domain", "delete", "bücher.example").status == 0
    assert stocked("domain", "show", "bücher.example").status == 1


def test_expiry_date_is_its_first_second(stocked: Rdds) -> None:
    """A bare date is midnight in UTC."""
    stocked("domain", "update", "shop.example", "--expires", "2101-12-31")
    shown = stocked("--json", "domain", "show", "shop.example").json
    assert shown["expires"] == "2101-12-31T00:00:00Z"


def test_privacy_names_its_service(stocked: Rdds) -> None:
    """A name goes under a privacy service, whose aliases say where they forward."""
    run = stocked("privacy-service", "create", "SHIELD", "--name", "Domain Holder",
                  "--org", "Shield Ltd", "--street", "1 Quay St", "--city", "Auckland",
                  "--cc", "NZ", "--voice", "+64.99876543",
                  "--alias-domain", "shield.example.net")  # fmt: skip
    assert run.out == "created privacy-service SHIELD\n"
    assert stocked("domain", "update", "shop.example", "--privacy", "proxy:SHIELD").status == 0
    aliases = stocked("--json", "privacy-service", "aliases", "SHIELD").json["items"]
    assert {each["role"] for each in aliases} == {"registrant", "admin", "tech"}
    assert all(each["forwards_to"] == "aroha@example.net" for each in aliases)
    assert all(each["alias"].endswith("@shield.example.net") for each in aliases)
    assert stocked("privacy-service", "delete", "SHIELD").err.startswith("IN_USE: ")
    assert stocked("domain", "update", "shop.example", "--privacy", "none").status == 0
    stocked("privacy-service", "update", "SHIELD", "--alias-domain", "",
            "--contact-url", "https://shield.example.net/form")  # fmt: skip
    shown = stocked("--json", "privacy-service", "show", "SHIELD").json
    assert (shown["alias_domain"], shown["contact_url"]) == (
        None,
        "https://shield.example.net/form",
    )
    assert stocked("privacy-service", "delete", "SHIELD").status == 0


def test_host_lives_and_ends(stocked: Rdds) -> None:
    """A name server inside a zone is made, changed and deleted."""
    run = stocked("host", "create", "ns1.shop.example", "--address", "192.0.2.1")
    assert run.out == "created host ns1.shop.example\n"
    stocked("host", "update", "NS1.shop.example", "--add-address", "2001:DB8:0::1",
            "--remove-address", "192.0.2.1", "--add-status", "clientUpdateProhibited")  # fmt: skip
    shown = stocked("--json", "host", "show", "ns1.shop.example").json
    assert shown["name"] == "ns1.shop.example"
    assert shown["address"] == ["2001:db8::1"]
    assert shown["registrar"] == "REG1"
    stocked("host", "update", "ns1.shop.example", "--remove-status", "clientUpdateProhibited")
    assert stocked("host", "delete", "ns1.shop.example").status == 0
    assert stocked("host", "show", "ns1.shop.example").status == 1


def test_registrar_lives_and_ends(stocked: Rdds) -> None:
    """A registrar has what no deposit carries."""
    given = {
        "gurid": "292", "url": "https://www.example.net/", "whois_server": "whois.example.net",
        "rdap_url": "https://rdap.example.net/", "abuse_email": "abuse@example.net",
        "abuse_phone": "+64.48312000", "city": "Wellington", "cc": "NZ",
    }  # fmt: skip
    words = [word for key, value in given.items() for word in (f"--{key.replace('_', '-')}", value)]
    stocked("registrar", "create", "REG2", "--name", "Other Registrar", *words)
    shown = stocked("--json", "registrar", "show", "REG2").json
    assert {key: str(shown[key]) for key in given} == given
    run = stocked("registrar", "update", "REG2", "--gurid", "", "--url", "")
    assert run.status == 0
    shown = stocked("--json", "registrar", "show", "reg2").json
    assert (shown["id"], shown["gurid"], shown["url"]) == ("REG2", None, None)
    assert stocked("registrar", "delete", "REG2").status == 0


def test_reserved_name_is_kept_and_let_go(stocked: Rdds) -> None:
    """A blocked name names its service and can't be registered until it is removed."""
    stocked("reserved-name", "add", "www.example")
    stocked("reserved-name", "add", "Brand.example", "--state", "blocked", "--by", "Blocker Ltd")
    items = stocked("--json", "reserved-name", "list").json["items"]
    assert [(each["name"], each["state"], each["by"]) for each in items] == [
        ("brand.example", "blocked", "Blocker Ltd"),
        ("www.example", "reserved", None),
    ]
    words = ("domain", "create", "brand.example", "--registrar", "REG1", "--registrant", "AROHA1",
             "--admin", "AROHA1", "--tech", "AROHA1")  # fmt: skip
    assert stocked(*words).err.startswith("NAME_RESERVED: ")
    stocked("reserved-name", "remove", "brand.example")
    assert stocked(*words).status == 0


def test_history_names_actor_and_door(stocked: Rdds) -> None:
    """Each edit has its instant, what changed, who did it, and the door."""
    stocked("contact", "update", "AROHA1", "--voice", "+64.48312999")
    items = stocked("--json", "history", "contact", "AROHA1").json["items"]
    assert [each["action"] for each in items] == ["created", "updated"]
    assert items[1]["changes"] == {"voice": ["+64.48312000", "+64.48312999"]}
    assert {each["door"] for each in items} == {"cli"}
    assert all(each["actor"] and each["at"].endswith("Z") for each in items)
    assert "voice: +64.48312000 -> +64.48312999" in stocked("history", "contact", "AROHA1").out


EDITS = [
    ("contact", "create", "NEW111", *CONTACT),
    ("contact", "update", "AROHA1", "--voice", "+64.48312999"),
    ("contact", "update", "AROHA1", "--pc", "6011", "--only", "shop.example"),
    ("domain", "update", "shop.example", "--tech", "AROHA1"),
    ("domain", "delete", "shop.example"),
    ("host", "create", "ns1.shop.example", "--address", "192.0.2.1"),
    ("registrar", "update", "REG1", "--url", "https://www.example.net/"),
    ("registrar", "create", "REG2", "--name", "Other Registrar"),
    ("reserved-name", "add", "www.example"),
]


@pytest.mark.parametrize("words", EDITS, ids=lambda words: "-".join(words[:3]))
def test_dry_run_tells_all_and_does_nothing(stocked: Rdds, words: tuple[str, ...]) -> None:
    """A dry run says what the real run does, and leaves the store as it was."""

    def everything() -> str:
        lists = ("contact", "domain", "registrar", "reserved-name")
        shown = [stocked("--json", each, "list").out for each in lists]
        told = stocked("--json", "history", "contact", "AROHA1").out
        return "".join([*shown, told])

    before = everything()
    dry = stocked("--json", *words, "--dry-run").json
    assert dry["dry_run"] is True
    assert stocked(*words, "--dry-run").out.startswith("would be ")
    assert everything() == before
    real = stocked("--json", *words).json
    assert real["dry_run"] is False
    for made in (dry, real):  # a copy's id is drawn anew
        del made["dry_run"], made["copies"]
    assert dry == real
    assert real["action"] != "unchanged"


def test_edit_without_change_says_so(stocked: Rdds) -> None:
    """An update that changes nothing succeeds and says so."""
    run = stocked("contact", "update", "AROHA1", "--city", "Wellington")
    assert (run.status, run.out) == (0, "unchanged contact AROHA1\n")


def test_unlikely_value_only_warns(stocked: Rdds) -> None:
    """A postcode that is merely unlikely is taken, with a line on standard error."""
    run = stocked("contact", "update", "AROHA1", "--pc", "SW1A 1AA")
    assert run.status == 0
    assert run.err.startswith("warning: ")
    assert stocked("--json", "contact", "update", "AROHA1", "--pc", "W1A 1AA").json["warnings"]


@pytest.mark.parametrize("words", [("contact", "list"), ("domain", "list"), ("registrar", "list")])
def test_list_filters_and_orders(stocked: Rdds, words: tuple[str, ...]) -> None:
    """Lists are in ascending order, as a table and as one object."""
    items = stocked("--json", *words).json["items"]
    key = "name" if words[0] == "domain" else "id"
    names = [each[key] for each in items]
    assert names == sorted(names)
    table = stocked(*words).out.splitlines()
    assert [line.split()[0] for line in table[1:]] == names


def test_list_of_one_registrar_or_contact(stocked: Rdds) -> None:
    """A list may be of one registrar, one contact or one state."""
    stocked("registrar", "create", "REG2", "--name", "Other Registrar")
    stocked("contact", "create", "IDLE44", *CONTACT)

    def ids(*words: str) -> list[str]:
        items = stocked("--json", *words).json["items"]
        return [each.get("id") or each["name"] for each in items]

    assert ids("contact", "list", "--registrar", "REG2") == []
    assert ids("contact", "list", "--state", "orphaned") == ["IDLE44"]
    assert ids("contact", "list", "--state", "linked") == ["AROHA1", "TAMA22"]
    assert ids("contact", "list", "--state", "pendingDelete") == []
    assert ids("domain", "list", "--contact", "TAMA22") == ["shop.example"]
    assert ids("domain", "list", "--contact", "IDLE44") == []
    assert ids("domain", "list", "--registrar", "REG1") == ["shop.example"]
