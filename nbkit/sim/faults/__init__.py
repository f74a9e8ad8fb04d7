"""Faults on request: what networks, proxies and busy servers do to an answer."""

HEADER = "x-nbkit-fault"
