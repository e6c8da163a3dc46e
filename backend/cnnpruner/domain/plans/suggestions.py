"""Suggestions: the plans that a search tried in order to reach a goal, with the accuracy of each."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cnnpruner.domain.base import Accuracy, Value, VersionedValue
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.goals import AccuracyGoal, CostGoal
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.plans.rules import PlanRule

CandidateState = Literal["measured", "eliminated", "best"]
ApplyState = Literal["waiting", "applied", "failed"]
MIN_SEARCH_SECONDS, MAX_SEARCH_SECONDS = 5, 6 * 3600
MAX_TRAINING_SECONDS = 7 * 24 * 3600


class NewSuggestion(Value):
    """Settings for a search for the best plan."""

    goal: CostGoal | AccuracyGoal = Field(
        description="Either a cost that must not be exceeded, or an accuracy that the pruned network must reach before "
        "any training, at as few MACs as possible."
    )
    seconds: float = Field(
        default=60.0,
        ge=MIN_SEARCH_SECONDS,
        le=MAX_SEARCH_SECONDS,
        description="Duration of the search in seconds, from the moment it starts. Longer searches compare more plans.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Random seed for dividing the selection images and for choosing the layers that exchange width.",
    )
    apply: bool = Field(
        default=False,
        description="Apply the best plan when the search ends, with the training settings of its recipe.",
    )
    training_seconds: float | None = Field(
        default=None,
        ge=1,
        le=MAX_TRAINING_SECONDS,
        description="Longest allowed duration, in seconds, of the training that follows if `apply` is true; null for "
        "the experiment's number of epochs.",
    )


class Candidate(Value):
    """A plan that the search has tried."""

    rule: PlanRule = Field(description="Rule by which the plan chooses the filters to remove.")
    origin: Literal["order", "exchange"] = Field(
        description="How the plan was found. `order`: filters were removed in a fixed order until the goal was "
        "reached. `exchange`: an earlier candidate was changed by moving width from one layer to another."
    )
    cost: Cost = Field(description="Cost of the pruned network.")
    widths: dict[str, int] = Field(description="Number of filters that remain in each layer, by layer name.")
    loss: float = Field(description="Mean cross-entropy, in nats, of the reconstructed network on `images` images.")
    images: int = Field(
        description="Number of selection images on which `loss` and `reconstructed` were measured. The search used "
        "these images to compare the candidates."
    )
    raw: Accuracy | None = Field(
        description="Accuracy directly after pruning, on up to 1,024 of the images used to compare candidates. "
        "Measured only for the best candidates, at the end of the search; otherwise null."
    )
    recalibrated: Accuracy | None = Field(
        description="Accuracy after re-estimation of the BN statistics, on the same images as `raw`. Measured only for "
        "the best candidates, at the end of the search; otherwise null."
    )
    reconstructed: Accuracy = Field(description="Accuracy after reconstruction, on `images` images.")
    unseen: Accuracy | None = Field(
        description="Accuracy after reconstruction on the selection images that were not used to compare candidates. "
        "Measured only for the best candidates, at the end of the search; otherwise null."
    )
    state: CandidateState = Field(
        description="`best`: the best plan so far. `eliminated`: no longer compared, because other plans had a lower "
        "loss. `measured`: neither of these."
    )


class Suggestion(VersionedValue):
    """A search for the best plan of a node: its settings, and what it has found so far."""

    id: int = Field(description="ID of the suggestion.")
    experiment_id: int = Field(description="ID of the experiment.")
    node_id: int = Field(description="ID of the node to prune.")
    job_id: int | None = Field(description="ID of the job that runs the search; null if the job has been deleted.")
    created_at: datetime = Field(description="When the suggestion was requested (UTC).")
    goal: CostGoal | AccuracyGoal = Field(description="The cost or accuracy to reach.")
    seconds: float = Field(description="Requested duration of the search in seconds.")
    seed: int = Field(description="Random seed of the search.")
    apply: bool = Field(description="Whether the best plan is applied when the search ends.")
    training_seconds: float | None = Field(
        description="Longest allowed duration of the training in seconds; null for no limit."
    )
    candidates: list[Candidate] = Field(description="The plans that were tried, best first.")
    exchanges: int = Field(
        description="Number of exchanges that the search tried. An exchange makes one layer wider and another one "
        "narrower."
    )
    gains: int = Field(description="Number of exchanges that reduced the loss and were therefore kept.")
    elapsed_s: float = Field(description="Seconds that the search has taken so far.")
    plan_id: int | None = Field(
        description="ID of the draft made from the best candidate; null until the search has ended, if no plan was "
        "found, or if the draft has been deleted."
    )
    apply_state: ApplyState | None = Field(
        description="Whether the best plan has been applied as requested: `waiting`, `applied` or `failed`; null if it "
        "is not to be applied."
    )
    apply_error: str | None = Field(description="Why the best plan could not be applied; null if there was no error.")


class SearchState(Value):
    """What a search has found so far. The fields have the same meaning as in `Suggestion`."""

    candidates: list[Candidate] = Field(default_factory=list)
    exchanges: int = 0
    gains: int = 0
    elapsed_s: float = 0.0


class SuggestionStarted(Value):
    """A requested search for the best plan, and the job that runs the search."""

    suggestion: Suggestion = Field(description="The suggestion, which has no candidates yet.")
    job: Job = Field(description="The job that runs the search.")
