"""Scenarios: replies, events and faults that somebody wrote down, and to which request each belongs."""
