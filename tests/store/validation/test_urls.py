from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.validation.urls import check_server_name, check_url
from tests.store.validation.refusals import outcome, refused


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://www.registrar.example", "https://www.registrar.example"),
        (" HTTP://WWW.Registrar.Example/A?b=C#d\n", "http://www.registrar.example/A?b=C#d"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://r.example:8443/rdap/", "https://r.example:8443/rdap/"),
        ("https://r.example/ü?q=ü", "https://r.example/%C3%BC?q=%C3%BC"),
        ("https://r.example/a%20b", "https://r.example/a%20b"),
        ("http://192.0.2.1:80/", "http://192.0.2.1:80/"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        ("https://r.example/" + "a" * 1006, "https://r.example/" + "a" * 1006),
    ],
)
def test_url_is_stored_in_ascii(typed: str, stored: str) -> None:
    """The host is in A-labels and lower case, the rest encoded and otherwise as typed."""
    assert check_url(typed, field="url") == stored


@pytest.mark.parametrize(
    "typed",
    [
        "www.registrar.example", "//r.example/", "ftp://r.example/", "javascript:alert(1)",
        "https:///path", "https://", "https://r.example/a b", "https://user@r.example/",
        "https://user:pass@r.example/", "https://r.example:0/", "https://r.example:65536/",
        "https://r.example:x/", "https://[::1/", "https://[fe80::1%25eth0]/",
        "https://256.1.1.1/", "https://-r.example/", "https://r..example/", "https://intern/",
        "https://r.example/<script>", 'https://r.example/"', "https://r.example/%zz",
        "https://r.example/\x00", "https://r.example/\u202e", "https://r_x.example/",
        "https://r.example/" + "a" * 1007, "https://r.example/" + "ü" * 200,
    ],
)  # fmt: skip
def test_text_that_is_no_public_url_is_refused(typed: str) -> None:
    """Only http and https, a legal host, no blanks, no controls, 1024 characters at most."""
    with refused(Code.INVALID_VALUE, "rdap_url"):
        check_url(typed, field="rdap_url")


@given(st.text() | st.text(max_size=30).map("https://".__add__))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    """What passes is printable ASCII without blanks and passes again."""
    url = outcome(lambda: check_url(text, field="url"))
    if isinstance(url, RegistryError):
        return
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    assert check_url(url, field="url") == url


@pytest.mark.parametrize("check", [lambda text: check_url(text, field="url"), check_server_name])
def test_empty_value_is_missing(check: object) -> None:
    """Whether a value may be missing is for the caller, who does not ask then."""
    assert callable(check)
    with pytest.raises(RegistryError) as caught:
        check(" ")
    assert caught.value.code is Code.MISSING_VALUE


def test_server_name_is_a_host_in_a_labels() -> None:
    """A WHOIS server is named, with one trailing dot at most (D-09)."""
    assert check_server_name(" WHOIS.Bücher.Example. ") == "whois.xn--bcher-kva.example"


@pytest.mark.parametrize(
    "typed",
    ["whois", "whois.example..", "whois.example:43", "http://w.example", "192.0.2.1", "a b.c"],
)
def test_text_that_is_no_server_name_is_refused(typed: str) -> None:
    """Neither a single label nor an address nor a URL nor a port."""
    with refused(Code.INVALID_NAME, "whois_server"):
        check_server_name(typed)
