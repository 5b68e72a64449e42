"""Every case is answered by both doors as its golden files say, to the byte."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from rdap.door import RdapDoor
from rdap.replies import answer_target
from store.queries import Answer, Query
from tests.golden.cases import CASES
from whois43.render import answer_bytes

HERE = Path(__file__).parent
DOOR = RdapDoor(public_url="https://rdap.registry.example/")


class _Told:
    """A reader that always gives the one answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def answer(self, _query: Query) -> Answer:
        return self._answer


def _compare(path: Path, found: bytes, *, rewrite: bool) -> None:
    if rewrite:
        path.write_bytes(found)
    assert path.read_bytes() == found


# Port 43 has no question for a contact by its handle.
WHOIS_CASES = sorted(CASES.keys() - {"entity"})


@pytest.mark.parametrize("name", WHOIS_CASES)
def test_whois_answer_is_the_golden_one(name: str, request: pytest.FixtureRequest) -> None:
    """Port 43 prints the case's text, line ends included."""
    _, answer = CASES[name]
    rewrite = request.config.getoption("--golden")
    _compare(HERE / f"{name}.whois", answer_bytes(answer()), rewrite=rewrite)


@pytest.mark.parametrize("name", CASES)
async def test_rdap_answer_is_the_golden_one(name: str, request: pytest.FixtureRequest) -> None:
    """RDAP sends the case's document; it stands here indented, for people."""
    target, answer = CASES[name]
    reply = await answer_target(f"/{target}", reader=_Told(answer()), door=DOOR)
    found = orjson.dumps(orjson.loads(reply.body), option=orjson.OPT_INDENT_2) + b"\n"
    rewrite = request.config.getoption("--golden")
    _compare(HERE / f"{name}.rdap.json", found, rewrite=rewrite)


def test_golden_folder_holds_no_file_without_a_case() -> None:
    """A case that is gone leaves no files behind."""
    expected = {f"{name}.rdap.json" for name in CASES} | {f"{name}.whois" for name in WHOIS_CASES}
    found = {path.name for path in HERE.iterdir() if path.suffix in {".whois", ".json"}}
    assert found == expected
