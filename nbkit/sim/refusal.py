"""An answer with the API's error envelope (contract, section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nbkit.rules.validator import Problem
from nbkit.wire.blocks import Json

TOO_LARGE = "image_dimensions_too_large"


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """Raised anywhere while a request is answered: the answer is this error, and `headers` come on top."""

    status: int
    type: str
    message: str
    details: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Json | None = None  # said in the envelope's place, where a platform has its own

    def envelope(self, request_id: str | None) -> Json:
        if self.body is not None:
            return self.body
        error: Json = {"type": self.type, "message": self.message}
        if self.details:
            error["details"] = self.details
        return {"type": "error", "error": error, "request_id": request_id}


def invalid(message: str, details: Json | None = None) -> Refused:
    return Refused(400, "invalid_request_error", message, details)


def not_found(message: str) -> Refused:
    return Refused(404, "not_found_error", message)


def of_problem(problem: Problem, all: Sequence[Problem] = ()) -> Refused:
    """The refusal that a broken rule is; of all that is wrong, an image too large names the others, too."""
    details: Json | None = {"error_code": problem.error_code} if problem.error_code else None
    if details and problem.error_code == TOO_LARGE:
        details["max_side_length_pixels"] = int(problem.message.split()[-2])  # it ends in "2000 pixels"
        details["paths"] = [each.path for each in all or [problem] if each.error_code == TOO_LARGE]
    return Refused(problem.status, problem.type, problem.message, details)
