"""What is asked of a running server, and the statuses that the rules allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["ASKS", "SPELLINGS", "Ask"]

LONG_LABEL = "a" * 64
LONG_NAME = ".".join(["a" * 60] * 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request below the base URL: the rule it is about and the statuses that meet it."""

    rule: str
    target: str
    expected: frozenset[int]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule} {self.method} {self.target[:60]}"


def _asks(rule: str, targets: str | Iterable[str], *expected: int) -> list[Ask]:
    several = [targets] if isinstance(targets, str) else targets
    return [Ask(rule=rule, target=each, expected=frozenset(expected)) for each in several]


def _accepting(*types: str) -> list[Ask]:
    return [
        Ask(
            rule="1.1.7",
            target="domain/shop.example",
            expected=frozenset({200}),
            headers={"Accept": each},
        )
        for each in types
    ]


def _methods(*methods: str) -> list[Ask]:
    return [
        Ask(rule="1.1.5", target=target, expected=frozenset({405}), method=method)
        for method in methods
        for target in ("domain/shop.example", "help", "none")
    ]


ASKS: tuple[Ask, ...] = (
    *_methods("POST", "PUT", "DELETE", "PATCH"),
    *_accepting(
        *("application/rdap+json", "application/json", "*/*", "text/html", "image/png;q=0.1"),
        *('application/rdap+json;exts_list="a b"', "application/rdap+json, application/json"),
        *("", "not a type", ",;q"),
    ),
    *_asks("1.1.10", ("domain/shop.example?_=123", "help?_=1", "entity/9995?a=b&a=c"), 200),
    *_asks("1.2.1", ("domain/shop.example", "nameserver/ns1.shop.example"), 200),
    *_asks("1.2.3", ("domain/missing.example", "entity/NONE-EXAMPLE"), 404),
    *_asks("1.2.3", ("nameserver/ns9.shop.example", "domains?name=missing.example"), 404),
    *_asks("1.2.4", ("domain/not-a-domain.invalid", "domain/test.invalid"), 404),
    *_asks("1.2.4", ("domain/example.com", "nameserver/ns1.example.com"), 404),
    *_asks("1.2.6", ("domain/%zz.example", "domain/%", "domain/%ff%fe.example"), 400),
    *_asks("1.2.6", ("domain/", "domain//shop.example", "domain/a..example"), 400),
    *_asks("1.2.6", (f"domain/{LONG_LABEL}.example", f"domain/{LONG_NAME}.example"), 400),
    *_asks("1.2.6", ("domain/.example", "domain/sh op.example".replace(" ", "%20")), 400),
    *_asks("1.2.7", ("domains?name=*sh*op*", "domains?name=*", "domains?name=*.example"), 422),
    *_asks("1.2.9", ("ip/192.0.2.1", "ip/2001:db8::/32", "autnum/64496"), 501),
    *_asks("1.2.9", ("something/else", "Domain/shop.example", "robots.txt"), 400, 404),
    *_asks("1.4.1", ("help", "entity/9995", "nameserver/ns1.nic.example"), 200),
    *_asks("1.4.2", ("domains?name=shop.example", "nameservers?name=ns1.shop.example"), 200),
    *_asks("1.4.2", ("entities?handle=9995", "entities?fn=Kauri*"), 200),
    *_asks("1.4.3", ("ip/192.0.2.0/24", "autnum/0"), 501, 404),
    *_asks("1.4.4", ("domains", "domains?", "domains?count=true", "entities"), 400),
    *_asks("1.4.4", ("domains?name=", "nameservers?ip=", "entities?fn="), 400),
    *_asks("1.4.4", ("domains?name=a.example&nsIp=192.0.2.1",), 400),
    *_asks("1.4.4", ("domains?name=a.example&name=b.example",), 400),
    *_asks("1.4.7", ("domain/shop.example/", "domain/shop.example/x", "help/"), 400, 404),
    *_asks("1.4.8", ("domain/%2573hop.example", "domain/shop%252eexample"), 400, 404),
    *_asks("1.5.2", ("domain/shop.example.",), 200),
    *_asks("1.5.2", ("domain/shop.example..",), 400),
    *_asks("1.5.4", ("domain/%C3%BC.xn--bcher-kva.example",), 400, 404),
    *_asks(
        "1.5.5", ("domain/xn--a.example", "domain/xn--.example", "domain/xn--zz--.example"), 400
    ),
    *_asks("1.5.5", ("domain/xn--bcher-kva8445foa.example", "domain/xn--shop-.example"), 400),
    *_asks("1.5.8", ("domain/-a.example", "domain/a-.example", "domain/ab--c.example"), 400),
    *_asks("1.5.8", ("domain/a_b.example",), 400),
    *_asks("1.5.9", ("domain/example",), 404),
    *_asks("1.5.11", ("entity/ABC%2F1", "entity/%E2%82%AC"), 404),
    *_asks("1.5.12", ("domain/1.2.0.192.in-addr.arpa", "domain/8.b.d.0.1.0.0.2.ip6.arpa"), 404),
    *_asks("1.6.1", ("domains?name=sho*", "domains?name=shop*", "domains?name=shop*.example"), 200),
    *_asks("1.6.2", ("domains?name=s*o*.example", "entities?fn=K*i*"), 422, 400),
    *_asks("1.6.3", ("domains?name=sh*op.example",), 422),
    *_asks("1.6.4", ("domains?name=b%C3%BC*",), 200, 404, 422),
    *_asks("1.6.5", ("domains?nsIp=192.0.2.*", "nameservers?ip=2001:db8::*"), 400, 422),
    *_asks("1.6.5", ("domains?nsIp=300.1.1.1", "nameservers?ip=shop"), 400),
    *_asks("1.6.6", ("entities?fn=Kauri%20Domains%20Limited",), 200),
    *_asks("1.6.10", ("entities?fn=Accounts*", "entities?fn=Ledger%20Desk"), 404),
    *_asks("1.10.2", ("entity/9995", "entity/C1_SAMPLE-EXAMPLE"), 200),
    *_asks("1.10.4", ("entity/PUTEA1", "entity/C3_SAMPLE-EXAMPLE", "entity/CYCBIL"), 404),
    *_asks("1.12.1", (f"domain/{'a' * 9000}.example", "x/" * 5000), 400, 414),
    *_asks("1.12.2", ("domain/a%00.example", "domain/a%0d%0ab.example", "domain/%09.example"), 400),
    *_asks("1.12.3", (f"entity/{'A' * 10_000}",), 400, 404, 414),
    *_asks("4.1.10", ("domain/qx7random.example", "nameserver/ns1.qx7random.example"), 404),
    *_asks("4.1.10", ("nameserver/ns1.qx7random.test", "entity/QX7RANDOM"), 404),
    *_asks("4.10.3", ("entity/Kauri%20Domains%20Limited",), 200, 404),
    *_asks("5.2.1", ("domains?name=sho*&count=true", "domains?name=sho*&count=0"), 200),
    *_asks("5.2.1", ("domains?name=sho*&count=maybe",), 400),
    *_asks("5.2.2", ("domains?name=sho*&sort=name:d", "domains?name=sho*&sort=name"), 200),
    *_asks("5.2.2", ("domains?name=sho*&sort=colour", "domains?name=sho*&sort=name:x"), 400),
    *_asks("5.2.3", ("domains?name=sho*&cursor=", "domains?name=sho*&cursor=AAAA"), 400),
    *_asks("5.2.9", ("entities?fn=Kauri*&sort=email", "entities?fn=Kauri*&sort=city"), 400),
    *_asks("5.3.1", ("domains?name=sho*&fieldSet=id", "domains?name=sho*&fieldSet=full"), 200),
    *_asks("5.3.2", ("domains?name=sho*&fieldSet=all", "domains?name=sho*&fieldSet="), 400),
    *_asks("5.4.1", ("domains/reverse_search/entity?handle=9995",), 200),
    *_asks("5.4.4", ("entities/reverse_search/entity?handle=9995",), 501),
    *_asks("5.4.4", ("domains/reverse_search/entity?phone=1",), 400),
    *_asks("5.4.4", ("domains/reverse_search/nameserver?handle=1",), 501),
    *_asks("5.4.5", ("domains/reverse_search/entity?fn=Accounts%20Payable",), 404),
    *_asks("5.6.1", ("farv1_session/login",), 400, 404),
    *_asks("5.8", ("domains/rirSearch1/rdap-up/192.0.2.0", "ips?name=x", "autnums?name=x"), 501),
)

# Ways to write one name, the first of them as RDAP writes it itself.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "1.5.1": ("domain/shop.example", "domain/SHOP.example", "domain/sHoP.ExAmPlE"),
    "1.5.2": ("domain/shop.example", "domain/shop.example."),
    "1.5.3": (
        "domain/xn--bcher-kva.example",
        "domain/b%C3%BCcher.example",
        "domain/XN--BCHER-KVA.example",
    ),
    "1.5.6": (
        "domain/b%C3%BCcher.example",
        "domain/B%C3%9CCHER.example",
        "domain/bu%CC%88cher.example",
    ),
    "1.5.7": ("domain/shop.example", "domain/%EF%BD%93hop.example", "domain/shop%E3%80%82example"),
    "1.1.10": ("domain/shop.example", "domain/shop.example?_=1"),
    "1.4.8": ("domain/shop.example", "domain/%73hop.example"),
}
