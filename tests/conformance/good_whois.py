"""Hand-made answers of port 43."""

from __future__ import annotations

from typing import Any

from tests.conformance.exchanges import WhoisExchange

__all__ = [
    "WHOIS_ABSENT",
    "WHOIS_DOMAIN",
    "WHOIS_NAMESERVER",
    "WHOIS_REGISTRAR",
    "registrar_whois",
    "whois",
]

WHOIS_TAIL = """\
>>> Last update of WHOIS database: 2026-05-29T20:15:00Z <<<

For more information on Whois status codes, please visit https://icann.org/epp

Use is subject to terms.
"""
WHOIS_DOMAIN = (
    """\
Domain Name: SHOP.EXAMPLE
Registry Domain ID: D1-EXAMPLE
Registrar WHOIS Server: whois.registrar.example
Registrar URL: https://www.registrar.example
Creation Date: 2020-10-08T00:45:00Z
Registry Expiry Date: 2027-10-08T00:45:00Z
Registrar: Good Registrar
Registrar IANA ID: 292
Registrar Abuse Contact Email: abuse@registrar.example
Registrar Abuse Contact Phone: +1.1235551234
Reseller: Good Reseller
Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited
Registry Registrant ID: REDACTED FOR PRIVACY
Registrant Name: REDACTED FOR PRIVACY
Registrant Organization: REDACTED FOR PRIVACY
Registrant Street: REDACTED FOR PRIVACY
Registrant City: REDACTED FOR PRIVACY
Registrant State/Province: Wellington
Registrant Postal Code: REDACTED FOR PRIVACY
Registrant Country: NZ
Registrant Phone: REDACTED FOR PRIVACY
Registrant Email: REDACTED FOR PRIVACY
Registry Admin ID: C9-EXAMPLE
Admin Name: Aroha Ngata
Admin Organization: Orchards; and more
Admin Street: 1 Street
Admin Street: Flat 2
Admin City: City
Admin State/Province: Wellington
Admin Postal Code: 6011
Admin Country: NZ
Admin Phone: +64.211
Admin Phone Ext: 12
Admin Fax: +64.212
Admin Fax Ext: 3
Admin Email: aroha@mail.example
Registry Tech ID: REDACTED FOR PRIVACY
Tech Name: REDACTED FOR PRIVACY
Tech State/Province: Wellington
Tech Country: NZ
Tech Phone: REDACTED FOR PRIVACY
Tech Email: REDACTED FOR PRIVACY
Name Server: NS1.SHOP.EXAMPLE
Name Server: NS2.SHOP.EXAMPLE
DNSSEC: signedDelegation
DS Data: 12345 13 2 """
    + "AB" * 32
    + """
URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf
"""
    + WHOIS_TAIL
)
WHOIS_NAMESERVER = (
    """\
Server Name: NS1.SHOP.EXAMPLE
IP Address: 192.0.2.1
IP Address: 2001:db8::1
Registrar: Good Registrar
Registrar WHOIS Server: whois.registrar.example
Registrar URL: https://www.registrar.example
"""
    + WHOIS_TAIL
)
WHOIS_REGISTRAR = (
    """\
Registrar: Good Registrar
Street: 1 Road
City: City
Country: NZ
Phone Number: +1.1
Email: desk@registrar.example
Registrar URL: https://www.registrar.example
"""
    + WHOIS_TAIL
)
WHOIS_ABSENT = 'No match for "SHOP.EXAMPLE".\n' + WHOIS_TAIL


def whois(text: str, **values: Any) -> WhoisExchange:
    """Give an exchange of port 43; *text* has LF at its line ends."""
    answer = text.replace("\n", "\r\n").encode()
    return WhoisExchange(question=b"shop.example", answer=answer, **values)


def registrar_whois() -> WhoisExchange:
    """Give a domain as a registrar answers."""
    text = WHOIS_DOMAIN.replace("Registry Expiry Date", "Registrar Registration Expiration Date")
    return whois(text, registrar_mode=True)
