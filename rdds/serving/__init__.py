"""`rdds serve`: one parent that owns the sockets, and workers that answer."""
