"""Between the kernel and a live page: what is sent, what comes in, and what a person may do there."""
