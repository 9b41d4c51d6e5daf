"""One verb per file: what Backhaul does with messages, facts and effects."""
