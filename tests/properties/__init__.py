"""Properties of the whole: the doors agree, and nothing withheld leaves."""
