"""Settings: search order, variables, refusals, and what they turn into."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rdds.settings import Endpoint, Settings, load_settings, parse_listen, reload_settings
from rdds.settings.shown import MASK, list_settings, without_password
from store.errors import Code, RegistryError
from store.model import PrivacyMode, Role
from store.policy import PROFILES, Part, RegistryPolicy, ZoneRole
from store.published import PublicRole

STANDBY = '[database]\nurl = "postgresql://p/r"\nread_urls = ["postgresql://s/r"]\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder without a settings file."""
    monkeypatch.chdir(tmp_path)


def from_toml(text: str, **variables: str) -> Settings:
    """Load settings from a file of *text* and *variables*."""
    file = Path("given.toml")
    file.write_text(text, encoding="utf-8")
    return load_settings(file, variables)


def refused(text: str = "", **variables: str) -> RegistryError:
    """Give the refusal of a file of *text* and *variables*."""
    with pytest.raises(RegistryError) as caught:
        from_toml(text, **variables)
    assert caught.value.code is Code.SETTINGS
    return caught.value


def test_no_settings_serve_example() -> None:
    """Without any setting the policy is the product's default one."""
    settings = load_settings(None, {})
    assert settings.registry_policy() == RegistryPolicy()
    assert settings.whois.listen == (Endpoint(host="127.0.0.1", port=4343),)
    assert settings.rdap.listen == (Endpoint(host="127.0.0.1", port=8080),)
    assert settings.database.url == "sqlite:///rdds.sqlite3"
    assert settings.file is None


def test_search_order_prefers_the_asked_file(tmp_path: Path) -> None:
    """--config wins over RDDS_CONFIG, which wins over ./rdds.toml."""
    for name, patience in (("asked", 1), ("variable", 2), ("rdds", 3)):
        (tmp_path / f"{name}.toml").write_text(f"[whois]\npatience = {patience}\n")
    variables = {"RDDS_CONFIG": "variable.toml"}
    assert load_settings(Path("asked.toml"), variables).whois.patience == 1
    assert load_settings(None, variables).whois.patience == 2
    assert load_settings(None, {}).whois.patience == 3


def test_variable_wins_over_file() -> None:
    """A variable's value is in force, and its origin says so."""
    settings = from_toml("[whois]\npatience = 3\nmost_connections = 9", RDDS_WHOIS_PATIENCE="4.5")
    assert settings.whois.patience == 4.5
    assert settings.origins["whois.patience"] == "variable RDDS_WHOIS_PATIENCE"
    assert settings.origins["whois.most_connections"] == "file given.toml"
    assert settings.origins["rdap.listen"] == "default"


def test_reload_reads_the_same_file_anew() -> None:
    """A reload sees what the file says now."""
    settings = from_toml("[whois]\npatience = 3")
    Path("given.toml").write_text("[whois]\npatience = 5")
    assert reload_settings(settings, {}).whois.patience == 5


def test_list_variable_is_cut_at_commas() -> None:
    """Lists in a variable are comma-separated."""
    settings = load_settings(None, {"RDDS_WHOIS_LISTEN": "0.0.0.0:43, [::1]:4343"})
    assert settings.whois.listen == (
        Endpoint(host="0.0.0.0", port=43),
        Endpoint(host="::1", port=4343),
    )


def test_listen_off_is_none() -> None:
    """The word off switches a server off."""
    assert from_toml('[whois]\nlisten = "off"').whois.listen == ()
    assert load_settings(None, {"RDDS_RDAP_LISTEN": "off"}).rdap.listen == ()


@pytest.mark.parametrize(
    "line",
    ["", "4343", ":4343", "host", "host:", "host:65536", "host:-1", "host:٣", "::1:43", "[::1]",
     "[host]:43", "[::1]:4343x", "a b:1", "host:0000080", "[fe80::1", "off:x"],
)  # fmt: skip
def test_listen_refuses_what_is_no_address(line: str) -> None:
    """An address to listen on is HOST:PORT with a port of 16 bits."""
    with pytest.raises(ValueError, match="is not"):
        parse_listen([line])


@pytest.mark.parametrize("lines", [["off", "127.0.0.1:1"], ["127.0.0.1:1", "127.0.0.1:1"]])
def test_listen_refuses_contradictions(lines: list[str]) -> None:
    """Off stands alone and no address stands twice."""
    with pytest.raises(ValueError, match="has"):
        parse_listen(lines)


