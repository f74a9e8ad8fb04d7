"""What gets lost between the requests of a session: requests side by side, and what each rule finds."""
