"""`rdds import` and `rdds generate`: files in, files out, all or nothing for each."""

from __future__ import annotations

import gzip
import os
import signal
from pathlib import Path

import pytest

from tests.rdds.conftest import Rdds
from tests.store.deposit.deposits import a_domain, small
from tests.store.deposit.deposits import deposit as spelled


@pytest.fixture
def deposit(rdds: Rdds, tmp_path: Path) -> bytes:
    """Give the bytes of a small valid deposit, which is also the file full.xml."""
    assert rdds("generate", "--domains", "20", "--output", "full.xml").status == 0
    return (tmp_path / "full.xml").read_bytes()


def names(rdds: Rdds) -> list[str]:
    """Give the names that the store holds."""
    return [each["name"] for each in rdds("--json", "domain", "list").json["items"]]


def test_generate_is_the_same_for_a_seed(rdds: Rdds, deposit: bytes, tmp_path: Path) -> None:
    """The same seed gives the same bytes, to a file and to standard output."""
    assert rdds("generate", "--domains", "20").out.encode() == deposit
    other = rdds("generate", "--domains", "20", "--seed", "1").out.encode()
    assert other != deposit
    run = rdds("--json", "generate", "--domains", "20", "--output", "again.xml")
    assert run.json == {"file": "again.xml", "domains": 20, "zone": "example", "seed": 0}
    assert (tmp_path / "again.xml").read_bytes() == deposit


def test_generate_prints_one_thing_alone(rdds: Rdds) -> None:
    """Standard output can't hold both the deposit and a JSON object."""
    run = rdds("--json", "generate", "--domains", "1")
    assert (run.status, run.out, run.error["code"]) == (2, "", "USAGE")


def test_generate_takes_any_spelling_of_a_zone(rdds: Rdds) -> None:
    """The zone of a deposit is its A-label."""
    assert ".xn--bcher-kva<" in rdds("generate", "--domains", "1", "--zone", "BÜCHER.").out
    assert rdds("generate", "--domains", "1", "--zone", "a..b").err.startswith("INVALID_NAME: ")


