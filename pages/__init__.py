"""Pages for people, on a listener of their own: the lookup page.

They show what the store's read door publishes and import the public types of ``store``
alone; the doors' raw answers are handed in (``pages.raw``).
"""
