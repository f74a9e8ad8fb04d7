"""JSON Schemas inside a request: a tool's own, and those that the API compiles into a grammar."""
