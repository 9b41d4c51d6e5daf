"""A day of a small shop's returns, played before a newcomer's eyes against a real ERP."""
