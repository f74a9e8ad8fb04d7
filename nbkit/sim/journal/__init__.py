"""The journal: what came in, kept within bounds, without secrets, and judged when somebody reads it."""
