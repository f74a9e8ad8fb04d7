"""The open calls: what can be decided of one, who decides it, and where the loop stops for it."""
