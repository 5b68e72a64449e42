"""Random parts of a registration that are public whatever its policy: registrars, hosts, keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

from hypothesis import strategies as st

from store.model import Card, PrivacyService
from store.names import ascii_name
from store.publish import HeldHost
from store.published import Dnssec, DsData, KeyData, PublishedRegistrar
from store.statuses import settable

__all__ = [
    "RDAP_BASE",
    "REPOSITORY",
    "TEXTS",
    "hosts",
    "moments",
    "registrars",
    "services",
    "signatures",
]

REPOSITORY = "EXAMPLE"
RDAP_BASE = "https://rdap.nic.example/rdap/"

# Scripts of holders, and what has broken out of a line somewhere before.
LETTERS = "abz XYZ09.-'&äßøČŁžαΩжЯאבحمहिいろは漢字🙂"
HOSTILE = '\r\n\t\x0b\x1c\x85\u2028\u2029\u202e\xa0:>%<"\\'
TEXTS = st.text(st.sampled_from(LETTERS + HOSTILE), max_size=12)


@st.composite
def services(draw: st.DrawFn, serial: int) -> PrivacyService:
    """Draw a privacy service: its card is public, its mail goes by alias or by form."""
    alias = draw(st.booleans())
    return PrivacyService(
        handle=f"SVC{serial}",
        card=Card(
            name=f"On behalf of the owner of {serial}",
            org=f"Privacy {draw(TEXTS)}Ltd",
            street=tuple(f"{line} Harbour Road" for line in range(draw(st.integers(0, 2)))),
            city=draw(st.sampled_from((None, "Reykjavík"))),
            cc="IS",
            voice=draw(st.sampled_from((None, "+354.4212434"))),
        ),
        alias_domain="alias.example" if alias else None,
        contact_url=None if alias else f"https://privacy.example/{serial}",
    )


@st.composite
def registrars(draw: st.DrawFn, serial: int) -> PublishedRegistrar:
    """Draw a registrar: any of its values may be missing or as odd as deposits have them."""
    sites = (
        *(None, "https://www.Reg.example", "www.reg.example/ü b", "http://bücher.example:8080"),
        *(
            "http://[2001:db8::1]/",
            "HTTPS://reg.example?x=%zz%41",
            "not a site",
            "ftp://reg.example",
        ),
    )
    bases = (None, "https://rdap.reg.example", "https://rdap.reg.example/v1/", RDAP_BASE, "")
    return PublishedRegistrar(
        handle=f"R{serial}",
        iana_id=draw(st.sampled_from((None, serial))),
        name=f"{draw(TEXTS)}Registrar {serial}",
        street=(),
        city=None,
        sp=None,
        pc=None,
        cc=None,
        voice=None,
        voice_ext=None,
        fax=None,
        fax_ext=None,
        email=None,
        url=draw(st.sampled_from(sites)),
        whois_server=draw(st.sampled_from((None, "whois.reg.example"))),
        rdap_url=draw(st.sampled_from(bases)),
        abuse_email=draw(st.sampled_from((None, "abuse@reg.example"))),
        abuse_phone=draw(st.sampled_from((None, "+1.5551234", "555 1234"))),
        created=None,
        updated=None,
    )


@st.composite
def hosts(draw: st.DrawFn, serial: int, name: str) -> tuple[HeldHost, ...]:
    names = (f"ns1.{name}", f"ns2.{name}", f"ns{serial}.hosting.test", f"é{serial}.hosting.test")
    chosen = sorted(ascii_name(each) for each in draw(st.sets(st.sampled_from(names))))
    # Hosts that are only attributes have no ROID; one of them takes it from all (11.1.10).
    bare = draw(st.integers(0, 3)) == 0
    return tuple(
        HeldHost(
            name=each,
            roid=None if bare and not at else f"H{serial}_{at}-{REPOSITORY}",
            statuses=draw(st.frozensets(st.sampled_from(sorted(settable("host"))), max_size=2)),
            linked=True,
            addresses=tuple(
                ip_address(text)
                for text in draw(
                    st.sampled_from(((), ("192.0.2.1",), ("192.0.2.1", "2001:db8:0:0::1")))
                )
            ),
        )
        for at, each in enumerate(chosen)
    )


@st.composite
def signatures(draw: st.DrawFn) -> Dnssec:
    ds = DsData(key_tag=12345, algorithm=13, digest_type=2, digest="AB" * 32)
    key = KeyData(flags=257, protocol=3, algorithm=13, public_key="AQPJ////4Q==")
    return Dnssec(
        max_sig_life=draw(st.sampled_from((None, 604800))),
        ds=draw(st.sampled_from(((), (ds,), (replace(ds, key_tag=9), ds)))),
        keys=draw(st.sampled_from(((), (key,)))),
    )


def moments(year: int) -> st.SearchStrategy[datetime | None]:
    whole = datetime(year, 5, 29, 20, 13, tzinfo=UTC)
    return st.sampled_from((None, whole, whole.replace(microsecond=120_000)))
