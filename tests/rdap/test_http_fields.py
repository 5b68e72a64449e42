"""Any value of the header fields that are read: an RDAP answer, never a fault."""

from __future__ import annotations

import asyncio
import gzip
import logging
from ipaddress import ip_network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rdap.doors import Response, a_door

FIELDS = (
    "Accept",
    "Accept-Encoding",
    "If-None-Match",
    "If-Match",
    "X-Forwarded-For",
    "Forwarded",
    "Authorization",
    "Accept-Language",
    "Range",
    "If-Modified-Since",
)
VALUES = st.text(
    alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
    max_size=80,
) | st.text(alphabet=' ",;=*\\q01.gzipW/for:[]', max_size=80)


async def _ask(fields: list[tuple[str, str]]) -> Response:
    trusted = (ip_network("127.0.0.0/8"),)
    async with a_door(trusted_proxies=trusted) as door:
        return await door.ask(
            "/rdap/domain/shop.example", fields=tuple(f"{name}: {value}" for name, value in fields)
        )


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), VALUES), max_size=6))
def test_any_fields_get_an_answer(
    caplog: pytest.LogCaptureFixture, fields: list[tuple[str, str]]
) -> None:
    """Whole, not changed, under a condition, or refused as malformed; and nothing in the log."""
    response = asyncio.run(_ask(fields))
    assert response.status in {200, 304, 400, 412}
    assert response.headers["access-control-allow-origin"] == "*"
    if response.status == 304:
        assert response.body == b""
        return
    body = response.body
    if response.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    assert body.startswith(b'{"rdapConformance":[')
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
