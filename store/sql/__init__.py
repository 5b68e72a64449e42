"""The store's SQL: schema, migrations, and statements for both engines."""
