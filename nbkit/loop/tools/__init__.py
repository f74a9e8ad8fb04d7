"""Tools: how a function becomes one, what a call may give it, and how what it returns becomes a result."""
