"""One server with the shipped sample for all who ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.running import Asker
from tests.end_to_end.programs import Program

SETTINGS = """\
[rdap]
searches = "all"

[zones.example]
profile = "gtld"

[zones."co.example"]
profile = "irs"
"""


@pytest.fixture(scope="session")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """Give somebody who asks a server of the sample, every search switched on."""
    folder = tmp_path_factory.mktemp("conformance")
    url = f"sqlite:///{folder / 'rdds.sqlite3'}"
    with Program(folder, url, SETTINGS).serve("--demo", "--workers", "1") as serving:
        yield Asker(serving)
