"""Random registrations: private records of every shape, each value marked as its holder's.

``registrations()`` draws what the read door would load and the policy it is seen
through. Every private text holds a mark made of the registration's serial, the
party and the field, which stands in no other value; so a leak can be told by a
search in the bytes of an answer (``tests.private_marks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from store.handles import AliasCipher, link_handle
from store.model import Card, Disclosure, Element, PrivacyMode
from store.names import ascii_name
from store.policy import PROFILES, Part, ZonePolicy, ZoneRole
from store.publish import HeldContact, HeldDomain, publish_domain
from store.published import (
    Kind,
    PublicRole,
    PublishedDomain,
)
from store.statuses import COMPUTED, Status, settable
from tests.registration_parts import (
    REPOSITORY,
    TEXTS,
    hosts,
    moments,
    registrars,
    services,
    signatures,
)

__all__ = [
    "REPOSITORY",
    "SECRET",
    "PrivateContact",
    "Registration",
    "policies",
    "registrations",
]

SECRET = bytes(range(32))
ZONES = ("example", "co.example")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateContact:
    """A contact as the store has it, with what no public view holds."""

    held: HeldContact
    handle: str
    auth_hash: str
    second_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A domain, its contacts by role, a billing contact or none, and the zone's policy.

    ``contacts`` names the private contact of each role, ``billing`` may be one of them.
    """

    serial: int
    held: HeldDomain
    policy: ZonePolicy
    contacts: dict[PublicRole, PrivateContact]
    billing: PrivateContact | None

    def published(self) -> PublishedDomain:
        """Publish the domain as the read door does."""
        return publish_domain(
            self.held,
            self.policy,
            repository=REPOSITORY,
            cipher=AliasCipher(SECRET),
            now=NOW,
        )

    def handle(self, role: PublicRole) -> str:
        """Give the public handle of the link of *role*."""
        return link_handle(self.contacts[role].held.public_id, REPOSITORY)

    def everyone(self) -> tuple[PrivateContact, ...]:
        """List the contacts, each once."""
        found = [*self.contacts.values(), *([self.billing] if self.billing else [])]
        return tuple({contact.handle: contact for contact in found}.values())


@st.composite
def registrations(
    draw: st.DrawFn, *, serial: int = 1, zones: Mapping[str, ZonePolicy] | None = None
) -> Registration:
    """Draw a registration below one of *zones*, by default below one with a random policy.

    Registrations that meet in one store need a *serial* of their own each.
    """
    zone = draw(st.sampled_from(sorted(zones or ZONES)))
    policy = draw(policies()) if zones is None else zones[zone]
    contacts = draw(_contacts(serial))
    prefix = draw(st.sampled_from(("shop", "Bücher", "пример", "例え", "a-b")))
    name = ascii_name(f"{prefix}{serial}.{zone}")
    mode = draw(st.sampled_from(PrivacyMode))
    held = HeldDomain(
        id=serial,
        name=name,
        zone=zone,
        roid=draw(st.sampled_from((None, f"D{serial}-{REPOSITORY}"))),
        registrar=draw(registrars(serial)),
        statuses=draw(st.frozensets(st.sampled_from(sorted(set(Status) - COMPUTED)), max_size=4)),
        privacy=mode,
        service=draw(services(serial)) if mode is PrivacyMode.PROXY else None,
        created=draw(moments(2015)),
        updated=draw(moments(2018)),
        expires=draw(moments(2030)),
        transferred=draw(moments(2020)),
        contacts=tuple(contacts[role].held for role in contacts),
        hosts=draw(hosts(serial, name)),
        dnssec=draw(signatures()),
    )
    return Registration(
        serial=serial,
        held=held,
        policy=policy,
        contacts=contacts,
        billing=draw(_billing(serial, tuple(contacts.values()))),
    )


@st.composite
def policies(draw: st.DrawFn) -> ZonePolicy:
    """Draw a zone's policy: a profile, in either role, or one of its own making."""
    policy = PROFILES[draw(st.sampled_from(sorted(PROFILES)))]
    policy = replace(
        policy,
        role=draw(st.sampled_from(ZoneRole)),
        contact_url=draw(st.sampled_from((None, "https://form.example/c?d={name}&r={role}"))),
        redaction_text=draw(
            st.sampled_from(("REDACTED FOR PRIVACY", "REDACTED", "WITHHELD", "nicht öffentlich"))
        ),
        terms=draw(st.sampled_from(((), ("Use it well.", "Admin Name: of no one")))),
        complaint_text=draw(st.sampled_from(("URL of the form", "Wrong data? Say so"))),
        complaint_url=draw(st.sampled_from((None, "https://form.example/wrong?a=b"))),
        status_url=draw(st.sampled_from(("https://icann.org/epp", "http://nic.example/c"))),
    )
    if draw(st.booleans()):
        return policy
    return replace(
        policy,
        redacted=draw(st.frozensets(st.sampled_from(Part))),
        always_shown=draw(st.frozensets(st.sampled_from(Part), max_size=3)),
        published_roles=draw(st.frozensets(st.sampled_from(PublicRole))),
    )


