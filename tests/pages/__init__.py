"""The lookup page."""
