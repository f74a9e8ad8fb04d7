"""Shapes and bytes of the contract. No sockets, clocks, threads or files."""
