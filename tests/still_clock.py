"""A clock for a simulator whose time a test tells."""


class StillClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now
