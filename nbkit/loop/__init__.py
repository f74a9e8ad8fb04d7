"""The tool loop as plain data and a machine without I/O: history, decisions, tools, turn, conversation."""
