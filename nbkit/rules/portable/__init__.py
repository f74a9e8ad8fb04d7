"""One request against other models, versions and platforms: what is refused, and what is only different."""
