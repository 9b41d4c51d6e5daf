"""One folder per outside system, all alike; each can be deleted and nothing else notices."""
