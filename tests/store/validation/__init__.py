"""Tests of the entry rules for values."""
