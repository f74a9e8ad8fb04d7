"""Images and documents: what can be told of them from their bytes."""
