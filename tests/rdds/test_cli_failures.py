"""Errors of the command line: one line, the right status, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rdds.cli import failures
from rdds.cli.failures import failure_of, one_line
from rdds.settings import Settings
from store.errors import Code, RegistryError, StoreUnavailableError
from tests.rdds.conftest import Rdds, Run, closed


def clean_environment() -> dict[str, str]:
    """Give this process's environment without settings of rdds."""
    return {key: value for key, value in os.environ.items() if not key.startswith("RDDS_")}


def assert_one_line(run: Run, code: str, status: int) -> None:
    """See that *run* failed with one line and nothing else."""
    assert run.status == status
    assert run.out == ""
    assert run.err.startswith(f"{code}: ")
    assert run.err.count("\n") == 1
    assert run.err.endswith("\n")


def test_statuses_know_every_code() -> None:
    """Every code of the product has an exit status."""
    assert set(failures.statuses()) == set(Code)


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        ((), "USAGE", 2),
        (("contact",), "USAGE", 2),
        (("contcat",), "USAGE", 2),
        (("contact", "shw", "A"), "USAGE", 2),
        (("contact", "show"), "USAGE", 2),
        (("contact", "show", "AROHA1", "more"), "USAGE", 2),
        (("contact", "create", "AROHA1"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--nme", "x"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--name"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--kind", "robot"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--disclose", "street"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--add-status", "linekd"), "USAGE", 2),
        (("contact", "update", "AROHA1", *["--street", "x"] * 4), "USAGE", 2),
        (("contact", "update", "AROHA1", "--name", "\udcff"), "USAGE", 2),
        (("contact", "list", "--state", "gone"), "USAGE", 2),
        (("domain", "update", "shop.example", "--privacy", "withold"), "USAGE", 2),
        (("domain", "update", "shop.example", "--privacy", "none:SHIELD"), "USAGE", 2),
        (("domain", "update", "shop.example", "--privacy", "proxy:"), "USAGE", 2),
        (("domain", "update", "shop.example", "--dispute", "maybe"), "USAGE", 2),
        (("reserved-name", "add", "www.example", "--by", "me"), "USAGE", 2),
        (("history", "zone", "example"), "USAGE", 2),
        (("serve", "--whois", "nowhere"), "USAGE", 2),
        (("serve", "--workers", "0"), "USAGE", 2),
        (("generate", "--domains", "-1"), "USAGE", 2),
        (("import",), "USAGE", 2),
        (("import", "gone.xml"), "USAGE", 2),
        (("import", "."), "USAGE", 2),
        (("import", "-", "--tolerate", "missing-contct"), "USAGE", 2),
        (("--config", "gone.toml", "settings", "show"), "SETTINGS", 2),
        (("domain", "show", "a..b"), "INVALID_NAME", 1),
        (("domain", "show", "gone.example"), "NOT_FOUND", 1),
        (("contact", "show", "GONE"), "NOT_FOUND", 1),
        (("contact", "show", ""), "MISSING_VALUE", 1),
        (("contact", "list", "--registrar", ""), "MISSING_VALUE", 1),
        (("domain", "create", "new.example", "--registrar", ""), "MISSING_VALUE", 1),
        (("domain", "list", "--contact", " "), "MISSING_VALUE", 1),
        (("domain", "create", "example", "--registrar", "REG1"), "UNSERVED_ZONE", 1),
        (("history", "contact", ""), "MISSING_VALUE", 1),
        (("contact", "update", "AROHA1"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--dry-run"), "USAGE", 2),
        (("domain", "update", "shop.example"), "USAGE", 2),
        (("host", "update", "ns1.example.net"), "USAGE", 2),
        (("registrar", "update", "REG1"), "USAGE", 2),
        (("privacy-service", "update", "SHIELD"), "USAGE", 2),
        (("contact", "update", "AROHA1", "--city", "x", "--city", "y"), "USAGE", 2),
        (("contact", "list", "--state=linked", "--state", "linked"), "USAGE", 2),
        (("domain", "update", "shop.example", *["--expires", "2040-01-01"] * 2), "USAGE", 2),
        (("--config", "a", "--config", "b", "contact", "list"), "USAGE", 2),
        (("domain", "update", "shop.example", *["--tech", "AROHA1"] * 2), "POLICY", 1),
        (
            (
                "domain",
                "create",
                "new.example",
                "--registrar",
                "REG1",
                "--registrant",
                "AROHA1",
                "--admin",
                "AROHA1",
                "--tech",
                "AROHA1",
                "--tech",
                "TAMA22",
            ),
            "POLICY",
            1,
        ),
        (("host", "show", "ns1.gone.example"), "NOT_FOUND", 1),
        (("registrar", "show", "GONE"), "NOT_FOUND", 1),
        (("privacy-service", "show", "GONE"), "NOT_FOUND", 1),
        (("privacy-service", "aliases", "GONE"), "NOT_FOUND", 1),
        (("history", "contact", "GONE"), "NOT_FOUND", 1),
        (("contact", "list", "--registrar", "GONE"), "NOT_FOUND", 1),
        (("domain", "list", "--contact", "GONE"), "NOT_FOUND", 1),
        (("contact", "update", "AROHA1", "--voice", "0800"), "INVALID_VALUE", 1),
        (("contact", "update", "AROHA1", "--name", ""), "MISSING_VALUE", 1),
        (("contact", "update", "AROHA1", "--name", "a\x00b"), "INVALID_VALUE", 1),
        (("contact", "update", "AROHA1", "--name", "x" * 100_000), "INVALID_VALUE", 1),
        (("contact", "update", "AROHA1", "--auth-info", "short"), "INVALID_VALUE", 1),
        (("contact", "delete", "AROHA1"), "IN_USE", 1),
        (("domain", "create", "shop.example", "--registrar", "REG1"), "EXISTS", 1),
        (("domain", "create", "shop.test", "--registrar", "REG1"), "UNSERVED_ZONE", 1),
        (("domain", "create", "new.example", "--registrar", "REG1"), "ROLE_REQUIRED", 1),
        (("domain", "create", "new.example", "--registrar", "GONE"), "NOT_FOUND", 1),
        (("domain", "update", "shop.example", "--admin", ""), "ROLE_REQUIRED", 1),
        (("domain", "update", "shop.example", "--expires", "tomorrow"), "INVALID_VALUE", 1),
        (("domain", "update", "shop.example", "--expires", "2030-02-30"), "INVALID_VALUE", 1),
        (("domain", "update", "shop.example", "--add-ds", "1 2"), "INVALID_VALUE", 1),
        (
            ("domain", "update", "shop.example", "--registrant", "TAMA22", "--dispute", "open"),
            "POLICY",
            1,
        ),
        (("domain", "update", "shop.example", "--privacy", "withhold"), "POLICY", 1),
        (("registrar", "update", "REG1", "--gurid", "-5"), "INVALID_VALUE", 1),
        (("registrar", "delete", "REG1"), "IN_USE", 1),
        (("reserved-name", "remove", "www.example"), "NOT_FOUND", 1),
    ],
)
def test_bad_input_is_refused_in_one_line(
    stocked: Rdds, words: tuple[str, ...], code: str, status: int
) -> None:
    """Each class of bad input gives its code, its status, one line; the store is as it was."""
    before = stocked("domain", "show", "shop.example").out + stocked("contact", "list").out
    assert_one_line(stocked(*words), code, status)
    after = stocked("domain", "show", "shop.example").out + stocked("contact", "list").out
    assert before == after


@pytest.mark.parametrize("place", [0, 1, 2, 5])
def test_json_error_is_one_object_on_standard_error(stocked: Rdds, place: int) -> None:
    """With --json an error has code, message and field; standard output holds nothing."""
    words = ["contact", "update", "AROHA1", "--voice", "0800"]
    run = stocked(*words[:place], "--json", *words[place:])
    assert (run.status, run.out) == (1, "")
    assert run.error["code"] == "INVALID_VALUE"
    assert run.error["field"] == "voice"
    assert run.error["message"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("contact", "create", "AROHA1", "--name", "x"), "registrar"),
        (("contact", "update", "AROHA1", "--kind", "robot"), "kind"),
        (("domain", "update", "shop.example", "--remove-ds", "x"), "remove_ds"),
        (("domain", "update", "shop.example", "--expires", "x"), "expires"),
        (("registrar", "update", "REG1", "--gurid", "x"), "gurid"),
        (("contact", "update", "AROHA1", "--fax-ext", "1"), "fax_ext"),
    ],
)
def test_json_error_names_the_option(stocked: Rdds, words: tuple[str, ...], field: str) -> None:
    """The field of an error is the option's name with underscores."""
    assert stocked("--json", *words).error["field"] == field


