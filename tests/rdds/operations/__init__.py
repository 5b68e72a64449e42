"""Tests of health, metrics and the log of questions."""
