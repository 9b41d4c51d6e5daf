"""How the parts become one running installation: settings, wiring, database, workers."""