def test_flag_given_twice_is_no_mistake(stocked: Rdds) -> None:
    """What takes no value may be said again."""
    run = stocked("--json", "contact", "update", "AROHA1", "--city", "Otaki", "--dry-run",
                  "--dry-run", "--json")  # fmt: skip
    assert run.json["changes"]["city"] == ["Wellington", "Otaki"]


def test_second_contact_for_a_role_names_the_role(stocked: Rdds) -> None:
    """I-03: a name has one contact for each role; the second is refused, not preferred."""
    run = stocked("--json", "domain", "update", "shop.example", "--tech", "AROHA1",
                  "--tech", "TAMA22")  # fmt: skip
    assert (run.status, run.error["code"], run.error["field"]) == (1, "POLICY", "tech")


@pytest.mark.parametrize(
    ("words", "as_json"),
    [
        (("contact", "show", "GONE", "--json"), True),
        (("contact", "update", "GONE", "--org", "--json"), False),
        (("contact", "update", "GONE", "--org=x", "--json"), True),
        (("contact", "update", "GONE", "--org", "--json", "--json"), True),
        (("contact", "update", "GONE", "--org", "--json", "--kind", "robot"), False),
        (("contact", "show", "--", "--json"), False),
        (("contact", "update", "GONE", "--nme", "x", "--json"), True),
        (("--config", "--json", "contact", "show", "GONE"), False),
        (("contcat", "--json"), True),
    ],
)
def test_json_as_a_value_is_no_wish(
    stocked: Rdds, words: tuple[str, ...], *, as_json: bool
) -> None:
    """The word --json counts where it is an option, also for errors before it is read."""
    run = stocked(*words)
    assert run.status != 0
    assert run.err.startswith('{"error"') == as_json


