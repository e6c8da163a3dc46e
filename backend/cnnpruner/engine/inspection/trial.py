"""Runs one training step on noise, so that a network that cannot be trained is refused early."""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.engine.tracing.source import describe_location
from cnnpruner.errors import UnusableNetwork

MULTIPLE_OUTPUTS_NOTICE = (
    "In training mode this network returns several tensors, for example from auxiliary heads; only the first one is "
    "used for training."
)


def get_logits(output: Any) -> Any:
    """Return the logits of an output; in training mode, some networks output (logits, auxiliary logits, …)."""
    return output[0] if isinstance(output, tuple | list) and output else output


def try_training(network: nn.Module, shape: tuple[int, int, int], classes: int) -> list[str]:
    """Run one training step on a copy of the network, and return notices about it.

    shape: (C, H, W) of an image. Raises UnusableNetwork if the network cannot be copied, has nothing to train, fails in
    training, or does not return [N, K] with K = `classes`.
    """
    if not any(parameter.requires_grad for parameter in network.parameters()):
        raise UnusableNetwork(
            "None of the network's parameters can be trained (`requires_grad` is False for all), so it cannot recover "
            "from pruning; call `network.requires_grad_()` where the network is built."
        )
    with torch.random.fork_rng(devices=[]):  # also for dropout
        torch.manual_seed(0)
        output = _run_training_step(network, torch.randn(2, *shape), classes)
    return [] if isinstance(output, Tensor) else [MULTIPLE_OUTPUTS_NOTICE]


def _run_training_step(network: nn.Module, images: Tensor, classes: int) -> Any:
    try:
        output = copy.deepcopy(network).train()(images)
        logits = get_logits(output)
        _require_logits(logits, (len(images), classes))
        functional.cross_entropy(logits.float(), torch.zeros(len(images), dtype=torch.int64)).backward()  # type: ignore[no-untyped-call]
    except UnusableNetwork:
        raise
    except Exception as error:
        raise UnusableNetwork(
            f"The network runs, but a training step fails{describe_location(error)}: {error}. Fix this error; to "
            "reproduce it, call `network.train()` and run the network on two images."
        ) from error
    return output


def _require_logits(logits: Any, shape: tuple[int, int]) -> None:
    if isinstance(logits, Tensor) and tuple(logits.shape) == shape:
        return
    output_description = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
    raise UnusableNetwork(
        f"In training mode the network returns {output_description}; it must return one row of class scores per image, "
        f"{list(shape)}, or a tuple whose first item is a tensor of this shape."
    )
