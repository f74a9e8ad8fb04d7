"""Errors as AWS says them (contract, section 10.1): a message alone, the kind in a header."""

from __future__ import annotations

from dataclasses import replace

from nbkit.sim.refusal import Refused

KIND = "x-amzn-errortype"
# What a status of the Messages API is there.
KINDS = {
    400: (400, "ValidationException"),
    401: (403, "UnrecognizedClientException"),
    403: (403, "AccessDeniedException"),
    404: (404, "ResourceNotFoundException"),
    405: (404, "UnknownOperationException"),
    408: (408, "ModelTimeoutException"),
    413: (413, "RequestEntityTooLargeException"),
    429: (429, "ThrottlingException"),
    500: (500, "InternalServerException"),
    504: (408, "ModelTimeoutException"),
}
ELSE = (503, "ServiceUnavailableException")


def converted(refusal: Refused) -> Refused:
    """Return the refusal as Bedrock would send it; one that says its kind already is left as it is."""
    if KIND in refusal.headers:
        return refusal
    status, kind = KINDS.get(refusal.status, ELSE)
    kept = {name: value for name, value in refusal.headers.items() if not name.startswith("anthropic-")}
    return replace(refusal, status=status, headers={**kept, KIND: kind}, body={"message": refusal.message})


def aws_refusal(status: int, kind: str, message: str) -> Refused:
    return Refused(status, kind, message, headers={KIND: kind}, body={"message": message})


def unknown() -> Refused:
    """What is said of an operation that there isn't."""
    what = "The requested operation is not recognized by the service."
    return aws_refusal(404, "UnknownOperationException", what)
