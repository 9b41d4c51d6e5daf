"""All that a connector may use: messages in, facts out, pairs of find and do, and the suite that checks them."""
