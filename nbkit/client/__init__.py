"""How a request goes out and bytes come back. Knows nothing of history, tools or display."""
