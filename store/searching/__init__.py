"""Searches: what the published views show, found by ranges of indexes (conformance.md 1.6)."""
