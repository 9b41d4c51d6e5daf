"""The console: pages a back office works with, one module per thing they show."""
