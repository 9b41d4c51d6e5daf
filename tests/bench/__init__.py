"""What Backhaul carries on this machine, beside what its own database could: run by ``make bench``."""
