"""The simulated Messages API: one function from a request to status, headers and bytes. It knows no client
and no loop.
"""
