"""What `%claude` can be told: each word is a thin call of a method."""
