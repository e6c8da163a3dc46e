"""Scores a network by a criterion of any kind."""

from collections.abc import Sequence

from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.scoring.brain_surgeon import score_by_brain_surgeon
from cnnpruner.engine.scoring.scoring_pass import score_units, score_without_images
from cnnpruner.planning.criteria.base import Criterion, DataCriterion, FloatArray, StaticCriterion
from cnnpruner.planning.criteria.obs import BrainSurgeon


def score_by_criterion(
    criterion: Criterion, network: nn.Module, layers: Layers, batches: Sequence[tuple[Tensor, Tensor]], seed: int
) -> FloatArray:
    """Return the scores of all units [U], in the order of `layers.units`; nan for units without a score.

    batches: (images [N, C, H, W] normalised, labels [N]); criteria that need no images ignore them. The network is left
    unchanged. Raises as `score_units`, `score_without_images` and `score_by_brain_surgeon` do.
    """
    if isinstance(criterion, DataCriterion):
        return score_units(network, layers, batches, [criterion])[criterion.spec].score
    if isinstance(criterion, BrainSurgeon):
        return score_by_brain_surgeon(network, layers, batches, len(batches), seed)
    assert isinstance(criterion, StaticCriterion)
    return score_without_images(network, layers, criterion, seed)
