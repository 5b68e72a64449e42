"""Tests of the whole product, one directory for each package."""
