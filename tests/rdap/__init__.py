"""Tests of the RDAP door."""
