"""What the criteria say about the units of a node."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class Scores(Value):
    """Arrays in one order, that of `unit`. Frozen units are scored too where the criterion can."""

    node_id: int = Field(description="the node whose units were scored")
    criterion: str = Field(description="its name, with its options")
    title: str = Field(description="as the literature calls it")
    keep: Literal["high", "low"] = Field(description="orientation: which end of the scale the criterion keeps")
    batches: int | None = Field(description="T, batches looked at; null for criteria of the weights alone")
    batch_size: int | None = Field(description="images a batch")
    unit: list[int] = Field(description="unit ids")
    members: list[list[tuple[str, int]]] = Field(description="per unit (layer name, original filter number)")
    free: list[bool] = Field(description="whether the unit can be removed")
    reason: list[str | None] = Field(description="why a unit is frozen")
    score: list[float | None] = Field(description="the criterion's value; null where a frozen unit has none")
    sensitivity: list[float | None] | None = Field(description="the same for criterion taylor, 0-1; else null")
    instability: list[float | None] | None = Field(
        description="mean absolute deviation of the unit's rank over the batches, 0-0.5; null without batches"
    )


class PartialScores(Value):
    """Scores after some of the batches, in the order of the node's units, to fill rows while the pass runs."""

    node_id: int = Field(description="the node whose units are scored")
    criterion: str = Field(description="its name, with its options")
    batches_done: int = Field(description="batches looked at so far")
    batches: int = Field(description="T, batches in all")
    score: list[float | None] = Field(description="the criterion's value so far; null where a frozen unit has none")
    instability: list[float | None] = Field(
        description="mean absolute deviation of the unit's rank so far, 0-0.5; null where a frozen unit has none"
    )
