"""The cases: what the store holds, and the policy it is seen through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from store.handles import AliasCipher
from store.model import Disclosure, Element, PrivacyMode
from store.policy import PROFILES, ZonePolicy, ZoneRole
from store.publish import View, publish_domain, publish_entity, publish_host
from store.published import (
    Absence,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Absent, Answer, Found, Result
from store.statuses import Status
from tests.held_values import (
    CREATED,
    SIGNED,
    a_card,
    a_held_domain,
    a_held_host,
    a_holding,
    a_service,
    a_sponsor,
)

__all__ = ["CASES"]

AS_OF = datetime(2026, 5, 29, 20, 15, tzinfo=UTC)
GTLD, IRS = PROFILES["gtld"], PROFILES["irs"]
NOTICES = GTLD.notices()
CONSENT = tuple(Disclosure(element=each, show=True, at=CREATED) for each in Element)


def _found(result: Result) -> Answer:
    return Found(result=result, notices=NOTICES, as_of=AS_OF)


def _domain(policy: ZonePolicy = GTLD, **values: object) -> Answer:
    cipher = AliasCipher(bytes(32))
    held = a_held_domain(**values)
    return _found(publish_domain(held, policy, repository="EXAMPLE", cipher=cipher, now=AS_OF))


def _absent(
    absence: Absence,
    asked: type[PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity],
    name: str | None = "shop.example",
    by: str | None = None,
) -> Answer:
    return Absent(absence=absence, asked=asked, name=name, by=by, notices=NOTICES, as_of=AS_OF)


def _hidden_phone() -> Answer:
    hidden = (Disclosure(element=Element.VOICE, show=False, at=None),)
    return _domain(IRS, contacts=(a_holding(disclosures=hidden),))


def _entity() -> Answer:
    view = View(policy=GTLD, mode=PrivacyMode.NONE, repository="EXAMPLE")
    held = a_holding(disclosures=CONSENT)
    entity = publish_entity(
        [(held, view), (replace(held, role=PublicRole.TECH), view)],
        asked="C1-EXAMPLE",
        notices=NOTICES,
    )
    assert entity is not None
    return _found(entity)


# name: (the RDAP target it answers, the answer)
CASES: Mapping[str, tuple[str, Callable[[], Answer]]] = {
    "gtld": ("domain/shop.example", _domain),
    "gtld-disclosed": (
        "domain/shop.example",
        lambda: _domain(contacts=tuple(a_holding(r, disclosures=CONSENT) for r in PublicRole)),
    ),
    "gtld-proxy": (
        "domain/shop.example",
        lambda: _domain(privacy=PrivacyMode.PROXY, service=a_service()),
    ),
    "gtld-proxy-form": (
        "domain/shop.example",
        lambda: _domain(
            privacy=PrivacyMode.PROXY,
            service=a_service(alias_domain=None, contact_url="https://privacy.example/contact"),
        ),
    ),
    "gtld-registrar": (
        "domain/shop.example",
        lambda: _domain(replace(GTLD, role=ZoneRole.REGISTRAR)),
    ),
    "thin": (
        "domain/shop.example",
        lambda: _domain(
            contacts=(), hosts=(), updated=None, registrar=a_sponsor(iana_id=None, rdap_url=None)
        ),
    ),
    "irs": ("domain/shop.example", lambda: _domain(IRS)),
    "irs-withhold": ("domain/shop.example", lambda: _domain(IRS, privacy=PrivacyMode.WITHHOLD)),
    "irs-hidden-phone": ("domain/shop.example", _hidden_phone),
    "organisation": (
        "domain/shop.example",
        lambda: _domain(
            IRS,
            contacts=(
                a_holding(
                    kind=None,
                    card=a_card(
                        name="Kōwhai Trading Limited",
                        org="Online Sales",
                        street=("1 Queen Street",),
                        fax="+64.41234567",
                        fax_ext="9",
                    ),
                    statuses=frozenset({Status.CLIENT_UPDATE_PROHIBITED}),
                    updated=CREATED,
                ),
            ),
        ),
    ),
    "idn-signed": (
        "domain/b%C3%BCcher.example",
        lambda: _domain(
            name="xn--bcher-kva.example",
            dnssec=SIGNED,
            statuses=frozenset({Status.PENDING_DELETE, Status.REDEMPTION_PERIOD}),
            transferred=datetime(2024, 2, 29, 12, 0, 0, 123000, tzinfo=UTC),
        ),
    ),
    "nameserver": (
        "nameserver/ns1.shop.example",
        lambda: _found(
            publish_host(
                a_held_host(
                    "ns1.shop.example",
                    *("192.0.2.1", "2001:db8::1"),
                    registrar=a_sponsor(),
                    created=CREATED,
                ),
                NOTICES,
            )
        ),
    ),
    "registrar": ("entity/5555555", lambda: _found(a_sponsor())),
    "entity": ("entity/C1-EXAMPLE", _entity),
    "not-found": (
        "domain/shop.example",
        lambda: _absent(Absence.NOT_FOUND, PublishedDomain),
    ),
    "unserved": ("domain/shop.test", lambda: _absent(Absence.UNSERVED, PublishedDomain, "a.test")),
    "reserved": ("domain/shop.example", lambda: _absent(Absence.RESERVED, PublishedDomain)),
    "blocked": (
        "domain/shop.example",
        lambda: _absent(Absence.BLOCKED, PublishedDomain, by="Trademark Service"),
    ),
    "no-nameserver": (
        "nameserver/ns1.shop.example",
        lambda: _absent(Absence.NOT_FOUND, PublishedHost, "ns1.shop.example"),
    ),
    "no-registrar": (
        "entity/1",
        lambda: _absent(Absence.NOT_FOUND, PublishedRegistrar, None),
    ),
}
