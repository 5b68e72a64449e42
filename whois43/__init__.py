"""WHOIS on port 43: parse a line, ask the store's reader, render, answer, close.

Only the public types of ``store`` are seen here. Parsing and rendering are pure;
sockets and time are the business of ``shell`` and ``connection`` alone.
"""
