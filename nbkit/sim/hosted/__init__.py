"""The tools that the API itself runs: what the model asks of them, what they give, when it pauses."""
