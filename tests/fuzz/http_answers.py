"""What came back over one HTTP connection, cut into answers that are all of RDAP's form."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

__all__ = ["HttpAnswer", "assert_is_rdap", "read_answers"]

MEDIA_TYPE = "application/rdap+json"
ERRORS = frozenset({400, 404, 405, 412, 414, 422, 431, 501, 505})  # those a client can cause
BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One response: its status, its fields by lower-case name, its body as it was sent."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def document(self) -> bytes:
        """Give the body without its coding."""
        if self.fields.get("content-encoding") == "gzip":
            return zlib.decompress(self.body, wbits=31)
        return self.body


def read_answers(stream: bytes, *, heads_alone: bool) -> list[HttpAnswer]:
    """Cut *stream* into whole responses, each checked; nothing is left over.

    *heads_alone*: some of the questions may be HEAD, whose answers have no body.
    """
    answers = []
    while stream:
        head, blank_line, rest = stream.partition(b"\r\n\r\n")
        assert blank_line, "a head without an end"
        status, fields = _head(head)
        body = b""
        if status in BODILESS:
            assert status == 204 or "content-length" not in fields
        elif not (heads_alone and (not rest or rest.startswith(b"HTTP/1."))):
            length = int(fields["content-length"])
            assert length <= len(rest), "a body cut short"
            body, rest = rest[:length], rest[length:]
        answer = HttpAnswer(status, fields, body)
        assert status in BODILESS or fields["content-type"] == MEDIA_TYPE
        assert fields["access-control-allow-origin"] == "*"
        if body:
            assert_is_rdap(status, answer.document)
        answers.append(answer)
        stream = rest
    return answers


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    line, *lines = head.decode("ascii").split("\r\n")
    version, status, phrase = line.split(" ", 2)
    assert version in {"HTTP/1.0", "HTTP/1.1"}
    assert phrase
    fields: dict[str, str] = {}
    for each in lines:
        name, colon, value = each.partition(": ")
        assert colon
        assert name.lower() not in fields, f"{name} twice"
        fields[name.lower()] = value
    return int(status), fields


def assert_is_rdap(status: int, body: bytes) -> dict[str, Any]:
    """See that *body* is one JSON object that says *status*, and give it."""
    document = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    assert isinstance(document, dict)
    assert "rdap_level_0" in document["rdapConformance"]
    assert b"<" not in body  # conformance.md 1.3.5
    if status == 200:
        assert "errorCode" not in document
    else:
        assert status in ERRORS, status
        assert document["errorCode"] == status
        assert all(isinstance(line, str) for line in document["description"])
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs), "a member twice"
    return found
