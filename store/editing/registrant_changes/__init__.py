"""Registrant changes in the store: opened, answered, completed, ended, and who is told of it.

Locks are taken in one order by everybody: names (ascending), contacts (by number), changes.
"""