def test_generate_that_fails_leaves_no_file(
    rdds: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a deposit never takes the file's name, and an older one stays."""
    from store.deposit import generate

    (tmp_path / "d.xml").write_text("older")

    def broken(stream: object, **_more: object) -> None:
        stream.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(generate, "write_deposit", broken)
    run = rdds("generate", "--domains", "1", "--output", "d.xml")
    assert (run.status, run.err) == (1, "IO: No space left on device.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["d.xml"]
    assert (tmp_path / "d.xml").read_text() == "older"


def test_generate_that_is_told_to_stop_leaves_no_file(
    rdds: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TERM is taken as INT is: half a deposit goes away."""
    from store.deposit import generate

    def stopped(stream: object, **_more: object) -> None:
        stream.write(b"half")  # type: ignore[attr-defined]
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL  # it would end the tests
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(generate, "write_deposit", stopped)
    run = rdds("generate", "--domains", "1", "--output", "d.xml")
    assert (run.status, run.err) == (1, "INTERRUPTED: Stopped before its end.\n")
    assert list(tmp_path.iterdir()) == []


def test_generate_into_no_folder_names_the_file(rdds: Rdds) -> None:
    """The error names what was asked for, not a name that only the program knows."""
    run = rdds("generate", "--domains", "1", "--output", "gone/d.xml")
    assert run.err == "IO: gone/d.xml: No such file or directory.\n"


def test_generate_writes_to_a_device(rdds: Rdds) -> None:
    """A device is written to, not replaced."""
    assert rdds("generate", "--domains", "1", "--output", "/dev/null").status == 0
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("form", ["plain", "gzip", "stdin", "stdin gzip"])
def test_import_takes_every_form(rdds: Rdds, deposit: bytes, tmp_path: Path, form: str) -> None:
    """Plain, gzip, or standard input, by what it is and not by its name."""
    content = gzip.compress(deposit) if "gzip" in form else deposit
    (tmp_path / "d.any").write_bytes(content)
    run = rdds("import", "-", stdin=content) if "stdin" in form else rdds("import", "d.any")
    assert run.status == 0
    assert run.err == ""  # no progress in a pipe
    assert "20  domain" in run.out
    assert "names a second" in run.out
    assert len(names(rdds)) == 20


def test_import_tells_what_it_did(rdds: Rdds, deposit: bytes) -> None:
    """Under --json the summary of each file is an item."""
    (item,) = rdds("--json", "import", "full.xml").json["items"]
    assert (item["file"], item["type"], item["zones"]) == ("full.xml", "FULL", ["example"])
    assert item["objects"]["domain"] == item["domains"] == 20
    assert {"kind", "count", "examples"} == set(item["remarks"][0])
    assert item["octets"] == len(deposit)
    assert item["watermark"].endswith("Z")


@pytest.mark.usefixtures("deposit")
def test_import_dry_run_loads_nothing(rdds: Rdds, tmp_path: Path) -> None:
    """A dry run says what it would load, and makes neither names nor a store."""
    run = rdds("import", "--dry-run", "full.xml")
    assert run.status == 0
    assert run.out.startswith("would be loaded: full.xml")
    assert not (tmp_path / "rdds.sqlite3").exists()
    rdds("store", "upgrade")
    assert rdds("--json", "import", "--dry-run", "full.xml").json["items"][0]["dry_run"] is True
    assert names(rdds) == []


@pytest.mark.usefixtures("deposit")
def test_second_full_needs_replace(rdds: Rdds) -> None:
    """A zone that the store holds is swapped only by order."""
    assert rdds("import", "full.xml").status == 0
    run = rdds("import", "full.xml")
    assert run.status == 1
    assert "--replace" in run.err
    assert rdds("import", "--replace", "full.xml").status == 0
    assert len(names(rdds)) == 20


def test_defect_is_told_with_line_and_object(rdds: Rdds, deposit: bytes, tmp_path: Path) -> None:
    """A broken deposit changes nothing and says where it is broken."""
    cut = deposit.replace(b"<rdeDomain:registrant>", b"<rdeDomain:registrant>NONE", 1)
    (tmp_path / "broken.xml").write_bytes(cut)
    run = rdds("--json", "import", "broken.xml")
    assert (run.status, run.out) == (1, "")
    assert (run.error["code"], run.error["defect"]) == ("DEFECT", "missing-contact")
    assert isinstance(run.error["line"], int)
    assert run.error["object"].startswith("domain ")
    assert names(rdds) == []
    said = rdds("import", "broken.xml").err
    assert said.startswith("DEFECT: missing-contact: line ")
    assert said.count("\n") == 1
    run = rdds("import", "broken.xml", "--tolerate", "missing-contact")
    assert run.status == 0
    assert "tolerated:missing-contact, 1" in run.out


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08broken", b"<a>", b"\x00" * 100])
def test_no_deposit_is_refused(rdds: Rdds, tmp_path: Path, content: bytes) -> None:
    """Whatever the bytes, the answer is one line with a stable code."""
    (tmp_path / "d.xml").write_bytes(content)
    run = rdds("import", "d.xml")
    assert (run.status, run.err.count("\n")) == (1, 1)
    assert run.err.startswith("DEFECT: ")


def test_each_file_stands_alone(rdds: Rdds, deposit: bytes, tmp_path: Path) -> None:
    """What was loaded before a broken file stays, and is told; the refusal names its file."""
    (tmp_path / "cut.xml").write_bytes(deposit[: len(deposit) // 2])
    run = rdds("--json", "import", "full.xml", "cut.xml")
    assert run.status == 1
    assert [each["file"] for each in run.json["items"]] == ["full.xml"]
    assert run.error["message"].startswith("cut.xml: ")
    assert len(names(rdds)) == 20


def test_what_cannot_be_tolerated_is_wrong_usage(rdds: Rdds, deposit: bytes) -> None:
    """A broken file can't be let pass, and an unknown code is refused with the nearest."""
    run = rdds("import", "full.xml", "--tolerate", "not-well-formed")
    assert (run.status, run.err[:6]) == (2, "USAGE:")
    run = rdds("import", "full.xml", "--tolerate", "mising-host")
    assert run.status == 2
    assert "did you mean missing-host?" in run.err


def test_import_names_its_actor(rdds: Rdds, deposit: bytes) -> None:
    """History has who loaded a name, and through which door."""
    rdds("import", "full.xml")
    items = rdds("--json", "history", "domain", names(rdds)[0]).json["items"]
    assert {each["door"] for each in items} == {"cli"}
    assert all(each["actor"] not in {"", "import"} for each in items)


def test_dry_run_follows_a_chain(rdds: Rdds, tmp_path: Path) -> None:
    """A dry run of several files takes each as the real run does: after those before it."""
    (tmp_path / "full.xml").write_bytes(small())
    later = a_domain("new.example")
    (tmp_path / "diff.xml").write_bytes(spelled(later, type="DIFF", id="D2", previous="D1"))
    chain = ("full.xml", "diff.xml")
    assert rdds("import", *chain[:1]).status == 0
    run = rdds("--json", "import", "--dry-run", "--replace", *chain)
    assert [each["domains"] for each in run.json["items"]] == [1, 2]
    assert names(rdds) == ["shop.example"]
    assert rdds("import", "--dry-run", "--replace", *chain).out.count("would be loaded: ") == 2
    assert rdds("import", "--replace", *chain).status == 0
    assert names(rdds) == ["new.example", "shop.example"]
    again = rdds("import", "--dry-run", "--replace", *chain, "diff.xml")
    assert again.out.count("would be loaded: ") == 2
    assert again.err.startswith("DEFECT: diff.xml: wrong-previous: ")
