"""The walk of docs/walk.md: a registrant changes, seen from all sides."""
