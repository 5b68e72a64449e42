"""Data in: escrow deposits (RFC 8909, RFC 9022) read into the store, and made."""
