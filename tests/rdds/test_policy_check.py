"""What a policy is known by, and a node whose policy is another one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

from rdds.policy_check import check_policy, fingerprint
from store.instants import now
from store.policy import PROFILES, Lifecycle, RegistryPolicy
from store.sql.database import Database
from store.sql.policy_in_force import put_in_force
from store.sql.sources import open_source


def test_same_policy_has_one_fingerprint_in_every_process() -> None:
    """Sets stand in another order in each process; a fingerprint doesn't."""
    script = (
        "from rdds.policy_check import fingerprint;"
        " from store.policy import RegistryPolicy; print(fingerprint(RegistryPolicy()))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in (1, 2)
    }
    assert said == {fingerprint(RegistryPolicy())}


def test_any_difference_makes_another_fingerprint() -> None:
    """Zones, redaction, texts and day counts: each is part of it."""
    gtld = PROFILES["gtld"]
    policy = RegistryPolicy(zones={"example": gtld})
    others = [
        RegistryPolicy(zones={"example": gtld, "co.example": gtld}),
        RegistryPolicy(zones={"example": PROFILES["irs"]}),
        RegistryPolicy(zones={"example": replace(gtld, redacted=frozenset())}),
        RegistryPolicy(zones={"example": replace(gtld, terms=("Other terms.",))}),
        replace(policy, lifecycle=Lifecycle(pending_delete_effective=timedelta(days=59))),
    ]
    assert len({fingerprint(each) for each in (policy, *others)}) == len(others) + 1


async def test_node_with_another_policy_is_not_ready(database: Database, store_url: str) -> None:
    """The first policy is in force until another one is adopted."""
    source = open_source(store_url)
    one, other = check_policy(source, "one"), check_policy(source, "other")
    try:
        assert [await one(), await other()] == [None, None]
        for replacing in (True, False):
            chosen = "one" if replacing else "other"
            database.write(
                lambda each, chosen=chosen, replacing=replacing: put_in_force(  # type: ignore[misc]
                    each, chosen, at=now(), actor="tester", replacing=replacing
                )
            )
            assert await one() is None
            assert await other() == "This node's policy is other, in force is one."
        database.write(lambda each: put_in_force(each, "other", at=now(), actor="tester"))
        assert await other() is None
        assert await one() is not None
    finally:
        await source.close()
