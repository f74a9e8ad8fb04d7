"""Be the model: requests wait until a person writes the assistant's turn."""