@st.composite
def _contacts(draw: st.DrawFn, serial: int) -> dict[PublicRole, PrivateContact]:
    """Draw the contacts of the roles: any may be missing, one may hold several."""
    found: dict[PublicRole, PrivateContact] = {}
    for number, role in enumerate(PublicRole):
        if draw(st.integers(0, 5)) == 0:
            continue
        public_id = serial * 8 + number
        if found and draw(st.integers(0, 3)) == 0:
            shared = draw(st.sampled_from(sorted(found.values(), key=lambda each: each.handle)))
            held = replace(shared.held, role=role, public_id=public_id)
            found[role] = replace(shared, held=held)
        else:
            found[role] = draw(_contact(serial, f"p{number}", role, public_id))
    return found


@st.composite
def _billing(
    draw: st.DrawFn, serial: int, others: tuple[PrivateContact, ...]
) -> PrivateContact | None:
    match draw(st.sampled_from(("none", "own", "shared"))):
        case "own":
            return draw(_contact(serial, "p9", PublicRole.TECH, serial * 8 + 7))
        case "shared" if others:
            return draw(st.sampled_from(others))
        case _:
            return None


@st.composite
def _contact(
    draw: st.DrawFn, serial: int, party: str, role: PublicRole, public_id: int
) -> PrivateContact:
    mark = f"zq{serial}{party}"
    number = serial * 10 + int(party[1:])
    disclosed = draw(st.dictionaries(st.sampled_from(Element), st.booleans(), max_size=6))
    held = HeldContact(
        role=role,
        public_id=public_id,
        roid=f"C{mark}-{REPOSITORY}".upper(),
        kind=draw(st.sampled_from((None, *Kind))),
        card=draw(_cards(mark, number)),
        statuses=draw(st.frozensets(st.sampled_from(sorted(settable("contact"))), max_size=2)),
        disclosures=tuple(
            Disclosure(element=element, show=show, at=_moment(2010, 0) if show else None)
            for element, show in sorted(disclosed.items())
        ),
        generation=draw(st.integers(1, 3)),
        created=_moment(2001, number),
        updated=draw(st.sampled_from((None, _moment(2006, number)))),
    )
    return PrivateContact(
        held=held,
        handle=f"{mark}id",
        auth_hash=f"scrypt${mark}auth",
        second_name=f"{mark}second",
    )


@st.composite
def _cards(draw: st.DrawFn, mark: str, number: int) -> Card:
    """Draw a card; where no mark can stand, the digits are the contact's own."""

    def text(field: str) -> str | None:
        shown = f"{draw(TEXTS)}{mark}{field}"
        return draw(st.sampled_from((shown, shown, shown, None)))

    full_voice, full_fax = f"+64.21{number:09d}", f"+64.22{number:09d}"
    # Deposits bring numbers of odd form.
    voice = draw(st.sampled_from((full_voice, full_voice, f"0{full_voice[5:]}", None)))
    fax = draw(st.sampled_from((full_fax, f"FAX {full_fax[5:]}", None)))
    return Card(
        name=text("name") or "",
        org=text("org"),
        street=tuple(f"{draw(TEXTS)}{mark}street{line}" for line in range(draw(st.integers(0, 3)))),
        city=text("city"),
        sp=text("sp"),
        pc=text("pc"),
        cc=draw(st.sampled_from(("NZ", "DE", "US", None))),
        voice=voice,
        voice_ext=draw(st.sampled_from((None, f"7{number:08d}", f"x7{number:08d}")))
        if voice
        else None,
        fax=fax,
        fax_ext=draw(st.sampled_from((None, f"8{number:08d}"))) if fax else None,
        email=draw(st.sampled_from((f"{mark}email@mail.example", f"{mark}email", None))),
    )


def _moment(year: int, number: int) -> datetime:
    """Give an instant of its own for *number*."""
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=number % 100_000_000)
