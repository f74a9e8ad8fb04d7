"""A container as far as it can be true: files in memory, a small shell, a small Python. Nothing is run."""
