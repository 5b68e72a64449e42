"""The settings of what stands before the doors."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from rdds.settings import load_settings
from store.errors import Code, RegistryError


def test_nothing_is_trusted_by_default() -> None:
    """No preface, no proxy."""
    read = load_settings(None, {})
    assert not read.whois.proxy_protocol
    assert not read.rdap.proxy_protocol
    assert read.rdap.client_field == "x-forwarded-for"
    assert read.limits.trusted_proxies == ()


@pytest.mark.parametrize("door", ["whois", "rdap"])
def test_the_protocol_needs_a_proxy(door: str, tmp_path: Path) -> None:
    """Without one every connection would be direct, and the setting a mistake."""
    file = tmp_path / "rdds.toml"
    file.write_text(f"[{door}]\nproxy_protocol = true\n", encoding="utf-8")
    with pytest.raises(RegistryError) as refused:
        load_settings(file, {})
    assert refused.value.code is Code.SETTINGS
    assert refused.value.field == f"{door}.proxy_protocol"
    read = load_settings(file, {"RDDS_LIMITS_TRUSTED_PROXIES": "192.0.2.1, 2001:db8::/64"})
    assert getattr(read, door).proxy_protocol
    assert read.limits.trusted_proxies == (
        ip_network("192.0.2.1/32"),
        ip_network("2001:db8::/64"),
    )


def test_one_field_names_the_client() -> None:
    """`forwarded` or `x-forwarded-for`; any other word is refused."""
    named = load_settings(None, {"RDDS_RDAP_CLIENT_FIELD": "forwarded"})
    assert named.rdap.client_field == "forwarded"
    with pytest.raises(RegistryError) as refused:
        load_settings(None, {"RDDS_RDAP_CLIENT_FIELD": "x-real-ip"})
    assert refused.value.field == "rdap.client_field"
