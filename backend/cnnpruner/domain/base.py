"""What all values share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A frozen value. Fields that are published have no default; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Changing(Value):
    """A value that is answered and told while it changes, so that answers and events can cross."""

    version: int = Field(default=1, ge=1, description="goes up with every change; a lower one than known is older")


class ErrorBody(Value):
    """What went wrong, in one shape everywhere."""

    code: str = Field(description="stable identifier of the kind of error")
    message: str = Field(description="a sentence that names the thing and the cure")
    details: dict[str, Any] = Field(description="the same, for programs")


class ErrorAnswer(Value):
    """The body of every answer that is not a success."""

    error: ErrorBody = Field(description="what went wrong, and what helps")


class Interval(Value):
    """A Wilson score interval of a share, 95 % (Wilson 1927)."""

    low: float = Field(ge=0, le=1, description="lower bound, 0-1")
    high: float = Field(ge=0, le=1, description="upper bound, 0-1")


class Accuracy(Value):
    """How many of `images` were classified rightly."""

    accuracy: float = Field(ge=0, le=1, description="share of images classified rightly, 0-1")
    correct: int = Field(ge=0, description="images classified rightly")
    images: int = Field(ge=1, description="images looked at")
    interval: Interval = Field(description="of the accuracy, 95 %")
