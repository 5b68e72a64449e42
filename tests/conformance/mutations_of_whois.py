"""Broken answers for the checks of port 43 and of both protocols together."""

from __future__ import annotations

from collections.abc import Mapping

from tests.conformance.mutations import Broken, answer, drop, edit, in_pair, put, text

__all__ = ["OF_WHOIS"]

D, N, R, A = "whois domain", "whois nameserver", "whois registrar", "whois absent"
TECH = """\
Tech Name: REDACTED FOR PRIVACY
Tech State/Province: Wellington
Tech Country: NZ
Tech Phone: REDACTED FOR PRIVACY
Tech Email: REDACTED FOR PRIVACY
"""
COMPLAINT = "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf\n"


def _before(line: str, new: str, good: str = D) -> Broken:
    """Put a line before another."""
    return text(good, line, f"{new}\n{line}")


def _line(old: str, new: str) -> Broken:
    """Break one line of the pair's WHOIS side."""
    return in_pair(text(D, old, new))


OF_WHOIS: Mapping[str, tuple[Broken, ...]] = {
    "6.1.3": (
        answer(D, answer=b"Domain Name: A.EXAMPLE\n"),
        answer(D, answer=b"Domain Name: A.EXAMPLE\r\nx\ny\r\n"),
        answer(A, answer=b'No match for "A.EXAMPLE".'),
    ),
    "6.1.8": (
        answer(D, answer=b"\xef\xbb\xbfDomain Name: A.EXAMPLE\r\n"),
        answer(D, answer=b"Domain Name: A.EXAMPLE\xff\r\n"),
    ),
    "6.1.9": (text(D, "Aroha", "Aro\tha"), text(D, "Aroha", "Aro\u2028ha")),
    "6.3.1": (
        text(D, "Admin City: City", "Admin City City"),
        text(D, "Admin City: City", "Admin City:City"),
        text(D, "Admin City: City", "% Admin City: City"),
    ),
    "6.3.2": (text(D, "NS1.SHOP.EXAMPLE\nName Server: ", "NS1.SHOP.EXAMPLE, "),),
    "6.3.3": (
        text(D, "DNSSEC", "\nDNSSEC"),
        text(D, ">>> Last", ">>> last"),
        text(D, "Domain Name", "\nDomain Name"),
    ),
    "6.3.4": (text(D, "<<<\n\n", "<<<\n"),),
    "6.3.6": (
        text(D, "2020-10-08T00:45:00Z", "2020-10-08"),
        text(D, "2020-10-08T00:45:00Z", "2020-10-08T00:45:00+02:00"),
    ),
    "6.3.7": (
        text(D, "+64.211", "+64211"),
        text(D, "+64.211", "+64.211 x12"),
        text(D, "Ext: 12", "Ext: x12"),
        text(D, "Admin Country: NZ", "Admin Country: New Zealand"),
        text(R, "Country: NZ", "Country: UK"),
    ),
    "6.3.8": (text(D, "Aroha", "<script>"),),
    "6.3.9": (
        text(D, "SHOP.EXAMPLE", "BÜCHER.EXAMPLE"),
        text(D, "SHOP.EXAMPLE", "XN--BCHER-KVA.EXAMPLE"),
    ),
    "6.4.1": (
        text(D, "Registrar URL", "Registrar Site"),
        text(
            D,
            "Registry Domain ID: D1-EXAMPLE\nRegistrar WHOIS Server: whois.registrar.example\n",
            "Registrar WHOIS Server: whois.registrar.example\nRegistry Domain ID: D1-EXAMPLE\n",
        ),
        _before("Registrar IANA ID", "Registrar IANA ID: 292"),
    ),
    "6.4.1/complaint": (
        text(D, COMPLAINT, ""),
        text(D, "https://icann.org/wicf", "https://www.icann.org/wicf/"),
    ),
    "6.4.2": (_before("DNSSEC", "Registrar Abuse Contact Email: a@b.example"),),
    "6.4.3": (_before("DNSSEC", "Reseller: Good Reseller"),),
    "6.4.4": (
        text(D, "#clientTransferProhibited", "#clientHold"),
        text(D, "clientTransferProhibited h", "client transfer prohibited h"),
        text(D, " https://icann.org/epp#clientTransferProhibited", ""),
        text(
            D,
            "Domain Status: clientTransferProhibited "
            "https://icann.org/epp#clientTransferProhibited\n",
            "",
        ),
    ),
    "6.4.5": (
        text("whois registrar mode", "Registrar Registration Expiration", "Registry Expiry"),
    ),
    "6.4.6": (
        _before("Name Server", "Billing Name: Someone"),
        text(A, "Use is", "No billing data; use is"),
    ),
    "6.4.7": (text(D, "C9-EXAMPLE", "someone"),),
    "6.4.8": (text(D, TECH, ""),),
    "6.4.10": (
        text(D, "signedDelegation", "signed"),
        text(D, "signedDelegation", "unsigned"),
        text(D, "12345 13 2 ABAB", "12345 13 2 abab"),
    ),
    "6.4.11": (
        text(D, "Name Server: NS1.SHOP.EXAMPLE", "Name Server: none"),
        text(N, "Server Name: NS1.SHOP.EXAMPLE", "Server Name: NS1 SHOP"),
    ),
    "6.4.12": (text(D, "NS1.SHOP.EXAMPLE", "NS1.SHOP.EXAMPLE 192.0.2.1"),),
    "6.5.1": (
        text(D, "Registrar URL: https://", "Registrar URL: REDACTED FOR PRIVACY"),
        text(D, "Admin Name: Aroha", "Admin Name: REDACTED FOR PRIVACY"),
    ),
    "6.5.2": (
        in_pair(
            put(
                *("domain", "redacted", 0),
                value={
                    "name": {"description": "Admin Name"},
                    "reason": {"description": "Not provided"},
                    "prePath": "$.none",
                },
            )
        ),
    ),
    "6.5.3": (
        text(D, "aroha@mail.example", "Please query the service of the registrar."),
        text(D, "aroha@mail.example", "aroha"),
    ),
    "6.5.4": (
        text(D, "State/Province: Wellington", "State/Province: REDACTED FOR PRIVACY"),
        text(D, "Registrant Country: NZ", "Registrant Country: REDACTED FOR PRIVACY"),
    ),
    "6.5.5": (
        in_pair(drop("domain", "redacted", 0)),
        _line("Tech Name: REDACTED FOR PRIVACY", "Tech Name: Aroha"),
    ),
    "6.6": (
        text(N, "IP Address: 192.0.2.1", "IP Address: 192.0.2.1 (v4)"),
        _before("IP Address", "Registrar URL: https://a.example", N),
        _before("IP Address", "Status: ok", N),
    ),
    "6.7": (
        text(R, "City: City\nCountry: NZ", "Country: NZ\nCity: City"),
        _before("Country", "Zip: 1", R),
    ),
    "6.8.1": (
        text(A, 'No match for "SHOP.EXAMPLE".', "No match for shop.example"),
        text(A, "No match for", "No Match For"),
    ),
    "6.8.3": (text(A, ">>>", "Domain Name: SHOP.EXAMPLE\n>>>"),),
    "6.8.4": (text(A, "SHOP.EXAMPLE", "A" * 1000),),
    "11.2.1": (text(D, "Admin City: City", "Admin City: "),),
    "11.2.2": (
        text(D, "Use is subject", "If a name is not found here"),
        text(N, "Use is subject", "No match means nothing"),
    ),
    "11.2.3/whois": (
        text(D, "Registrar WHOIS Server: whois.registrar.example", "Registrar WHOIS Server: "),
    ),
    "7.4/name": (
        _line("Domain Name: SHOP", "Domain Name: SHOPS"),
        _line("D1-EXAMPLE", "D2-EXAMPLE"),
    ),
    "7.4/registrar": (
        _line("Registrar: Good", "Registrar: Bad"),
        _line("Registrar IANA ID: 292\n", ""),
        _line("Email: abuse@registrar", "Email: abuse@other"),
    ),
    "7.4/dates": (
        _line("Creation Date: 2020", "Creation Date: 2021"),
        in_pair(drop("domain", "events", 1)),
    ),
    "7.4/statuses": (in_pair(put("domain", "status", value=["client hold"])),),
    "7.4/name servers": (_line("Name Server: NS2.SHOP.EXAMPLE\n", ""),),
    "7.4/signing": (
        _line("signedDelegation", "unsigned"),
        _line("12345 13 2", "12346 13 2"),
    ),
    "7.4/last update": (_line("20:15:00Z <<<", "20:16:00Z <<<"),),
    "7.4/registrant": (
        _line("Registrant Country: NZ", "Registrant Country: AU"),
        in_pair(edit("domain", lambda d: d["entities"].pop(1))),
    ),
    "7.4/admin": (
        _line("Admin Phone Ext: 12", "Admin Phone Ext: 13"),
        _line("Admin Street: Flat 2\n", ""),
        _line("Admin Fax: +64.212\n", ""),
    ),
    "7.4/tech": (_line("Tech State/Province: Wellington\n", ""),),
}
