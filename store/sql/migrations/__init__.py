"""Alembic's folder: revisions, applied by ``store.sql.upgrade``."""
