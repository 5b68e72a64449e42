"""Tests of the WHOIS door."""
