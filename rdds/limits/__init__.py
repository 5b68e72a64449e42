"""How much one client may ask: budgets and connections, counted for all workers together."""
