"""Data only: models, betas and tool types, as the contract's tables give them. Readable by every room."""
