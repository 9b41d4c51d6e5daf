"""Programs that fill the shop; Tryton's own interpreter runs them, none of ours imports them."""
