"""Recognises networks that output probabilities instead of logits, and finds the softmax or sigmoid that computes
them.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from cnnpruner.engine.modes import evaluation_mode
from cnnpruner.engine.tracing.source import locate_call

IMAGE_SCALE_FACTORS = (-1.0, 10.0, -10.0)
"""Factors by which the images are multiplied to tell logits from probabilities: logits then leave the range 0-1,
whereas probabilities stay within it.
"""
PROBABILITY_SUM_TOLERANCE = 1e-3
MIN_SPREAD = 0.05
"""Outputs between 0 and 1 are taken for probabilities only if an output changes by at least this much between images.
Logits that hardly change could all lie between 0 and 1 by chance.
"""

SOFTMAX_FUNCTIONS = (torch.softmax, functional.softmax, Tensor.softmax)
SIGMOID_FUNCTIONS = (torch.sigmoid, functional.sigmoid, Tensor.sigmoid, functional.hardsigmoid, torch.special.expit)


class _OutputRecorder(TorchFunctionMode):
    """Records the last call of softmax or sigmoid, and its source line."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._modules = {id(module): name for name, module in network.named_modules()}
        self._last_call: tuple[Tensor, str, str] | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation, record the call if it is a softmax or sigmoid, and return the result."""
        result = func(*args, **(kwargs or {}))
        for name, functions in (("softmax", SOFTMAX_FUNCTIONS), ("sigmoid", SIGMOID_FUNCTIONS)):
            if func in functions:
                self._last_call = result, name, locate_call(self._modules)
        return result

    def describe_origin(self, output: Tensor) -> str:
        """Return a text such as ` (softmax at net.py:42)` if the output is the result of the last recorded call,
        otherwise an empty string.
        """
        if self._last_call is None:
            return ""
        result, name, location = self._last_call
        shares_memory = result.untyped_storage().data_ptr() == output.untyped_storage().data_ptr()
        return f" ({name} {location})" if shares_memory else ""


def describe_outputs(network: nn.Module, images: Tensor) -> list[str]:
    """If the network seems to output probabilities in evaluation mode, return a list with one sentence that says so;
    otherwise, return an empty list.

    images: [N, C, H, W], N ≥ 2, normalised images or noise. The network is not changed.
    """
    recorder = _OutputRecorder(network)
    with torch.no_grad(), evaluation_mode(network):
        with recorder:
            output = network(images)
        if not isinstance(output, Tensor) or output.ndim != 2 or output.shape[1] < 2:
            return []
        outputs = torch.cat([output, *(network(images * scale) for scale in IMAGE_SCALE_FACTORS)]).float()
    origin = recorder.describe_origin(output)
    if _are_probabilities(outputs):
        return [_describe_softmax(origin, _returns_logits_in_training(network, images))]
    if _lie_between_0_and_1(outputs) and ("sigmoid" in origin or _spread_between_images(outputs) >= MIN_SPREAD):
        return [_describe_sigmoid(origin)]
    return []


def _lie_between_0_and_1(outputs: Tensor) -> bool:
    return bool(((outputs >= 0) & (outputs <= 1)).all())


def _are_probabilities(outputs: Tensor) -> bool:
    return _lie_between_0_and_1(outputs) and bool(((outputs.sum(1) - 1).abs() < PROBABILITY_SUM_TOLERANCE).all())


def _spread_between_images(outputs: Tensor) -> float:
    return float((outputs.amax(0) - outputs.amin(0)).max())


def _returns_logits_in_training(network: nn.Module, images: Tensor) -> bool:
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        output = copy.deepcopy(network).train()(images)
    logits = output[0] if isinstance(output, tuple | list) and output else output
    return isinstance(logits, Tensor) and logits.ndim == 2 and not _are_probabilities(logits.float())


def _describe_softmax(origin: str, returns_logits_in_training: bool) -> str:
    problem = f"The network outputs probabilities instead of logits: for every image they sum to 1{origin}."
    fix = "Return the values before the softmax; the predictions stay the same."
    if returns_logits_in_training:
        return (
            f"{problem} It does so only in evaluation mode, so training is unaffected, but the losses, probabilities "
            f"and scores that are computed in evaluation mode are wrong. {fix}"
        )
    return (
        f"{problem} The loss applies softmax a second time, so training is slow, accuracy is low, and all "
        f"sensitivities are small. {fix}"
    )


def _describe_sigmoid(origin: str) -> str:
    return (
        f"All outputs of the network lie between 0 and 1{origin}. The loss applies softmax to them, so that no class "
        "can be more than e times as probable as another: training is slow and its accuracy low. Return the values "
        "before the sigmoid; the predictions stay the same."
    )
