"""The simulation: one seed is one bad day on pretended systems, with the real flows on a real database."""
