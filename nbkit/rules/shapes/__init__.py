"""Strict shapes of a request, and what is wrong with one told in the words and paths of the API."""