@pytest.mark.parametrize(
    "words",
    [("",), ("contact", ""), ("contact", "list", "--state", ""), ("history", "", "AROHA1"),
     ("domain", "update", "shop.example", "--privacy", "")],
)  # fmt: skip
def test_nothing_is_near_to_nothing(rdds: Rdds, words: tuple[str, ...]) -> None:
    """An empty word is refused without a guess at what it meant."""
    run = rdds(*words)
    assert_one_line(run, "USAGE", 2)
    assert "did you mean" not in run.err.lower()


def test_zone_itself_is_told_from_a_strange_name(stocked: Rdds) -> None:
    """Who tries to register a served zone hears that it is one."""
    run = stocked("domain", "create", "example", "--registrar", "REG1")
    assert run.err == "UNSERVED_ZONE: example is a zone served here, not a name below one.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "show", "AROHA1"),
        ("contact", "list"),
        ("domain", "list"),
        ("history", "contact", "AROHA1"),
        ("reserved-name", "list"),
        ("store", "version"),
        ("store", "backup", "copy.sqlite3"),
    ],
)
def test_reading_command_makes_no_store(rdds: Rdds, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Where there is no store a reading command says so and makes none."""
    assert_one_line(rdds(*words), "STORE_MISSING", 3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("contact", "list"), ("contact", "delete", "AROHA1")])
def test_file_that_is_no_store_is_refused(
    rdds: Rdds, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A file of something else is left alone."""
    (tmp_path / "rdds.sqlite3").write_bytes(b"not a database" * 100)
    assert_one_line(rdds(*words), "STORE_UNAVAILABLE", 3)
    assert (tmp_path / "rdds.sqlite3").read_bytes() == b"not a database" * 100


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "sqlite:///gone/rdds.sqlite3",
        "sqlite:////proc/version",
    ],
)
def test_unreachable_store_is_status_three(
    rdds: Rdds, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A server or folder that isn't there is no refusal but an unreachable store."""
    monkeypatch.setenv("RDDS_DATABASE_URL", url)
    run = rdds("registrar", "create", "REG1", "--name", "x")
    assert run.status == 3
    assert run.err.startswith("STORE_")
    assert run.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "list"),
        ("registrar", "create", "REG2", "--name", "x"),
        ("registrar", "create", "REG2", "--name", "x", "--dry-run"),
        ("store", "version"),
        ("store", "upgrade"),
        ("store", "upgrade", "--dry-run"),
        ("store", "backup", "copy.sqlite3"),
    ],
)
def test_closed_folder_is_status_three(
    stocked: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A store in a folder that may not be entered is an unreachable one."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "rdds.sqlite3").rename(folder / "rdds.sqlite3")
    monkeypatch.setenv("RDDS_DATABASE_URL", "sqlite:///folder/rdds.sqlite3")
    with closed(folder):
        run = stocked(*words)
    assert_one_line(run, "STORE_UNAVAILABLE", 3)


def test_settings_in_a_closed_place_are_passed_over(rdds: Rdds, tmp_path: Path) -> None:
    """A folder that may not be searched has no settings; a file that may not be read is told."""
    file = tmp_path / "rdds.toml"
    file.write_text("[whois]\npatience = 3")
    with closed(tmp_path):
        said = rdds("--json", "settings", "check").json
        assert (said["sound"], said["file"]) == (True, None)
    with closed(file):
        run = rdds("settings", "check")
    assert_one_line(run, "SETTINGS", 2)
    assert "rdds.toml" in run.err


def test_settings_error_names_the_key(rdds: Rdds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad setting stops every command that needs settings, naming the key."""
    monkeypatch.setenv("RDDS_WHOIS_PATIENCE", "soon")
    run = rdds("--json", "contact", "list")
    assert run.status == 2
    assert run.error["code"] == "SETTINGS"
    assert run.error["field"] == "whois.patience"


def test_unexpected_exception_is_one_line_without_its_text(
    rdds: Rdds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of our own is told as one, without anybody's data and without a traceback."""

    def broken(_settings: Settings) -> None:
        raise LookupError("aroha@example.net")

    monkeypatch.setattr(Settings, "registry_policy", broken)
    run = rdds("settings", "show")
    assert_one_line(run, "INTERNAL", 1)
    assert "aroha" not in run.err
    assert "LookupError" in run.err


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (KeyboardInterrupt(), "INTERRUPTED", 1),
        (PermissionError(13, "Permission denied", "deposit.xml"), "IO", 1),
        (MemoryError(), "INTERNAL", 1),
        (RegistryError(Code.CONFLICT, "Stale."), "CONFLICT", 1),
        (StoreUnavailableError("Busy.", code=Code.STORE_BUSY), "STORE_BUSY", 3),
    ],
)
def test_failure_of_gives_code_and_status(error: BaseException, code: str, status: int) -> None:
    """Each kind of exception has a code and a status."""
    failure = failure_of(error)
    assert (failure.code, failure.status) == (code, status)
    assert "\n" not in failure.message


