"""The composition root: settings, command line, serve, limits, logs."""
