"""Scores all units from the inputs of the layers that read them, in one forward and backward pass for all data-driven
criteria.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.scoring.readers import ReaderWatcher, copy_without_gradients, group_by_image
from cnnpruner.engine.training.threads import limit_threads, mean_layer_macs
from cnnpruner.errors import InvalidInput, UnusableNetwork
from cnnpruner.planning.criteria import CRITERIA, Criterion, DataCriterion, StaticCriterion
from cnnpruner.planning.criteria.base import FloatArray
from cnnpruner.planning.instability import RankDeviation

Batches = Iterable[tuple[Tensor, Tensor]]
"""Normalised images [B, C, H, W] and their labels [B]."""


@dataclass(frozen=True)
class UnitScores:
    """The scores of U units by one criterion, in the order of `layers.units`."""

    score: FloatArray
    """Mean of each unit's values over the batches, [U], or the instability of its rank if that is what the criterion
    measures; nan for a frozen unit that no layer takes as input.
    """
    instability: FloatArray
    """Mean absolute deviation of each unit's rank between batches, [U], from 0 to 0.5. Only units that can be removed
    are ranked; nan for frozen units.
    """
    batches: int
    """Number of batches scored so far."""


def score_units(
    network: nn.Module,
    layers: Layers,
    batches: Batches,
    criteria: Sequence[DataCriterion],
    on_batch: Callable[[int, Mapping[str, UnitScores]], None] | None = None,
) -> dict[str, UnitScores]:
    """Return the scores of all units, by `Criterion.spec`. All criteria share the same pass (docs/methods.md).

    batches: pairs of normalised images [N, C, H, W] and labels [N]; they are moved to the network's device.
    on_batch: called after each batch with the number of batches done and the scores so far; the scores after the last
    batch are the result. The network runs in evaluation mode and is left unchanged; its parameters may be frozen.
    Raises InvalidInput if there are no batches, and UnusableNetwork if a loss or a score is not finite.
    """
    running_scores = {criterion.spec: _RunningScores(criterion, layers) for criterion in criteria}
    batch_scorer = _BatchScorer(network, layers, criteria)
    macs = mean_layer_macs(layers)
    done = 0
    for done, (images, labels) in enumerate(batches, start=1):
        with limit_threads(macs * len(images)):
            batch_values = batch_scorer.run(images, labels)
        for name, values in batch_values.items():
            running_scores[name].add(values)
        if on_batch is not None:
            on_batch(done, {name: scores.scores() for name, scores in running_scores.items()})
    if not done:
        raise InvalidInput("There are no batches to score with; the train split is empty.")
    return {name: scores.scores() for name, scores in running_scores.items()}


def score_without_images(network: nn.Module, layers: Layers, criterion: StaticCriterion, seed: int) -> FloatArray:
    """Return the values [U] of a criterion that uses no images, in the order of `layers.units`.

    The value is nan if the criterion cannot score the unit. Raises InvalidInput if a user-defined criterion does not
    score all units that can be removed, and UnusableNetwork if a value of a built-in criterion is infinite.
    """
    values = criterion.values(copy_without_gradients(network), layers, seed)
    if values.shape != (len(layers.units),):
        raise InvalidInput(
            f"Criterion {criterion.name} returns values of shape {list(values.shape)} for {len(layers.units)} units; "
            "it must return one value per unit."
        )
    free = np.array([unit.free for unit in layers.units], dtype=np.bool_)
    _require_valid_scores(criterion, np.isinf(values) | (np.isnan(values) & free & (criterion.name not in CRITERIA)))
    return values


def _require_valid_scores(criterion: Criterion, is_invalid: NDArray[np.bool_]) -> None:
    """Raise an error if the value of any unit is invalid. is_invalid: [U].

    Built-in criteria are tested, so if one of them returns an invalid value, the error blames the network.
    """
    if not is_invalid.any():
        return
    if criterion.name in CRITERIA:
        raise UnusableNetwork(
            f"Criterion {criterion.name} returns a score that is not finite, because the network's weights or "
            "gradients overflow."
        )
    raise InvalidInput(
        f"Criterion {criterion.name} returns values that are not finite for {int(is_invalid.sum())} of "
        f"{len(is_invalid)} units of this network. Check the criterion for division by 0 and overflow.",
        criterion=criterion.name,
    )


class _BatchScorer:
    """Runs batches through the network and sums the criteria's channel values for each unit."""

    def __init__(self, network: nn.Module, layers: Layers, criteria: Sequence[DataCriterion]) -> None:
        self._network = copy_without_gradients(network)
        self._criteria = criteria
        self._watcher = ReaderWatcher(self._network, layers, self._add_reader_values)
        parameter = next(self._network.parameters())
        self._device = parameter.device
        self._places = _find_unit_columns(layers, self._device)
        self._units = len(layers.units)
        self._sums: list[Tensor] = []
        self._seen = torch.empty(0)

    def run(self, images: Tensor, labels: Tensor) -> dict[str, FloatArray]:
        """Return the unit values [U] of one batch, by criterion."""
        images, labels = images.to(self._device), labels.to(self._device)
        self._sums = [images.new_zeros(len(images), self._units) for _ in self._criteria]
        self._seen = torch.zeros(self._units, device=self._device)
        with torch.enable_grad():
            with self._watcher:
                logits = self._network(images)
            # summed, not averaged: the gradient of image n is then that of its own loss
            loss = F.cross_entropy(logits, labels, reduction="sum")
        if not torch.isfinite(loss):
            raise UnusableNetwork(
                "The network's loss is not finite; check the network's weights, and the mean and std of the experiment."
            )
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]
        return {
            criterion.spec: criterion.unit_values(self._combine_channels(criterion, sums)).double().cpu().numpy()
            for criterion, sums in zip(self._criteria, self._sums, strict=True)
        }

    def _combine_channels(self, criterion: DataCriterion, sums: Tensor) -> Tensor:
        """Return one value per image and unit, [N, U], over all channels at which the unit is read: the mean or the sum
        of the channels' values, according to the criterion's `over_places`. sums: [N, U].
        """
        return sums / self._seen.clamp(min=1) if criterion.over_places == "mean" else sums

    def _add_reader_values(self, reader: int, inputs: Tensor, gradient: Tensor) -> None:
        units, channels = self._places[reader]
        self._seen.index_add_(0, units, torch.ones_like(units, dtype=self._seen.dtype))
        for criterion, sums in zip(self._criteria, self._sums, strict=True):
            images = len(sums)
            values = criterion.channel_values(
                group_by_image(inputs, images), group_by_image(gradient, images)
            )  # [N, C]
            values = values.to(sums.dtype)  # for networks in float64
            sums.index_add_(1, units, values if channels is None else values[:, channels])


