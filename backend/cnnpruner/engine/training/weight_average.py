"""Exponential moving average (EMA) of a network's weights during training."""

import copy
from typing import Any

import torch
from torch import Tensor, nn


class WeightAverage:
    """An average of the weights over the training steps. Its attribute `network` is a network with the averaged
    weights.

    After step t, counted from 0, the average moves to d · average + (1 - d) · weights with d = min(decay, (1 + t) / (10
    + t)), so that the weights of the first steps do not dominate the average (as in TensorFlow's
    ExponentialMovingAverage). Running statistics are averaged, too; integer buffers are copied.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self._decay = decay

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move the average towards the weights of `network` after step `step`, counted from 0 over all epochs."""
        weight = 1 - min(self._decay, (1 + step) / (10 + step))
        averages: list[Tensor] = []
        values: list[Tensor] = []
        for average, value in zip(_list_tensors(self.network), _list_tensors(network), strict=True):
            if average.is_floating_point():
                averages.append(average)
                values.append(value)
            else:
                average.copy_(value)
        torch._foreach_lerp_(averages, values, weight)

    def state(self) -> dict[str, Any]:
        """Return copies of the averaged tensors, by name."""
        return {name: value.detach().clone() for name, value in self.network.state_dict().items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from a state that was returned by `state`."""
        self.network.load_state_dict(state)


def _list_tensors(network: nn.Module) -> list[Tensor]:
    """Return all parameters and buffers of the network. A tensor that several modules share appears only once."""
    return [*network.parameters(), *network.buffers()]
