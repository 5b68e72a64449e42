"""Failures that have a page of their own."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ProblemError"]


class ProblemError(Exception):
    """There is no page: the HTTP *status* that says why, and *fields* to send with it."""

    def __init__(self, status: int, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.fields = dict(fields or {})
