"""Searches (RFC 9082 §3.2, RFC 8977, RFC 8982, RFC 9536): parse one, write its answer.

``parsing`` makes a :class:`~rdap.search.question.SearchQuestion` of a path and its query
string; ``results`` makes the document of the page that the store gives for it.
"""
