"""Scale of the batch norm after a filter (Liu et al. 2017, Network Slimming, arXiv:1708.06519)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.planning.criteria.base import FloatArray, StaticCriterion, mean_by_unit

if TYPE_CHECKING:
    from torch import nn

    from cnnpruner.domain.plans.layers import Layers


class BatchNormScale(StaticCriterion):
    """Mean |γ| over all batch norm channels that scale the unit.

    A unit without batch norm gets no score and is never removed.
    """

    name = "bn_scale"
    title = "Batch norm scale |γ|"
    short = "BN scale |γ|"
    abbreviation = "BN |γ|"
    help = "How strongly batch norm scales the filter's output. Filters without batch norm get no score."
    order = 50
    keep = "high"
    needs = frozenset({"weights"})

    def values(self, network: nn.Module, layers: Layers, seed: int) -> FloatArray:
        """Return the mean |γ| of each unit, [U]."""
        scales = {
            f"{name}.weight".lstrip("."): module.weight.detach().abs().double()
            for name, module in network.named_modules()
            if _is_batch_norm(module) and module.affine
        }
        return mean_by_unit(
            layers, [(tensor.dims[0], scales[tensor.name]) for tensor in layers.tensors if tensor.name in scales]
        )


def _is_batch_norm(module: nn.Module) -> bool:
    """Whether the module's class derives from torch's batch norm. This is checked by name, because `planning` must not
    import torch.
    """
    return any(base.__name__ == "_BatchNorm" for base in type(module).__mro__)
