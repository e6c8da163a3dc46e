"""Scores that criteria assign to the units of a node."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class Scores(Value):
    """Scores of a node's units: entry i of each array belongs to the unit `unit[i]`. Frozen units have scores too if
    the criterion can score them.
    """

    node_id: int = Field(description="ID of the node whose units were scored.")
    criterion: str = Field(
        description="Name of the criterion, with its options. If it has a price, `score` contains scores divided by "
        "the price."
    )
    title: str = Field(description="Name of the criterion in the literature.")
    keep: Literal["high", "low"] = Field(
        description="`high` if filters with high scores are kept, `low` if filters with low scores are kept."
    )
    batches: int | None = Field(description="Number of batches used (T); null for criteria that only need the weights.")
    batch_size: int | None = Field(description="Number of images per batch.")
    unit: list[int] = Field(description="ID of each unit.")
    members: list[list[tuple[str, int]]] = Field(
        description="The filters of each unit, as pairs of layer name and original filter number. Entry i belongs to "
        "the unit `unit[i]`."
    )
    free: list[bool] = Field(description="Whether each unit can be removed.")
    reason: list[str | None] = Field(description="Why each unit is frozen; null for free units.")
    score: list[float | None] = Field(
        description="Score of each unit; null for units without a score, which are frozen."
    )
    sensitivity: list[float | None] | None = Field(
        description="For the criterion `taylor`, the sensitivity of each unit, 0-1; null for other criteria."
    )
    instability: list[float | None] | None = Field(
        description="How much each unit's rank varies between the batches: the mean absolute deviation of the rank, "
        "divided by the number of ranked units, 0-0.5; null if no batches were used."
    )


class PartialScores(Value):
    """Preliminary scores from the batches processed so far, in the order of the node's units, to be shown while the
    scoring pass is running.
    """

    node_id: int = Field(description="ID of the node whose units are being scored.")
    criterion: str = Field(description="Name of the criterion, with its options.")
    batches_done: int = Field(description="Number of batches processed so far.")
    batches: int = Field(description="Total number of batches (T).")
    score: list[float | None] = Field(
        description="Preliminary score of each unit; null for units without a score, which are frozen."
    )
    instability: list[float | None] = Field(
        description="How much each unit's rank varies between the batches processed so far: the mean absolute "
        "deviation of the rank, divided by the number of ranked units, 0-0.5; null for frozen units that have no "
        "score."
    )