@pytest.mark.parametrize(
    ("text", "field", "near"),
    [
        ("[wois]\npatience = 3", "wois", "whois"),
        ("[whois]\npatiense = 3", "whois.patiense", "patience"),
        ('[zones.example]\nprofil = "irs"', "zones.example.profil", "profile"),
        ('[zones.example]\nprofile = "gltd"', "zones.example.profile", "gtld"),
        ('[log]\nlevel = "inof"', "log.level", "info"),
        ('[zones.example]\nredacted = ["nam"]', "zones.example.redacted", "name"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(text: str, field: str, near: str) -> None:
    """An unknown section, key or word is refused naming the nearest known one."""
    error = refused(text)
    assert error.field == field
    assert f"did you mean {near}?" in error.message


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("RDDS_WHOIS_PATIENSE", "RDDS_WHOIS_PATIENCE"),
        ("RDDS_CONFG", "RDDS_CONFIG"),
        ("RDDS_ZONES_CO_EXAMPLE_PROFIL", "RDDS_ZONES_CO_EXAMPLE_PROFILE"),
        ("RDDS_X", "RDDS_"),
    ],
)
def test_unknown_variable_is_refused_with_the_nearest(name: str, near: str) -> None:
    """An unknown RDDS_ variable is refused naming the nearest known one."""
    error = refused("", **{name: "1"})
    assert name in error.message
    assert f"did you mean {near}" in error.message


def test_other_variables_are_nobodys_business() -> None:
    """Only names that begin with RDDS_ are looked at."""
    assert load_settings(None, {"WHOIS_PATIENCE": "x", "XRDDS_FOO": "1"}).whois.patience == 10


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[database]\nold_answers = 60", "database.old_answers"),
        (f"{STANDBY}lease = 5\nold_answers = 5", "database.old_answers"),
        (f"{STANDBY}old_answers = 86401", "database.old_answers"),
        ("[whois]\npatience = 0", "whois.patience"),
        ('[whois]\npatience = "10"', "whois.patience"),
        ("[whois]\npatience = true", "whois.patience"),
        ("[whois]\npatience = nan", "whois.patience"),
        ("[whois]\nlisten = 43", "whois.listen"),
        ('[whois]\nlisten = ["127.0.0.1"]', "whois.listen"),
        ("[whois]\nmost_connections = 1.5", "whois.most_connections"),
        ("whois = 3", "whois"),
        ('[database]\nurl = "mysql://h/d"', "database.url"),
        ('[database]\nurl = "sqlite://"', "database.url"),
        ('[database]\nurl = "sqlite:///:memory:"', "database.url"),
        ('[database]\npublic_url = "postgresql://h/d"', "database.public_url"),
        ('[rdap]\npublic_url = "ftp://h/"', "rdap.public_url"),
        ('[rdap]\npublic_url = "https://u:p@h/"', "rdap.public_url"),
        ('[rdap]\npublic_url = "https://h/?q"', "rdap.public_url"),
        ('[rdap]\ntls_key = "k.pem"', "rdap.tls_certificate"),
        ('[rdap]\ntls_certificate = "c.pem"', "rdap.tls_key"),
        ('[rdap]\nsearches = ["all", "domains"]', "rdap.searches"),
        ('[rdap]\nsearches = ["ip"]', "rdap.searches"),
        ("[cache]\nbytes = -1", "cache.bytes"),
        ('[limits]\nexempt = ["10.0.0.1/8"]', "limits.exempt"),
        ('[registry]\nrepository = "TOO-LONG-ID"', "registry.repository"),
        ('[registry]\nrepository = ""', "registry.repository"),
        ('[registry]\nsmtputf8 = "yes"', "registry.smtputf8"),
        ("[registrant_change]\ndeadline = 61", "registrant_change.deadline"),
        ("[registrant_change]\ndeadline = 0", "registrant_change.deadline"),
        ("[lifecycle]\npending_delete_effective = 90", "lifecycle.pending_delete_effective"),
        ("[lifecycle]\npending_delete_expiry = 1.5", "lifecycle.pending_delete_expiry"),
        ('[mail]\nsmtp_url = "http://h"', "mail.smtp_url"),
        ('[mail]\nsmtp_url = "smtp://h?starttls=never"', "mail.smtp_url"),
        ('[mail]\nsmtp_url = "smtps://h?starttls=optional"', "mail.smtp_url"),
        ('[mail]\nsmtp_url = "smtp://h/path"', "mail.smtp_url"),
        ('[mail]\nsender = "nobody"', "mail.sender"),
        ('[mail]\nsender = "a b@nic.example"', "mail.sender"),
        ('[mail]\nsender = "a@b@nic.example"', "mail.sender"),
        ('[mail]\nsender = "a@-.example"', "mail.sender"),
        ('[zones."a..b"]\nprofile = "irs"', "zones"),
        ("[zones]\nexample = 1", "zones.example"),
        ('[zones.co.example]\nprofile = "irs"', "zones.co"),
        ('[zones.example]\nrole = "owner"', "zones.example.role"),
        ('[zones.example]\npublished_roles = ["billing"]', "zones.example.published_roles"),
        ('[zones.example]\nprivacy_modes = ["proxy"]', "zones.example.privacy_modes"),
        ("[zones.example]\npostal_types = []", "zones.example.postal_types"),
        ('[zones.example]\nredacted = ["cc"]', "zones.example.redacted"),
        ('[zones.example]\nredaction_text = ""', "zones.example.redaction_text"),
        ('[zones.example]\nredaction_text = "Not Found"', "zones.example.redaction_text"),
        ('[zones.example]\nredaction_text = "a\\tb"', "zones.example.redaction_text"),
        ('[zones.example]\nterms = "No  MATCH here"', "zones.example.terms"),
        ('[zones.example]\nterms = ["it was not", "found"]', "zones.example.terms"),
        ('[zones.example]\nterms = "Billing data"', "zones.example.terms"),
        ('[zones.example]\nterms = ["a\\u0085b"]', "zones.example.terms"),
        ('[zones.example]\nterms_url = "https://h/billing"', "zones.example.terms_url"),
        ('[zones.example]\nterms_url = "javascript:alert(1)"', "zones.example.terms_url"),
        ('[zones.example]\ncontact_url = "https://h/{nom}"', "zones.example.contact_url"),
        ('[whois]\npublic_name = "whois..example"', "whois.public_name"),
        ('[zones.example]\ncomplaint_text = ""', "zones.example.complaint_text"),
        ('[zones.example]\ncomplaint_text = "Form: here"', "zones.example.complaint_text"),
        ('[zones.example]\ncomplaint_text = "domain name"', "zones.example.complaint_text"),
        ('[zones.example]\ncomplaint_text = "No match"', "zones.example.complaint_text"),
        (f'[zones.example]\ncomplaint_text = "{"x" * 101}"', "zones.example.complaint_text"),
        ('[zones.example]\ncomplaint_url = "ftp://h/"', "zones.example.complaint_url"),
        ('[zones.example]\nstatus_url = ""', "zones.example.status_url"),
        ('[zones.example]\nstatus_url = "https://h/#codes"', "zones.example.status_url"),
        ('[zones.example]\nregistrant_change = "icann"', "zones.example.registrant_change"),
    ],
)  # fmt: skip
def test_wrong_value_is_refused_with_its_key(text: str, field: str) -> None:
    """A wrong type or value is refused naming the key and the file."""
    error = refused(text)
    assert error.field == field
    assert "\n" not in error.message


