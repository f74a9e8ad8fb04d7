"""A careful small model: what the simulator says, from the message array alone. Start at `intent`."""
