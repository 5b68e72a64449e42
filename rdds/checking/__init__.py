"""The registrar's self-check: the store, WHOIS and RDAP compared field by field.

``fields`` holds the field table; ``published_facts``, ``whois_facts`` and
``rdap_facts`` read the three into facts, each on its own; ``doors`` asks through
sockets; ``checks`` puts them together.
"""

from rdds.checking.checks import run_check
from rdds.checking.comparing import CheckReport, Row

__all__ = ["CheckReport", "Row", "run_check"]