@pytest.mark.parametrize("content", [b"[whois", b"\xff\xfe", b"a = 1\na = 2", b"\x00"])
def test_broken_file_is_refused(content: bytes) -> None:
    """A file that is no TOML is refused by name."""
    Path("broken.toml").write_bytes(content)
    with pytest.raises(RegistryError, match=r"broken\.toml is not TOML") as caught:
        load_settings(Path("broken.toml"), {})
    assert caught.value.code is Code.SETTINGS


def test_missing_file_is_refused() -> None:
    """A file that was named must be there, a folder is none."""
    for asked, variables in ((Path("gone.toml"), {}), (None, {"RDDS_CONFIG": "gone.toml"})):
        with pytest.raises(RegistryError, match=r"gone\.toml can't be read"):
            load_settings(asked, variables)
    with pytest.raises(RegistryError, match="can't be read"):
        load_settings(Path(), {})


def test_zone_begins_with_its_profile() -> None:
    """D-21: a zone has its profile's values and its own in their place."""
    settings = from_toml(
        '[zones."CO.Example"]\nprofile = "irs"\nrole = "registrar"\nrequired_roles = ["tech"]\n'
        'terms = """One\nTwo"""\nredacted = ["fax"]\npublished_roles = ["tech", "admin"]'
    )
    policy = settings.registry_policy().zones["co.example"]
    assert policy.privacy_modes == PROFILES["irs"].privacy_modes
    assert policy.role is ZoneRole.REGISTRAR
    assert policy.required_roles == frozenset({Role.TECH})
    assert policy.published_roles == frozenset({PublicRole.TECH, PublicRole.ADMIN})
    assert policy.terms == ("One", "Two")
    assert policy.redacted == frozenset({Part.FAX})


def test_public_name_of_port_43_is_read_in_any_spelling() -> None:
    """The name by which clients know the door has one form inside."""
    assert from_toml('[whois]\npublic_name = "Whois.Bücher.Example."').whois.public_name == (
        "whois.xn--bcher-kva.example"
    )
    assert from_toml("").whois.public_name is None


