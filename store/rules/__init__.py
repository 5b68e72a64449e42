"""The registry's rules: pure functions from records, a change and policy to new records.

They raise a coded error or give the new state; they read no clock and no store.
"""
