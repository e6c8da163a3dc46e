"""Networks that output probabilities are recognised, with the line that makes them so; others are not.

0.1.0 said nothing of any of them, and trained on probabilities (66% instead of 97% on the digits).
"""

import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnpruner.engine.tracing.outputs import describe_outputs

AT_LINE = r" \(softmax at \S*test_outputs\.py:\d+\)"

Head = Callable[[Tensor], Tensor]


class Network(nn.Module):
    """A small network with a batch norm and a function of its logits."""

    def __init__(self, head: Head, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.classifier, self.head = nn.Linear(16, classes), head

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, changed by the head."""
        return self.head(self.classifier(self.features(images).mean((2, 3))))


class SoftmaxInEvaluation(Network):
    """Returns logits in training mode."""

    def forward(self, images: Tensor) -> Tensor:
        """Return logits or probabilities."""
        logits = super().forward(images)
        return logits if self.training else functional.softmax(logits, 1)


class Gated(Network):
    """Uses softmax and sigmoid inside."""

    def forward(self, images: Tensor) -> Tensor:
        """Return logits."""
        features = self.features(images)
        features = features * torch.sigmoid(features.mean((2, 3), keepdim=True))
        weights = features.flatten(2).softmax(2)
        logits: Tensor = self.classifier((features.flatten(2) * weights).sum(2))
        return logits


def softmax(logits: Tensor) -> Tensor:
    """A person's own softmax."""
    powers = (logits - logits.amax(1, keepdim=True)).exp()
    return powers / powers.sum(1, keepdim=True)


def find(network: nn.Module, classes: int = 10) -> list[str]:
    torch.manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    sentences = describe_outputs(network, torch.randn(2, 3, 16, 16))
    assert network.training, "the mode is restored"
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    return sentences


@pytest.mark.parametrize(
    ("network", "location"),
    [
        (Network(lambda logits: logits.softmax(1)), AT_LINE),
        (Network(lambda logits: torch.softmax(logits, 1)), AT_LINE),
        (Network(nn.Softmax(1)), AT_LINE),
        (nn.Sequential(nn.Flatten(), nn.Linear(768, 4), nn.Softmax(1)), r" \(softmax in 2\)"),
        (Network(lambda logits: functional.softmax(logits, 1), classes=2), AT_LINE),
        (Network(softmax), ""),
        (Network(lambda logits: logits.softmax(1) * 1.0), ""),
    ],
)
def test_softmax_outputs_are_found_with_their_line(network: nn.Module, location: str) -> None:
    (sentence,) = find(network)
    assert re.search(rf"for every image they sum to 1{location}\. The loss applies softmax a second time", sentence), (
        sentence
    )
    assert "Return the values before the softmax; the predictions stay the same." in sentence


def test_softmax_in_evaluation_alone_is_told_apart() -> None:
    (sentence,) = find(SoftmaxInEvaluation(nn.Identity()))
    assert "only in evaluation mode, so training is unaffected, but the losses" in sentence


@pytest.mark.parametrize(
    ("head", "location"),
    [
        (nn.Sigmoid(), AT_LINE.replace("softmax", "sigmoid")),
        (torch.sigmoid, AT_LINE.replace("softmax", "sigmoid")),
        (functional.hardsigmoid, AT_LINE.replace("softmax", "sigmoid")),
        (lambda logits: 1 / (1 + (-logits).exp()), ""),
        (lambda logits: (logits.tanh() + 1) / 2, ""),
    ],
)
def test_sigmoid_outputs_are_found(head: Head, location: str) -> None:
    (sentence,) = find(Network(head))
    assert re.search(rf"outputs of the network lie between 0 and 1{location}\. The loss", sentence), sentence
    assert "Return the values before the sigmoid" in sentence


@pytest.mark.parametrize(
    "network",
    [
        Network(nn.Identity()),
        Network(nn.Identity(), classes=2),
        Network(nn.ReLU()),
        Network(nn.LogSoftmax(1)),
        Network(nn.Tanh()),
        Gated(nn.Identity()),
        Network(lambda logits: 0.3 + 1e-4 * logits.sigmoid()),
    ],
)
def test_logits_are_left_alone(network: nn.Module) -> None:
    assert find(network) == []
