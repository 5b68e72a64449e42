"""The manual is true: what it names exists, and what exists it names."""