def test_zone_says_its_own_words_for_complaints_and_codes() -> None:
    """Text and URLs of the notices are the zone's; an empty URL leaves complaints out."""
    policy = from_toml(
        '[zones.example]\ncomplaint_text = "Wrong data? Tell us"\ncomplaint_url = ""\n'
        'status_url = "https://www.nic.example/codes"'
    ).zones["example"]
    assert policy.notices().complaint_text == "Wrong data? Tell us"
    assert policy.notices().complaint_url is None
    assert policy.notices().status_url == "https://www.nic.example/codes"


def test_named_zones_replace_the_default_one() -> None:
    """Zone example is served by itself only where no setting names a zone."""
    assert set(from_toml('[zones.test]\nprofile = "irs"').registry_policy().zones) == {"test"}
    assert set(from_toml("[zones.test]").registry_policy().zones) == {"test"}


def test_zone_variable_finds_its_zone() -> None:
    """A zone's variable meets the zone of the file, else one with dots at its underscores."""
    settings = from_toml(
        '[zones."co-op.example"]\nprofile = "irs"',
        RDDS_ZONES_CO_OP_EXAMPLE_PROFILE="gtld",
        RDDS_ZONES_CO_EXAMPLE_PRIVACY_MODES="none,withhold,proxy",
        RDDS_ZONES_CO_EXAMPLE_TERMS="One, and the same\nTwo",
    )
    zones = settings.registry_policy().zones
    assert set(zones) == {"co-op.example", "co.example"}
    assert zones["co-op.example"].profile == "gtld"
    assert zones["co.example"].privacy_modes == frozenset(PrivacyMode)
    assert zones["co.example"].terms == ("One, and the same", "Two")


def test_numbers_reach_the_policy() -> None:
    """I-26: day counts, under the names they have at IRS, and the repository reach the rules."""
    policy = from_toml(
        "[lifecycle]\npending_delete_effective = 1\npending_delete_expiry = 2\n"
        '[registry]\nrepository = "NZ_1"\nsmtputf8 = true'
    ).registry_policy()
    assert policy.lifecycle.pending_delete_effective == timedelta(days=1)
    assert policy.lifecycle.pending_delete_expiry == timedelta(days=2)
    assert (policy.repository, policy.smtputf8) == ("NZ_1", True)


def test_public_url_gets_its_slash() -> None:
    """A base URL ends in a slash."""
    url = from_toml('[rdap]\npublic_url = "https://rdap.example/v1"').rdap.public_url
    assert url == "https://rdap.example/v1/"


def test_shown_settings_hide_secrets() -> None:
    """No password or token is ever shown."""
    settings = load_settings(
        None,
        {
            "RDDS_DATABASE_URL": "postgresql://rdds:hush@db/rdds",
            "RDDS_DATABASE_PUBLIC_URL": "postgresql://web:hush@db/rdds?password=hush",
            "RDDS_DATABASE_READ_URLS": "postgresql://rdds:hush@s1/rdds,postgresql://s2/rdds",
            "RDDS_MAIL_SMTP_URL": "smtp://user:hush@mail",
            "RDDS_SMS_TOKEN": "hush",
            "RDDS_SMS_URL": "https://us:hush@sms.example/send?key=hush#hush",
        },
    )
    shown = {each.key: each for each in list_settings(settings)}
    assert "hush" not in repr(shown.values())
    assert shown["database.url"].value == f"postgresql://rdds:{MASK}@db/rdds"
    assert shown["sms.token"].value == MASK
    assert shown["sms.url"].value == f"https://us:{MASK}@sms.example/send?{MASK}#{MASK}"
    assert settings.sms.url == "https://us:hush@sms.example/send?key=hush#hush"
    assert shown["sms.token"].origin == "variable RDDS_SMS_TOKEN"


def test_refusal_repeats_no_secret() -> None:
    """A refused URL is not repeated: it may hold a password."""
    for name in ("RDDS_DATABASE_URL", "RDDS_MAIL_SMTP_URL", "RDDS_SMS_URL", "RDDS_RDAP_PUBLIC_URL"):
        assert "hush" not in refused("", **{name: "gopher://u:hush@h/d"}).message


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("sqlite:///rdds.sqlite3", "sqlite:///rdds.sqlite3"),
        ("sqlite:////var/lib/r.db", "sqlite:////var/lib/r.db"),
        ("postgresql://h/d", "postgresql://h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgresql://u:p@q@h/d", f"postgresql://u:{MASK}@h/d"),
    ],
)
def test_without_password_changes_nothing_else(url: str, masked: str) -> None:
    """Only the password is masked."""
    assert without_password(url) == masked
