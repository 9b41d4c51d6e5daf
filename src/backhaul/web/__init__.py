"""What people and machines reach over HTTP: hooks, API and console."""
