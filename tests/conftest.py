"""Registers the fixtures that every folder of tests may ask for."""

pytest_plugins = ["tests.support.database", "tests.support.town"]
