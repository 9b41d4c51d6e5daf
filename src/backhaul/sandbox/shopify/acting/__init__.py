"""How the shop is changed: one function per mutation, each checking everything before it changes anything."""
