"""The little web of the simulator: some dozens of short pages that its search finds and its fetch reads."""
