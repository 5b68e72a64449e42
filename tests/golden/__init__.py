"""Golden pairs: the same case as ``name.whois`` and ``name.rdap.json``, side by side."""
