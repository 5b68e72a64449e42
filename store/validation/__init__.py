"""Entry rules for values, as pure functions (contacts.md sections 2 and 8, C-01).

Every editor comes through here, so the same input has the same result and the same
refusal at each door. Nothing is imported here: the libraries behind the checks are
slow to load, and a worker that only serves has no use for them.
"""
