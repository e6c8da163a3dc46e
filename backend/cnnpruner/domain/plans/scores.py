"""Scores that criteria assign to the units of a node."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class Scores(Value):
    """Scores of a node's units: entry i of each array belongs to the unit `unit[i]`. Frozen units have scores too if
    the criterion can score them.
    """

    node_id: int = Field(description="ID of the node whose units were scored.")
    criterion: str = Field(description="Name of the criterion, with its options.")
    title: str = Field(description="Name used in the literature.")
    keep: Literal["high", "low"] = Field(
        description="Which end of the scale is kept: `high` keeps filters with high scores."
    )
    batches: int | None = Field(description="T: number of batches used; null for criteria that only need the weights.")
    batch_size: int | None = Field(description="Images per batch.")
    unit: list[int] = Field(description="IDs of the units.")
    members: list[list[tuple[str, int]]] = Field(
        description="Filters of each unit, as pairs of layer name and original filter number."
    )
    free: list[bool] = Field(description="Whether each unit can be removed.")
    reason: list[str | None] = Field(description="Why a unit is frozen; null if it is free.")
    score: list[float | None] = Field(description="Score of each unit; null if a frozen unit has none.")
    sensitivity: list[float | None] | None = Field(
        description="For the criterion taylor, the same scores as sensitivity, 0-1; null for other criteria."
    )
    instability: list[float | None] | None = Field(
        description="Mean absolute deviation of each unit's rank over the batches, 0-0.5; null if no batches were used."
    )


class PartialScores(Value):
    """Scores after some of the batches, one for each of the node's units in order, for display while the scoring pass
    runs.
    """

    node_id: int = Field(description="ID of the node whose units are being scored.")
    criterion: str = Field(description="Name of the criterion, with its options.")
    batches_done: int = Field(description="Number of batches processed so far.")
    batches: int = Field(description="T: total number of batches.")
    score: list[float | None] = Field(description="Score of each unit so far; null if a frozen unit has none.")
    instability: list[float | None] = Field(
        description="Mean absolute deviation of each unit's rank so far, 0-0.5; null if a frozen unit has none."
    )
