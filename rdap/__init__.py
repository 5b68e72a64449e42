"""RDAP (RFC 7480, 7481, 9082, 9083): parse a target, ask the store, answer in JSON.

The files of one object class each (``domain``, ``nameserver``, ``entity``,
``registrar``, ``help``) are pure; ``shell`` and ``connection`` hold the sockets.
"""
