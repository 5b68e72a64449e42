"""Run ICANN's ``rdap-test`` over a server of the sample: ``python -m tests.conformance.rdap_test``.

Ends with status 1 where it reports anything but its known faults.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.programs import Program

__all__ = ["KNOWN", "Known", "Report", "main", "reports", "unknown"]

PROGRAM = "rdap-test"
HOW_TO_INSTALL = "cargo install icann-rdap-cli --version 0.0.30"
TARGETS = (
    *("domain/shop.example", "domain/market.example", "domain/veiled.example"),
    *("domain/xn--bcher-kva.example", "nameserver/ns1.shop.example", "entity/9995"),
    *("help", "domain/missing.example"),
)
LISTED = "tests/conformance/rdap_test.py"  # KNOWN below, each with its reason
SECONDS = 120
SETTINGS = """\
[zones.example]
profile = "gtld"
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What the tool says: its name for it, where in the answer, and a sentence."""

    check: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """A report that isn't our fault: its name, a pattern of its place, and why."""

    check: str
    place: str
    why: str


KNOWN = (
    Known("no_a_a_a_a_records", "", "loopback has no AAAA record"),
    Known("ipv6_support_required_by_gtld_profile", "", "loopback has no AAAA record"),
    Known("must_use_https", ".*", "the trial speaks plain HTTP"),
    Known("ldh_name_documentation", ".*", "the sample's names are for documentation"),
    Known(
        "link_object_class_has_no_self",
        r".*/entity/\[\d+\]/links",
        "an abuse contact without a handle has no address to link to (11.1.6)",
    ),
    Known(
        "link_object_class_has_no_self",
        r".*/link/\[\d+\]",
        "the about link that the profile demands of a registrar (11.3.3)",
    ),
    Known(
        "rdap_conformance_missing",
        r"\[ROOT\]/entity/entity/\[\d+\]/rdap_conformance",
        "it takes a nested entity for the root (11.3.3)",
    ),
    Known("vcard_fn_is_empty", ".*", "the profile demands an empty fn for a withheld name"),
)


def reports(found: Any) -> Iterator[Report]:
    """Give what the tool's JSON reports, of the service and of each of its runs."""
    service = found["Http"]
    for each in service.get("service_checks", ()):
        yield Report(each["check"], "", each["check_class"])
    for run in service["test_runs"]:
        for each in run.get("summaries", ()):
            yield Report(each["item"]["check"], each["structure"], each["message"])


def unknown(report: Report) -> bool:
    """Tell whether *report* is none of the known faults."""
    return not any(
        known.check == report.check and re.fullmatch(known.place, report.place) for known in KNOWN
    )


def _ask(url: str) -> Any:
    """Run the tool; its status is 3 wherever it reports anything."""
    done = subprocess.run(
        [PROGRAM, "-T", "--skip-v6", "-g", "gtld", "--json", url],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{PROGRAM} gave no report on {url}: {done.stderr.strip()[-500:]}")


def main() -> int:
    """Ask for each target and print what isn't known; give the exit status."""
    if shutil.which(PROGRAM) is None:
        print(f"{PROGRAM} is not installed, so it was not run: {HOW_TO_INSTALL}")
        return 0
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", SETTINGS)
        with program.serve("--demo", "--workers", "1") as serving:
            for target in TARGETS:
                found = list(reports(_ask(f"{serving.rdap}{target}")))
                faulty = [each for each in found if unknown(each)]
                print(f"{target}: {len(found) - len(faulty)} known reports, {len(faulty)} others")
                for each in faulty:
                    print(f"  {each.check} at {each.place or 'the service'}: {each.message}")
                faults += len(faulty)
    print(f"Known reports are {PROGRAM}'s own faults or the trial's; {LISTED} lists them.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
