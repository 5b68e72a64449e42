"""The public views: all that the doors' connections may read.

They leave out billing links, authorisation codes, second postal forms, who edited,
and whatever is not in force. A contact is in them only through a published role of
a name (P-03, P-05, L-08).
"""

from __future__ import annotations

__all__ = ["PUBLIC_VIEWS", "REVISION"]

REVISION = "0004"  # the schema these views belong to; a test holds it to the migrations

PUBLIC_VIEWS: dict[str, str] = {
    "public_zone": "SELECT name FROM zone",
    "public_stamp": "SELECT seq, at FROM change_log",
    # What was touched, by kind and name, so that readers know which answers are stale.
    "public_log": "SELECT seq, xid, at, kind, subject FROM change_log",
    # Until when a server that is read from may vouch for itself (store.sql.heartbeat).
    "public_heartbeat": "SELECT at FROM heartbeat",
    # What the policy in force is known by (store.sql.policy_in_force).
    "public_policy": "SELECT fingerprint FROM policy_in_force",
    "public_registrar": (
        "SELECT handle, handle_key, name_key, gurid, name, street1, street2, street3, city, sp, pc,"
        " cc, voice, voice_ext, fax, fax_ext, email, url, whois_server, rdap_url, abuse_email,"
        " abuse_phone, created, updated, fn_key, public_key FROM registrar"
    ),
    "public_service": (
        "SELECT handle, name, org, street1, street2, street3, city, sp, pc, cc, voice, voice_ext,"
        " fax, fax_ext, email, alias_domain, contact_url FROM privacy_service"
    ),
    # Of locks and open changes it shows until when they may stand as a status, nothing else.
    "public_domain": (
        "SELECT d.id, d.name, d.zone, d.roid, d.registrar, d.statuses, d.privacy,"
        " d.privacy_service, d.max_sig_life, d.created, d.updated, d.expires, d.transferred,"
        " (SELECT max(k.until) FROM transfer_lock k WHERE k.domain_id = d.id"
        " AND k.since > coalesce(d.lock_lifted, -1)) AS locked_until,"
        " (SELECT max(k.until) FROM domain_contact l JOIN transfer_lock k"
        " ON k.contact_id = l.contact_id WHERE l.domain_id = d.id AND l.role = 'registrant'"
        " AND l.since <= k.since AND k.since > coalesce(d.lock_lifted, -1))"
        " AS holder_locked_until,"
        " (SELECT max(r.deadline) FROM registrant_change_name n JOIN registrant_change r"
        " ON r.id = n.change_id WHERE n.domain_id = d.id AND r.open) AS change_until,"
        " (SELECT max(r.deadline) FROM domain_contact l JOIN registrant_change r"
        " ON r.contact_id = l.contact_id WHERE l.domain_id = d.id AND l.role = 'registrant'"
        " AND r.open AND r.kind = 'edit') AS holder_change_until"
        " FROM domain d"
    ),
    "public_link": (
        "SELECT domain_id, contact_id, role, public_id FROM domain_contact WHERE role <> 'billing'"
    ),
    "public_contact": (
        "SELECT l.domain_id, l.role, l.public_id, c.id AS contact_id, c.roid, c.kind, c.name,"
        " c.org, c.street1, c.street2, c.street3, c.city, c.sp, c.pc, c.cc,"
        " c.voice, c.voice_ext, c.fax, c.fax_ext, c.email, c.statuses, c.disclosures,"
        " c.generation, c.created, c.updated, c.handle"
        " FROM domain_contact l JOIN contact c ON c.id = l.contact_id"
        " WHERE l.role <> 'billing'"
    ),
    # What searches for people walk: names under a privacy service have no sight. A handle is
    # found by it too: links that show nothing must not cost, or stand in another's way.
    "public_sight": (
        "SELECT contact_id, sights, name_said, name_key, roid_key, email_said, email_key"
        " FROM contact_sight"
    ),
    "public_sighted": (
        "SELECT contact_id, sight, domain_id FROM domain_contact WHERE sight IS NOT NULL"
    ),
    "public_seen_contact": (
        "SELECT s.contact_id, c.roid, c.kind, c.name, c.org, c.street1, c.street2, c.street3,"
        " c.city, c.sp, c.pc, c.cc, c.voice, c.voice_ext, c.fax, c.fax_ext, c.email, c.statuses,"
        " c.disclosures, c.generation, c.created, c.updated"
        " FROM contact_sight s JOIN contact c ON c.id = s.contact_id WHERE s.sights <> ''"
    ),
    "public_handle": (
        "SELECT c.id, c.handle, c.handle_key, c.roid"
        " FROM contact c JOIN contact_sight s ON s.contact_id = c.id WHERE s.sights <> ''"
    ),
    "public_host": "SELECT id, name, parent, roid, registrar, statuses, created, updated FROM host",
    "public_host_address": "SELECT host_id, address FROM host_address",
    "public_domain_host": "SELECT domain_id, host_id FROM domain_host",
    "public_dnssec": (
        "SELECT domain_id, position, key_tag, algorithm, digest_type, digest, flags, protocol,"
        " public_key FROM domain_dnssec"
    ),
    "public_reserved": "SELECT name, blocked, blocked_by FROM reserved_name",
    "public_secret": "SELECT name, secret FROM store_secret WHERE name = 'alias'",
}