def _find_unit_columns(layers: Layers, device: torch.device) -> list[tuple[Tensor, Tensor | None]]:
    """Return two lists for each layer that takes units as input: for each input channel that belongs to a unit, the
    position of this unit in `layers.units`; and the indices of these channels, or None if all channels belong to units.
    """
    column = {unit.id: position for position, unit in enumerate(layers.units)}
    places: list[tuple[Tensor, Tensor | None]] = []
    for reader in layers.readers:
        ids = layers.dim_units[reader.inputs]
        channels = [channel for channel, unit in enumerate(ids) if unit >= 0]
        columns = torch.tensor([column[ids[channel]] for channel in channels], dtype=torch.int64, device=device)
        all_channels_have_units = len(channels) == len(ids)
        places.append(
            (columns, None if all_channels_have_units else torch.tensor(channels, dtype=torch.int64, device=device))
        )
    return places


class _RunningScores:
    """Means of one criterion's unit values over the batches so far, and how much the ranks of the units vary between
    batches.
    """

    def __init__(self, criterion: DataCriterion, layers: Layers) -> None:
        self._criterion = criterion
        self._group = np.array([unit.group for unit in layers.units], dtype=np.intp)
        self._free = np.array([unit.free for unit in layers.units], dtype=np.bool_)
        # a free unit without readers scores 0, an empty sum: removing it changes nothing
        self._has_score: NDArray[np.bool_] = _find_units_with_readers(layers) | self._free
        self._total = np.zeros(len(layers.units))
        self._deviation = RankDeviation(int(self._free.sum()))
        self._batches = 0

    def add(self, values: FloatArray) -> None:
        """Add the unit values [U] of one batch."""
        _require_valid_scores(self._criterion, ~np.isfinite(values))
        comparable_values = self._criterion.compare(values, self._group, self._free)
        self._total += comparable_values
        self._deviation.add(comparable_values[self._free])
        self._batches += 1

    def scores(self) -> UnitScores:
        """Return the scores over the batches so far."""
        instability = np.full(len(self._total), np.nan)
        instability[self._free] = self._deviation.instability()
        mean = np.where(self._has_score, self._total / max(self._batches, 1), np.nan)
        score = instability if self._criterion.over_batches == "instability" else mean
        return UnitScores(score, instability, self._batches)


def _find_units_with_readers(layers: Layers) -> NDArray[np.bool_]:
    """Return, for each unit, whether any layer takes it as input, [U]."""
    read = {unit for reader in layers.readers for unit in layers.dim_units[reader.inputs]}
    return np.array([unit.id in read for unit in layers.units], dtype=np.bool_)
