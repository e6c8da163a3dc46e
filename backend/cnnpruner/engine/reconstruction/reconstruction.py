"""Reconstruction of a cut network: every layer whose input was changed by the cut is fitted to the outputs of the
parent.

For each layer, in the order in which the layers are called: X [M, D] are sampled rows of its input in the cut network,
whose earlier layers are already fitted; Y [M, F] are the parent's outputs at the same positions. The new weight W and
constant c minimise ‖Y − XW − 1cᵀ‖² + μ‖W − W_cut‖², where μ = ridge · mean diagonal of XᵀX (centred). The least-squares
fit of each layer follows He, Zhang and Sun, “Channel Pruning for Accelerating Very Deep Neural Networks”, ICCV 2017.
Details: docs/methods.md.
"""

import copy
from collections.abc import Collection
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.progress import Progress, scale_progress
from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.reconstruction.fitting_mode import FitTask, FittingMode
from cnnpruner.engine.reconstruction.layer_fit import CutWeight, find_cut_weights
from cnnpruner.engine.reconstruction.targets import RecordedTargets, record_targets
from cnnpruner.engine.training.threads import limit_threads, mean_layer_macs


@dataclass(frozen=True)
class FitSettings:
    """How layers are fitted. The result depends only on these settings and on the images."""

    places: int = 24
    """Number of output positions per image at which a layer's outputs are compared with the parent's outputs."""
    ridge: float = 0.01
    """How strongly weights are pulled towards the weights of the cut network, relative to the mean square of the
    inputs.
    """
    seed: int = 0
    """Random seed for choosing the sampled positions in the feature maps."""


@dataclass(frozen=True)
class NetworkCut:
    """A network, and its copy `child` from which some units were removed (`engine.surgery.surgery.cut`). `layers`:
    structure of `parent`.
    """

    parent: nn.Module
    layers: Layers
    units: Collection[int]
    child: nn.Module


@dataclass(frozen=True)
class Reconstruction:
    """A cut network with fitted weights."""

    network: nn.Module
    fitted: list[str]
    """Names of the fitted layers, in forward order."""
    unfitted: dict[str, str]
    """Layers whose input was changed by the cut but that were not fitted, by name, each with the reason. Depthwise
    convolutions, which are never fitted, are not listed.
    """


def reconstruct(
    cut: NetworkCut, images: Tensor, settings: FitSettings | None = None, progress: Progress | None = None
) -> Reconstruction:
    """Return a copy of `cut.child` whose layers are fitted to the outputs of `cut.parent`. Both networks are left
    unchanged.

    images: [N, C, H, W], normalised, on the networks' device; no labels are needed. Each network runs once. If a layer
    is called several times in a forward pass, the cut network runs a second time. Depthwise convolutions are not
    fitted. Batch norm statistics stay as they are, unless they have to absorb the constant of a layer without a bias.
    `progress` may raise an exception to cancel.
    """
    settings = settings or FitSettings()
    recording_progress, fitting_progress = _split_progress(progress, 0.3)
    with limit_threads(mean_layer_macs(cut.layers) * len(images)):
        targets = record_targets(cut.parent, images, settings.places, settings.seed, recording_progress)
        return fit_to_targets(cut, images, targets, settings.ridge, fitting_progress)


def fit_to_targets(
    cut: NetworkCut, images: Tensor, targets: RecordedTargets, ridge: float, progress: Progress | None = None
) -> Reconstruction:
    """Do what `reconstruct` does, but with targets already recorded on `images`, which can serve several cuts of one
    parent.
    """
    weights = find_cut_weights(cut.layers, cut.units)
    shared_weights = frozenset(name for name in targets.repeated_weights() if name in weights)
    if not shared_weights:
        return _fit_copy(FitTask(targets, weights, ridge, progress), cut.child, images)
    first_pass_progress, second_pass_progress = _split_progress(progress, 0.5)
    task = FitTask(targets, weights, ridge, first_pass_progress, shared_weights=shared_weights)
    first_pass = _fit_copy(task, cut.child, images)
    child = _copy_with_shared_weights(cut.child, first_pass, task)
    second_pass = _fit_copy(
        replace(task, progress=second_pass_progress, shared_weights=frozenset(), already_fitted_weights=shared_weights),
        child,
        images,
    )
    return _merge_passes(second_pass, first_pass, {weights[name].layer for name in shared_weights}, weights)


def _fit_copy(task: FitTask, child: nn.Module, images: Tensor) -> Reconstruction:
    """Fit a copy of `child` in one forward pass."""
    network = copy.deepcopy(child)
    mode = FittingMode(network, task)
    with torch.no_grad(), evaluation_mode(network), mode:
        network(images)
    unfitted = {**mode.unfitted, **mode.unreached_branches()}
    return Reconstruction(network.eval(), list(mode.fitted), unfitted)


def _copy_with_shared_weights(child: nn.Module, first_pass: Reconstruction, task: FitTask) -> nn.Module:
    """Return a copy of `child` in which every weight that is called several times, and its bias, has the values that
    were fitted in the first pass.
    """
    network = copy.deepcopy(child)
    for call in task.targets.calls:
        if call.weight in task.shared_weights:
            for name in filter(None, (call.weight, call.bias)):
                network.get_parameter(name).data.copy_(first_pass.network.get_parameter(name).data)
    return network


def _merge_passes(
    second_pass: Reconstruction,
    first_pass: Reconstruction,
    shared_layers: Collection[str],
    weights: dict[str, CutWeight],
) -> Reconstruction:
    """Return the result of both passes: the network of the second pass, and which layers were fitted. The layers in
    `shared_layers` are fitted in the first pass, all others in the second.
    """
    fitted = {*second_pass.fitted, *(name for name in first_pass.fitted if name in shared_layers)}
    layer_names = [weight.layer for weight in weights.values()]
    unfitted = second_pass.unfitted | {
        name: reason for name, reason in first_pass.unfitted.items() if name in shared_layers
    }
    return Reconstruction(second_pass.network, [name for name in layer_names if name in fitted], unfitted)


def _split_progress(progress: Progress | None, share: float) -> tuple[Progress | None, Progress | None]:
    """Return two functions that report the progress of two consecutive steps. The first step takes `share` of the
    work.
    """
    if progress is None:
        return None, None
    return scale_progress(progress, 0.0, share), scale_progress(progress, share, 1.0)
