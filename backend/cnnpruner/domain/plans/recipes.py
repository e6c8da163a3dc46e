"""Recipes: training settings that are recommended for a plan."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.training import Training


class Recipe(Value):
    """Training settings that are recommended for the network that a plan makes, with the reasons."""

    node_id: int = Field(description="ID of the node that is pruned.")
    plan_id: int | None = Field(description="ID of the plan; null if the recipe is for any network of the node's size.")
    training: Training = Field(
        description="Recommended settings. They differ from the experiment's settings only in `start`, `epochs`, "
        "`images`, `learning_rate`, `schedule`, `warmup_epochs` and the teacher's settings."
    )
    images_seen: int = Field(description="Number of images seen in training: epochs times images per epoch.")
    seconds: float | None = Field(
        description="Expected duration of the training in seconds, without the preparation of the start weights; null "
        "if nothing has been timed in this experiment."
    )
    reasons: list[str] = Field(description="Why these settings are recommended, one sentence for each setting.")
