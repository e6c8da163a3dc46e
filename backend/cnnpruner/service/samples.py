"""Selection images as nodes see them."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value

Change = Literal["all", "degraded", "improved", "wrong"]


class SampleQuery(Value):
    """Which samples."""

    change: Change = Field(default="all", description="degraded: right before and wrong after; improved: the reverse")
    against: int | None = Field(default=None, ge=1, le=2**53 - 1, description="node to compare with; null: the parent")
    label: int | None = Field(default=None, ge=0, le=10**6, description="true class")
    predicted: int | None = Field(default=None, ge=0, le=10**6, description="class that the node calls it")
    offset: int = Field(default=0, ge=0, le=10**9)
    limit: int = Field(default=200, ge=1, le=20_000)
