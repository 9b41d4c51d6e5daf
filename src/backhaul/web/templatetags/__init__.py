"""Where Django looks for the words templates use."""
