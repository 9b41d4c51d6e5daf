"""The only place with models, migrations and SQL."""
