"""Transfer locks and open changes as public statuses: which, when, and on every way out."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdap.search.offers import Offers, SearchPath
from store.changes import TransferDomain, UpdateDomain
from store.errors import Code
from store.policy import PROFILES, LockStatus, RegistryPolicy, ZonePolicy, ZoneRole
from store.read_door import ReadDoor
from store.registrant_changes import ChangeKind, ChangeState, RegistrantChange
from store.rules.shown_statuses import lock_status, shown_statuses
from store.sql.database import Database
from store.sql.records.registrant_changes import insert_change
from store.sql.sources import open_source
from store.statuses import COMPUTED, PENDING, Status, clashes
from tests.running_doors import RunningDoors, doors_over
from tests.store.editing_values import START, Registry, a_registry, links, refused, with_zone
from tests.store.locks.lock_values import lock_contact, lock_name

GTLD = PROFILES["gtld"]
CLIENT, SERVER = Status.CLIENT_TRANSFER_PROHIBITED, Status.SERVER_TRANSFER_PROHIBITED
SOON = START + timedelta(days=1)
SECOND = timedelta(seconds=1)


def shown(
    *stored: Status,
    locked: datetime | None = None,
    changing: datetime | None = None,
    policy: ZonePolicy = GTLD,
) -> set[Status]:
    """Give the statuses of a delegated name at ``START``."""
    return set(
        shown_statuses(
            frozenset(stored),
            delegated=True,
            locked_until=locked,
            change_until=changing,
            policy=policy,
            now=START,
        )
    )


@pytest.mark.parametrize(
    ("role", "setting", "status"),
    [
        (ZoneRole.REGISTRY, LockStatus.AUTO, SERVER),
        (ZoneRole.REGISTRAR, LockStatus.AUTO, CLIENT),
        (ZoneRole.REGISTRY, LockStatus.CLIENT, CLIENT),
        (ZoneRole.REGISTRAR, LockStatus.SERVER, SERVER),
        (ZoneRole.REGISTRY, LockStatus.NONE, None),
        (ZoneRole.REGISTRAR, LockStatus.NONE, None),
    ],
)
def test_setting_names_the_status_of_a_lock_r31(
    role: ZoneRole, setting: LockStatus, status: Status | None
) -> None:
    """R-31: the server's at a registry, the client's at a registrar, the named one, or none."""
    policy = replace(GTLD, role=role, lock_status=setting)
    assert lock_status(policy) is status
    assert shown(locked=SOON, policy=policy) == {status or Status.OK}


def test_nothing_is_shown_at_the_very_end_r31() -> None:
    """R-31, R-19: at exactly its end a lock, and a change, is over."""
    policy = replace(GTLD, pending_update=True)
    assert shown(locked=START, changing=START, policy=policy) == {Status.OK}
    later = START + SECOND
    assert shown(locked=later, changing=later, policy=policy) == {SERVER, Status.PENDING_UPDATE}


def test_pending_update_is_shown_where_a_zone_asks_for_it_d03() -> None:
    """D-03: by default an open change has no public sign."""
    assert shown(changing=SOON) == {Status.OK}
    assert shown(changing=SOON, policy=replace(GTLD, pending_update=True)) == {
        Status.PENDING_UPDATE
    }


@given(
    st.frozensets(st.sampled_from(sorted(set(Status) - COMPUTED)), max_size=5),
    st.sampled_from(LockStatus),
    st.sampled_from(ZoneRole),
)
def test_timed_statuses_never_clash_with_others(
    stored: frozenset[Status], setting: LockStatus, role: ZoneRole
) -> None:
    """RFC 5731 §2.3: what is added excludes nothing that stands, and ``ok`` stands alone."""
    policy = replace(GTLD, lock_status=setting, role=role, pending_update=True)
    full = shown(*stored, locked=SOON, changing=SOON, policy=policy)
    assert stored <= full
    if not clashes(stored):
        assert not clashes(frozenset(full))
        assert len(full & PENDING) <= max(1, len(stored & PENDING))
    assert Status.OK not in full or not full & (PENDING | {CLIENT, SERVER})


@pytest.fixture
def registry(database: Database) -> Registry:
    """Give a registry whose contact CA1 holds a delegated name."""
    registry = a_registry(database, "CA1", "CA2")
    registry.use(with_zone("example", pending_update=True))
    registry.register(hosts=("ns1.elsewhere.net", "ns2.elsewhere.net"))
    return registry


@pytest.fixture
def doors(registry: Registry, store_url: str) -> Iterator[Callable[[], RunningDoors]]:
    """Give both doors over the registry's store; their clock is the registry's."""
    reader = ReadDoor(open_source(store_url), registry.policy, clock=lambda: registry.now)
    offers = Offers(whole=frozenset(SearchPath))
    with doors_over(reader, searches=offers) as running:
        yield lambda: running


def open_change(registry: Registry, kind: ChangeKind, *, days: int = 7) -> None:
    """Write an open change of CA1, or of its name, as it stands in the store."""
    contact, domain = registry.contact("CA1"), registry.domain("shop.example")
    change = RegistrantChange(
        kind=kind,
        state=ChangeState.AWAITING_NEW,
        registrar="REG-A",
        contact="CA1",
        contact_id=contact.id,
        prior_email=contact.card.email,
        new_email="new@example.net",
        created=registry.now,
        created_by="tester",
        deadline=registry.now + timedelta(days=days),
    )
    about = [] if kind is ChangeKind.EDIT else [(domain.id, domain.name)]
    registry.database.write(
        lambda connection: insert_change(connection, change, domains=about), commit=True
    )


def statuses(running: RunningDoors) -> tuple[set[str], set[str], set[str]]:
    """Give what port 43, RDAP's look-up and RDAP's search say, RDAP's words without blanks."""
    lines = running.ask_whois("shop.example").decode().splitlines()
    spelled = {line.split()[2] for line in lines if line.startswith("Domain Status:")}
    words = [
        {word.replace(" ", "") for word in _json(running, path)["status"]}
        for path in ("domain/shop.example", "domains?name=shop*")
    ]
    return {word.lower() for word in spelled}, *words  # type: ignore[return-value]


