"""What becomes of a command: one plain function each, over an open transaction."""
