"""Base classes and values shared by the other domain modules."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A value that cannot be changed after its creation. Unknown fields are rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class VersionedValue(Value):
    """An object that changes over time. Its version lets clients discard an older copy that arrives late, in a response
    or event.
    """

    version: int = Field(
        default=1,
        ge=1,
        description="Increases with every change to this object. If you receive a copy with a lower version than the "
        "copy you have, ignore it.",
    )


class ErrorBody(Value):
    """An error: its code, a message for people, and details for programs."""

    code: str = Field(description="Stable identifier of the kind of error.")
    message: str = Field(description="A sentence that says what went wrong and how to fix it.")
    details: dict[str, Any] = Field(description="The values that the message mentions, by name, for use by programs.")


class ErrorResponse(Value):
    """The body of every error response."""

    error: ErrorBody = Field(description="What went wrong and how to fix it.")


class Interval(Value):
    """95% Wilson score interval of a proportion (Wilson 1927)."""

    low: float = Field(ge=0, le=1, description="Lower end of the interval, 0-1.")
    high: float = Field(ge=0, le=1, description="Upper end of the interval, 0-1.")


class Accuracy(Value):
    """Classification accuracy on a set of images."""

    accuracy: float = Field(ge=0, le=1, description="Share of images classified correctly, 0-1.")
    correct: int = Field(ge=0, description="Number of images classified correctly.")
    images: int = Field(ge=1, description="Number of images evaluated.")
    interval: Interval = Field(description="95% confidence interval of the accuracy.")