def _json(running: RunningDoors, path: str) -> Any:
    status, answer = running.ask_rdap(path)
    assert status == 200, answer
    document = json.loads(answer[answer.index(b"{") :])
    return document.get("domainSearchResults", [document])[0]


def everywhere(registry: Registry, running: RunningDoors, *words: str) -> None:
    """Expect the same statuses from both doors, a search, and the operators' own questions."""
    wanted = {word.lower() for word in words}
    own = registry.inquiries.find_domain("shop.example").statuses
    (listed,) = registry.inquiries.list_domains()
    assert [{word.lower() for word in each} for each in (own, listed.statuses)] == [wanted] * 2
    whois, look_up, search = statuses(running)
    rdap = {{"ok": "active"}.get(word, word) for word in wanted}
    assert (whois, look_up, search) == (wanted, rdap, rdap)


@pytest.mark.parametrize("lock", [lock_contact, lock_name])
def test_lock_is_shown_on_every_way_out_as_long_as_it_lasts_r31(
    registry: Registry, doors: Callable[[], RunningDoors], lock: Callable[..., datetime]
) -> None:
    """R-31: both doors, searches and ``domain show`` tell of a lock, and stop by the clock."""
    everywhere(registry, doors(), "ok")
    end = lock(registry, "CA1" if lock is lock_contact else "shop.example")
    everywhere(registry, doors(), SERVER)
    registry.now = end - SECOND
    everywhere(registry, doors(), SERVER)
    registry.now = end
    everywhere(registry, doors(), "ok")


@pytest.mark.parametrize("kind", [ChangeKind.EDIT, ChangeKind.REPOINT])
def test_open_change_is_shown_where_the_zone_asks_for_it_d03(
    registry: Registry, doors: Callable[[], RunningDoors], kind: ChangeKind
) -> None:
    """D-03, R-19, R-28: pendingUpdate while a change is open, and nothing once time is up."""
    open_change(registry, kind)
    everywhere(registry, doors(), "pendingUpdate")
    lock_contact(registry, "CA1")
    everywhere(registry, doors(), "pendingUpdate", SERVER)
    registry.wait(days=7)
    everywhere(registry, doors(), SERVER)


def test_name_servers_and_dnssec_pass_under_pending_update_d03(registry: Registry) -> None:
    """D-03: the technical contact's work goes on while a change is open."""
    open_change(registry, ChangeKind.EDIT)
    registry.apply(UpdateDomain(name="shop.example", remove_hosts=("ns2.elsewhere.net",)))
    assert registry.domain("shop.example").hosts == ("ns1.elsewhere.net",)


def test_standing_prohibition_is_shown_once(
    registry: Registry, doors: Callable[[], RunningDoors]
) -> None:
    """A status that stands already isn't doubled, and stays when the lock is over."""
    end = lock_contact(registry, "CA1")
    registry.apply(UpdateDomain(name="shop.example", add_statuses=frozenset({SERVER, CLIENT})))
    everywhere(registry, doors(), SERVER, CLIENT)
    registry.now = end
    everywhere(registry, doors(), SERVER, CLIENT)


def test_lock_of_another_role_shows_nothing(
    registry: Registry, doors: Callable[[], RunningDoors]
) -> None:
    """D-36: a lock of the admin or tech contact's other names isn't this name's."""
    registry.apply(UpdateDomain(name="shop.example", links=links(admin="CA2", tech="CA2")))
    lock_contact(registry, "CA2")
    everywhere(registry, doors(), "ok")


def test_tag_held_over_the_end_of_a_lock_is_stale(
    registry: Registry, doors: Callable[[], RunningDoors]
) -> None:
    """Time changes answers: nobody is told that the locked answer is still the one."""
    end = lock_contact(registry, "CA1")
    tag = _conditional(doors(), None)[1]
    assert _conditional(doors(), tag)[0] == 304
    registry.now = end
    assert _conditional(doors(), tag)[0] == 200


def _conditional(running: RunningDoors, tag: str | None) -> tuple[int, str]:
    base = urlsplit(running.rdap)
    client = http.client.HTTPConnection(str(base.hostname), base.port, timeout=20)
    try:
        fields = {} if tag is None else {"If-None-Match": tag}
        client.request("GET", f"{base.path}domain/shop.example", headers=fields)
        response = client.getresponse()
        response.read()
        return response.status, response.headers["ETag"]
    finally:
        client.close()


def test_default_clock_serves_a_reader_that_is_given_none(
    registry: Registry, store_url: str
) -> None:
    """A lock of the past, by any clock, shows nowhere."""
    lock_contact(registry, "CA1", lasting=timedelta(seconds=1))
    reader = ReadDoor(open_source(store_url), RegistryPolicy(zones={"example": GTLD}))
    with doors_over(reader) as running:
        assert b"Domain Status: ok" in running.ask_whois("shop.example")


def test_transfer_is_refused_by_what_is_shown_r34(registry: Registry) -> None:
    """R-34: the status that everyone sees is why."""
    lock_contact(registry, "CA1")
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(TransferDomain(name="shop.example", to="REG-B"))