def test_one_line_keeps_control_characters_out() -> None:
    """No control, line separator, bidi override or lone surrogate reaches a terminal."""
    assert one_line("a\x1b[2J\r\nb\u2028c\u202ed\x85e\udc80f") == "a [2J b c d e f"


def run_module(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Run ``python -m rdds`` in a process of its own."""
    command = [sys.executable, "-m", "rdds", *words]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, check=False, text=True, env=clean_environment(), **more
    )


def test_module_runs_as_the_command(tmp_path: Path) -> None:
    """`python -m rdds` is the command line."""
    done = run_module("--json", "settings", "check", cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout).items() >= {"sound": True, "file": None}.items()


def test_full_disk_is_one_line(tmp_path: Path) -> None:
    """Output that can't be written is an error of one line."""
    with Path("/dev/full").open("w") as full:
        done = run_module("settings", "show", cwd=tmp_path, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == "IO: No space left on device.\n"


def test_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """A pipe that is closed at the other end makes no noise."""
    read, write = os.pipe()
    os.close(read)
    done = run_module("settings", "show", cwd=tmp_path, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_closed_output_is_no_error(tmp_path: Path) -> None:
    """A shell may close both streams."""
    command = f'"{sys.executable}" -m rdds settings show >&- 2>&-'
    done = subprocess.run(["sh", "-c", command], check=False, cwd=tmp_path, env=clean_environment())
    assert done.returncode == 0


def test_interrupt_is_one_line(tmp_path: Path) -> None:
    """INT in the middle of a command ends it in one line."""
    command = [sys.executable, "-m", "rdds", "import", "-"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin is not None
        running.stdin.write(b"<?xml version='1.0'?>\n<rde:deposit" + b" " * 100_000)
        running.stdin.flush()  # it has read some of it once this many octets are taken
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert out == b""
    assert b"Traceback" not in err
    assert running.returncode == 1
    assert err == b"INTERRUPTED: Stopped before its end.\n"
