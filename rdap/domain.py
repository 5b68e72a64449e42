"""The domain object (RFC 9083 §5.3, conformance.md 1.8, 4.4)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import orjson

from rdap.contact_redaction import contact_redactions
from rdap.entity import party_object
from rdap.members import (
    MEDIA_TYPE,
    JsonObject,
    Place,
    event_list,
    link,
    notice,
    self_link,
    terms_notice,
    without_empty,
)
from rdap.nameserver import nested_nameserver
from rdap.redaction import domain_redactions, finished_redactions
from rdap.registrar import nested_registrar
from rdap.statuses import status_list
from rdap.text import clean, web_url
from store.published import Dnssec, Notices, PublishedDomain

__all__ = ["domain_notices", "domain_object", "whole_notices"]


def domain_object(domain: PublishedDomain, place: Place, *, as_of: datetime | None) -> JsonObject:
    """Make a registration as the topmost object; *as_of* is the store's last commit."""
    members = without_empty(
        {
            "objectClassName": "domain",
            "handle": None if domain.handle is None else clean(domain.handle),
            "ldhName": domain.name,
            "unicodeName": domain.unicode_name,
            "status": status_list(domain.statuses),
            "events": event_list(
                as_of,
                registration=domain.created,
                last_changed=domain.updated,
                expiration=domain.expires,
                registrar_expiration=domain.registrar_expires,
                transfer=domain.transferred,
            ),
            "secureDNS": _secure_dns(domain.dnssec),
            "entities": [
                nested_registrar(domain.registrar, place),
                *(party_object(party, place) for party in domain.parties),
            ],
            "links": _links(domain, place),
            "redacted": _redacted(domain, place),
        }
    )
    # conformance.md 11.1.1: always there, also for a name without hosts.
    members["nameservers"] = [nested_nameserver(host, place) for host in domain.hosts]
    return members


def _redacted(domain: PublishedDomain, place: Place) -> object:
    if place.root == "$" and not place.jscontact:
        return finished_redactions(domain)
    return [*domain_redactions(domain, place), *contact_redactions(domain, place)]


def domain_notices(notices: Notices, place: Place) -> list[JsonObject]:
    """Make the two notices of a domain answer; clients compare their text exactly.

    A zone without a complaint form has the first alone.
    """
    status_url, complaint_url = notices.status_url, notices.complaint_url
    glossary = link(place, rel="glossary", href=status_url, media_type="text/html")
    # conformance.md 4.3.1
    codes = notice(
        "Status Codes",
        f"For more information on domain status codes, please visit {status_url}",
        links=(glossary,),
    )
    if complaint_url is None:
        return [codes]
    form = link(place, rel="help", href=complaint_url, media_type="text/html")
    # conformance.md 4.3.2
    complaints = notice(
        "RDDS Inaccuracy Complaint Form",
        f"{clean(notices.complaint_text)}: {complaint_url}",
        links=(form,),
    )
    return [codes, complaints]


@lru_cache(maxsize=256)
def _finished_notices(notices: Notices, value: str, base: str) -> orjson.Fragment:
    place = Place(value=value, base=base)
    made = [terms_notice(notices, place), *domain_notices(notices, place)]
    return orjson.Fragment(orjson.dumps(made))


def whole_notices(notices: Notices, place: Place) -> object:
    """Make all notices of a domain answer, the terms first, as finished JSON."""
    return _finished_notices(notices, place.value, place.base)


def _links(domain: PublishedDomain, place: Place) -> list[JsonObject]:
    links = [self_link(place, "domain", domain.name)]
    base = web_url(domain.registrar.rdap_url)
    if base is None:
        return links
    base = base if base.endswith("/") else base + "/"
    # conformance.md 4.4.14; 11.2.3: a client would follow a link to our own address for ever.
    if base != place.base:
        href = f"{base}domain/{domain.name}"
        links.append(link(place, rel="related", href=href, media_type=MEDIA_TYPE))
    return links


def _secure_dns(dnssec: Dnssec) -> JsonObject:
    if not dnssec.signed:
        return {"delegationSigned": False}
    return without_empty(
        {
            "delegationSigned": True,
            "maxSigLife": dnssec.max_sig_life,
            "dsData": [
                {
                    "keyTag": ds.key_tag,
                    "algorithm": ds.algorithm,
                    "digestType": ds.digest_type,
                    "digest": ds.digest,
                }
                for ds in dnssec.ds
            ],
            "keyData": [
                {
                    "flags": key.flags,
                    "protocol": key.protocol,
                    "algorithm": key.algorithm,
                    "publicKey": clean(key.public_key),
                }
                for key in dnssec.keys
            ],
        }
    )
