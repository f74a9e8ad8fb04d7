"""The message array as immutable nodes, and everything that makes another array of one."""
