"""Load, decide, save: how each change goes through the store, one module a class of object.

The rules that decide stand in ``store.rules``; the SQL in ``store.sql``.
"""
