"""The criteria that filters can be scored by, and how far they agree."""

from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Value


class CriterionInfo(Value):
    """What a person needs to know to choose a criterion."""

    name: str = Field(description="as in `?criterion=` and in rules of plans")
    title: str = Field(description="as the literature calls it")
    help: str = Field(description="one line for a person")
    keep: Literal["high", "low"] = Field(description="orientation: which end of the scale the criterion keeps")
    needs: list[Literal["images", "labels", "weights"]] = Field(description="what it looks at")
    unit: str = Field(description="unit of its values; empty for plain numbers")


class Agreement(Value):
    """How alike criteria order the free units of a node. Arrays over criteria are in the order of `criteria`."""

    node_id: int
    criteria: list[str]
    unit: list[int] = Field(description="ids of the free units")
    correlation: list[list[float | None]] = Field(
        description="Spearman's rank correlation in keep-order, -1-1, over the units that both score; null with fewer "
        "than two such units or where one criterion scores all of them alike"
    )
    units: list[list[int]] = Field(description="how many units each correlation is over")
    ranks: list[list[float | None]] = Field(
        description="per criterion and unit its place among the scored free units, 1 goes first, ties averaged; null "
        "where the criterion has no value"
    )
