"""Tests of the messages out."""
