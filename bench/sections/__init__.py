"""The parts of the bench: each a module with ``GOALS`` and ``measure``."""
