"""One step of training on noise: what cannot be trained is refused before anything is made of it."""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.engine.tracing.source import describe_location
from cnnpruner.errors import UnusableNetwork

SEVERAL_OUTPUTS = (
    "In training this network answers with several tensors, as with auxiliary heads; it is trained by the first of "
    "them alone."
)


def first_output(answer: Any) -> Any:
    """What the loss is taken of: in training some networks answer (logits, auxiliary logits, …)."""
    return answer[0] if isinstance(answer, tuple | list) and answer else answer


def try_training(network: nn.Module, shape: tuple[int, int, int], classes: int) -> list[str]:
    """What must be known of how the network trains, a sentence each. It is left as it is.

    shape: (C, H, W) of an image. Raises UnusableNetwork where the network cannot be copied, has nothing to train, fails
    in training, or does not answer [N, K] with K = `classes`.
    """
    if not any(parameter.requires_grad for parameter in network.parameters()):
        raise UnusableNetwork(
            "None of the network's parameters can be trained (`requires_grad` is False for all), so that nothing could "
            "recover from a cut; call `network.requires_grad_()` where it is made."
        )
    with torch.random.fork_rng(devices=[]):  # for dropout, too
        torch.manual_seed(0)
        answer = _run_step(network, torch.randn(2, *shape), classes)
    return [] if isinstance(answer, Tensor) else [SEVERAL_OUTPUTS]


def _run_step(network: nn.Module, images: Tensor, classes: int) -> Any:
    try:
        answer = copy.deepcopy(network).train()(images)
        logits = first_output(answer)
        _require_logits(logits, (len(images), classes))
        functional.cross_entropy(logits.float(), torch.zeros(len(images), dtype=torch.int64)).backward()  # type: ignore[no-untyped-call]
    except UnusableNetwork:
        raise
    except Exception as error:
        raise UnusableNetwork(
            f"The network runs, but one step of training fails{describe_location(error)}: {error}. Mend it there; "
            "`network.train()` and two images show it."
        ) from error
    return answer


def _require_logits(logits: Any, shape: tuple[int, int]) -> None:
    if isinstance(logits, Tensor) and tuple(logits.shape) == shape:
        return
    found = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
    raise UnusableNetwork(
        f"In training the network answers {found}; let it answer one row of class scores per image, {list(shape)}, or "
        "a tuple that begins with them."
    )
