"""Backhaul makes other systems agree with a returns platform: exactly once, to the cent and to the unit."""
