"""What the outputs of a conversation show, as plain dicts: snapshots, and how they differ."""
