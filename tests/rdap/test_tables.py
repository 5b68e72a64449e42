"""The door's tables: total, and in the RFCs' spelling."""

from __future__ import annotations

import pytest

from rdap.door import RdapDoor
from rdap.errors import HTTP_STATUS, Problem, absence_problem, coded_problem, problem_object
from rdap.members import PROFILE
from rdap.replies import problem_reply
from rdap.responses import response
from rdap.statuses import RDAP_ROLE, RDAP_STATUS, status_list
from store.errors import Code, RegistryError, StoreUnavailableError
from store.published import Absence, PublicRole
from store.statuses import Status
from tests.published_values import absent


def test_every_status_has_a_spelling_of_its_own() -> None:
    """RFC 8056 §2: the table is total and no two statuses read alike."""
    assert set(RDAP_STATUS) == set(Status)
    assert len(set(RDAP_STATUS.values())) == len(Status)


def test_spellings_follow_from_the_words_but_two() -> None:
    """conformance.md 3.1: `ok` is active, `linked` associated, all others EPP's words apart."""
    for status, spelling in RDAP_STATUS.items():
        if status is Status.OK:
            assert spelling == "active"
        elif status is Status.LINKED:
            assert spelling == "associated"
        else:
            words = "".join(f" {c.lower()}" if c.isupper() else c for c in status.value)
            assert spelling == words


def test_a_status_is_listed_once() -> None:
    """conformance.md 1.7.9: no duplicates."""
    assert status_list((Status.OK, Status.LINKED, Status.OK)) == ("active", "associated")


def test_every_public_role_has_a_spelling() -> None:
    """RFC 9083 §10.2.4: the table of roles is total."""
    assert set(RDAP_ROLE) == set(PublicRole)
    assert list(RDAP_ROLE.values()) == ["registrant", "administrative", "technical"]


def test_every_code_has_a_status() -> None:
    """The table from codes to HTTP is total and holds error statuses alone."""
    assert set(HTTP_STATUS) == set(Code)
    assert all(400 <= status < 600 for status in HTTP_STATUS.values())


def test_a_failure_inside_never_reads_not_found() -> None:
    """A store that can't be read says 503: 404 would tell the world that a name is free."""
    for code in Code:
        if code.startswith("STORE") or code is Code.PEER_UNREACHABLE:
            assert HTTP_STATUS[code] == 503
    assert coded_problem(StoreUnavailableError("password=hunter2")).status == 503
    assert "hunter2" not in coded_problem(StoreUnavailableError("password=hunter2")).description


def test_a_refusal_carries_its_sentence() -> None:
    """A client's own mistake is explained to it."""
    problem = coded_problem(RegistryError(Code.INVALID_NAME, "Not a legal name."))
    assert (problem.status, problem.description) == (400, "Not a legal name.")


@pytest.mark.parametrize("absence", Absence)
def test_every_absence_is_404_with_a_reason_of_its_own(absence: Absence) -> None:
    """conformance.md 1.2.11, 6.8.3: reserved and blocked names are 404 that explain themselves."""
    problem = absence_problem(absent(absence, by="Brand Shield\r\n"))
    assert problem.status == 404
    others = {absence_problem(absent(other)).description for other in Absence if other != absence}
    assert problem.description not in others
    if absence is Absence.BLOCKED:
        assert "Brand Shield:" in problem.description


@pytest.mark.parametrize(
    ("status", "name"),
    [(404, "Not Found"), (414, "URI Too Long"), (422, "Unprocessable Content")],
)
def test_a_status_has_the_name_of_rfc_9110(status: int, name: str) -> None:
    """RFC 9110 §15.5, on every Python: in the body and in the status line."""
    problem = Problem(status=status, description="x")
    assert problem_object(problem)["title"] == name
    assert response(problem_reply(problem)).reason == name


def test_an_error_body_is_an_rdap_error() -> None:
    """conformance.md 1.3.1: a number, a title, an array of sentences, the conformance."""
    assert problem_object(absence_problem(absent())) == {
        "rdapConformance": ["rdap_level_0", *PROFILE],
        "errorCode": 404,
        "title": "Not Found",
        "description": ["There is no such object here."],
    }


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("https://rdap.nic.example/", "/"),
        ("http://127.0.0.1:8080/", "/"),
        ("https://[2001:db8::1]:8443/rdap/v1/", "/rdap/v1/"),
    ],
)
def test_a_public_url_gives_the_prefix(url: str, prefix: str) -> None:
    """Requests begin with the public URL's path."""
    assert RdapDoor(public_url=url).prefix == prefix


@pytest.mark.parametrize(
    "url",
    [
        "https://rdap.nic.example",
        "https://rdap.nic.example/rdap",
        "rdap.nic.example/",
        "ftp://rdap.nic.example/",
        "https:///rdap/",
        "https://user@rdap.nic.example/",
        "https://rdap.nic.example/?/",
        "https://rdap.nic.example/#/",
        "https://rdap.nic.example:port/",
        "https://bücher.example/",
        "https://rdap.nic.example/a b/",
        "",
    ],
)
def test_a_public_url_that_no_link_can_start_with_is_refused(url: str) -> None:
    """A wrong setting is found at the start, not in an answer."""
    with pytest.raises(RegistryError) as refusal:
        RdapDoor(public_url=url)
    assert refusal.value.code is Code.SETTINGS
