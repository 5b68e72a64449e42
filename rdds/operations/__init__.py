"""What operators see of a running server: health, metrics, and the log of questions.

Nothing of it holds contact data, and no answer of a door waits for it.
"""
