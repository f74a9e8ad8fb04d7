"""The study: what can be said of conversations and requests, once they are written down."""
