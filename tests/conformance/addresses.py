"""Spellings of hosts, web addresses and mail addresses."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

__all__ = ["HOST", "is_mail_address", "is_web_url"]

HOST = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{1,63}", re.IGNORECASE
)
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def is_web_url(text: Any) -> bool:
    """Tell whether *text* is an absolute http or https URL with a valid ASCII host."""
    if not isinstance(text, str) or not text.isascii() or re.search(r"[\s<>\"{}|\\^`]", text):
        return False
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    if ":" in parts.hostname:
        return _is_address(parts.hostname)
    return HOST.fullmatch(parts.hostname.rstrip(".")) is not None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_mail_address(text: str) -> bool:
    """Tell whether *text* is an ASCII dot-atom at a dotted domain."""
    local, _, domain = text.rpartition("@")
    return bool(LOCAL_PART.fullmatch(local)) and "." in domain and bool(HOST.fullmatch(domain))
