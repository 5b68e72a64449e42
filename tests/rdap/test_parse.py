"""The parser: from any request target to a question or a problem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.errors import Problem
from rdap.members import asked_url
from rdap.parse import origin_form, parse_target
from rdap.search.question import SearchQuestion
from store.queries import FindDomain, FindEntity, FindHelp, FindHost


def _status(target: str, prefix: str = "/") -> int:
    parsed = parse_target(target, prefix=prefix)
    assert isinstance(parsed, Problem), parsed
    return parsed.status


@pytest.mark.parametrize(
    "spelling",
    [
        "shop.example",
        "SHOP.Example",
        "shop.example.",
        "shop%2Eexample",
        "%73hop.example",
        "shop.example?_=123",
        "shop.example?name=other.example&x=%zz",
        "%EF%BD%93%EF%BD%88%EF%BD%8F%EF%BD%90.example",
        "shop%E3%80%82example",
    ],
)
def test_every_spelling_of_a_name_asks_for_one_object(spelling: str) -> None:
    """D-09: letter case, one trailing dot, escapes, wide forms and cache busters change nothing."""
    assert parse_target(f"/domain/{spelling}") == FindDomain(name="shop.example")


@pytest.mark.parametrize(
    "spelling", ["xn--bcher-kva.example", "b%C3%BCcher.example", "B%C3%9CCHER.EXAMPLE"]
)
def test_u_label_and_a_label_ask_for_one_object(spelling: str) -> None:
    """conformance.md 1.5.3: both forms of an internationalised name are one question."""
    assert parse_target(f"/domain/{spelling}") == FindDomain(name="xn--bcher-kva.example")
    assert parse_target(f"/nameserver/{spelling}") == FindHost(name="xn--bcher-kva.example")


def test_a_handle_keeps_its_letters_and_slashes() -> None:
    """conformance.md 1.5.11: `%2F` decodes to a slash inside the handle."""
    assert parse_target("/entity/Abc%2F1-EXAMPLE") == FindEntity(handle="Abc/1-EXAMPLE")


def test_help_is_a_question() -> None:
    """RFC 9082 §3.1.6."""
    assert parse_target("/help") == FindHelp()


def test_a_segment_is_decoded_once() -> None:
    """conformance.md 1.4.8: `%2565` never becomes `e`."""
    assert parse_target("/entity/%2565") == FindEntity(handle="%65")
    assert _status("/domain/%2565xample.example") == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/domain/a..example", 400),
        ("/domain/shop.example..", 400),
        ("/domain/-shop.example", 400),
        ("/domain/sh_op.example", 400),
        ("/domain/ab--cd.example", 400),
        ("/domain/xn--0.example", 400),
        (f"/domain/{'a' * 64}.example", 400),
        (f"/domain/{'.'.join(['a' * 60] * 5)}", 400),
        ("/domain/%", 400),
        ("/domain/%4", 400),
        ("/domain/%zz.example", 400),
        ("/domain/%FF.example", 400),
        ("/domain/%ED%A0%80.example", 400),
        ("/domain/shop.example%00", 400),
        ("/domain/shop%0D%0A.example", 400),
        ("/entity/a%09b", 400),
        ("/entity/a%C2%85b", 400),
        ("/domain", 400),
        ("/domain/", 400),
        ("/domain/shop.example/", 400),
        ("//domain/shop.example", 400),
        ("/domain//shop.example", 400),
        ("/", 404),
        ("/domain/shop.example/more", 404),
        ("/help/more", 404),
        ("/Domain/shop.example", 404),
        ("/index.html", 404),
        ("/../etc/passwd", 404),
        ("/domains", 400),
        ("/domains?name=a*", 501),
        ("/domains/reverse_search/entity", 501),
        ("/nameservers?ip=nowhere", 400),
        ("/entities?fn=A*", 501),
        ("/ip/192.0.2.0/24", 501),
        ("/autnum/64496", 501),
        ("/domain/" + "a" * 5000, 414),
        ("/" + "a" * 5000, 414),
        ("/domain/shop.example?_=" + "a" * 4096, 414),
        ("/help?" + "a" * 4097, 414),
    ],
)
def test_a_bad_path_gets_its_status(path: str, status: int) -> None:
    """conformance.md 1.2.6, 1.2.9, 1.4.3, 1.4.7, 1.12.1, 1.12.2."""
    assert _status(path) == status


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/domain", "Nothing is named: ask for domain/NAME."),
        ("/domain/", "Nothing is named: ask for domain/NAME."),
        ("/entity/", "Nothing is named: ask for entity/HANDLE."),
        ("/domain/shop.example/", "The path ends in a slash."),
        ("/domain//shop.example", "The path has an empty segment."),
        ("//", "The path has an empty segment."),
        ("/domain/%zz", "The path is not UTF-8 in whole percent-escapes, or holds controls."),
        ("/domain/%zz/", "The path is not UTF-8 in whole percent-escapes, or holds controls."),
    ],
)
def test_a_bad_path_is_told_what_is_wrong(path: str, sentence: str) -> None:
    """Each fault of form has a sentence of its own, without a word of what was sent (1.3.5)."""
    assert parse_target(path) == Problem(status=400, description=sentence)


@pytest.mark.parametrize("length", [256, 4000, 10_000])
def test_a_handle_too_long_is_nobodys(length: int) -> None:
    """conformance.md 1.12.3: answered without asking the store."""
    assert _status("/entity/" + "a" * length) == 404


def test_a_handle_of_the_longest_length_is_asked() -> None:
    """The limit counts characters after decoding, not bytes."""
    assert parse_target("/entity/" + "%C3%A9" * 255) == FindEntity(handle="é" * 255)


def test_only_the_prefix_is_served() -> None:
    """Requests begin with the path of the public URL; nothing is beside it."""
    assert parse_target("/rdap/help", prefix="/rdap/") == FindHelp()
    assert _status("/help", prefix="/rdap/") == 404
    assert _status("/rdap", prefix="/rdap/") == 404
    assert _status("/rdap/", prefix="/rdap/") == 404
    assert _status("/rdaphelp", prefix="/rdap/") == 404


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/help", "/help"),
        ("http://rdap.example/help?x", "/help?x"),
        ("HTTPS://rdap.example:443/domain/a.example", "/domain/a.example"),
        ("http://rdap.example", "/"),
        ("*", "*"),
        ("", ""),
    ],
)
def test_a_full_url_is_read_as_its_path(target: str, path: str) -> None:
    """RFC 9112 §3.2.2: servers take the absolute form too."""
    assert origin_form(target) == path


@given(
    st.one_of(
        st.text(),
        st.builds(
            "/{}/{}".format,
            st.sampled_from(["domain", "nameserver", "entity", "help", "domains", "ip"]),
            st.text(),
        ),
        st.binary().map(lambda raw: "/domain/" + "".join(f"%{byte:02x}" for byte in raw)),
        st.binary().map(lambda raw: "/" + raw.decode("utf-8", "surrogateescape")),
    )
)
def test_the_parser_never_raises(target: str) -> None:
    """Any text gives a question with clean words or a problem with a 4xx or 501."""
    parsed = parse_target(origin_form(target))
    match parsed:
        case Problem():
            assert parsed.status in {400, 404, 414, 501}
        case FindDomain(name=name) | FindHost(name=name):
            assert name.isascii()
            assert name == name.lower()
        case FindEntity(handle=handle):
            assert 0 < len(handle) <= 255
            assert not set(handle) & {chr(code) for code in range(32)}
        case SearchQuestion(path=path):
            assert path in {"domains", "nameservers", "entities"}
        case _:
            assert parsed == FindHelp()


@given(st.text())
def test_a_link_repeats_a_target_in_url_characters_only(text: str) -> None:
    """conformance.md 1.3.5: nothing a client sends stands unescaped in an answer."""
    url = asked_url("/" + text, base="https://rdap.example/", prefix="/")
    assert url.startswith("https://rdap.example/")
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & set('<>"\\ {}|^`#')


def test_a_link_keeps_the_askers_spelling() -> None:
    """conformance.md 11.1.5, 4.3.4: letter case, escapes and query stay as asked."""
    url = asked_url(
        "/rdap/domain/Sh%6Fp.Example?_=1", base="https://x.example/rdap/", prefix="/rdap/"
    )
    assert url == "https://x.example/rdap/domain/Sh%6Fp.Example?_=1"
