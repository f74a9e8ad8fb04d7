"""The endpoints: a file for each group of them, and the table of all."""
