"""Guided gradients: equal to captum's if captum supports the network, and to the rule by hand otherwise."""

import base64
import io
import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.engine.pictures.guided import GuidedReluMode
from cnnpruner.engine.pictures.pictures import draw_activation_map, draw_gradient, guided_gradients
from cnnpruner.engine.tracing.trace import trace_layers
from tests import zoo


def image() -> Tensor:
    """[C, H, W]."""
    return torch.randn(zoo.IMAGE, generator=torch.Generator().manual_seed(1))


def traced(network: nn.Module) -> Layers:
    return trace_layers(network, torch.zeros(1, *zoo.IMAGE))


class Twice(nn.Module):
    """Two convolutions with a chosen kind of ReLU; the last ReLU is a module."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 40, 3, padding=1)
        self.module, self.last, self.head = nn.ReLU(), nn.ReLU(), nn.Linear(40, 10)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 10]."""
        y = self.conv1(x)
        kinds: dict[str, Callable[[Tensor], Tensor]] = {
            "module": self.module,
            "functional": F.relu,
            "torch": torch.relu,
            "method": Tensor.relu,
            "in place": Tensor.relu_,
            "in place argument": lambda z: F.relu(z, inplace=True),
            "6": F.relu6,
            "module 6": nn.ReLU6(inplace=True),
        }
        y = self.last(self.conv2(kinds[self.kind](y)))
        logits: Tensor = self.head(y.mean((2, 3)))
        return logits


def make(kind: str) -> Twice:
    torch.manual_seed(0)
    return Twice(kind).eval()


def captum(network: nn.Module, layer: nn.Module, picture: Tensor, position: int) -> Tensor:
    """[C, H, W]: captum's guided gradient of the sum of one channel of `layer`."""
    attr = pytest.importorskip("captum.attr")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        backprop = attr.NeuronGuidedBackprop(network, layer)
        gradient: Tensor = backprop.attribute(
            picture[None].requires_grad_(), lambda maps: maps[:, position].sum((1, 2))
        )
    return gradient[0].detach()


def test_pictures_equal_captum_if_every_relu_is_a_module() -> None:
    network = make("module")
    guided = guided_gradients(network, traced(network), 1, image(), range(40))
    for position in (0, 17, 39):
        expected = captum(network, network.last, image(), position)
        np.testing.assert_allclose(guided.gradients[position], expected, rtol=1e-4, atol=1e-6)
        assert np.abs(guided.gradients[position]).max() > 0
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())


def test_pictures_equal_captum_after_batch_norm() -> None:
    network = zoo.make("vgg")
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False  # captum's hooks do not support in-place ReLUs
    relu = network.get_submodule("features.2.2")
    guided = guided_gradients(network, traced(network), 1, image(), [3, 5])
    for row, position in enumerate((3, 5)):
        expected = captum(network, relu, image(), position)
        np.testing.assert_allclose(guided.gradients[row], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["functional", "torch", "method", "in place", "in place argument"])
def test_every_way_to_call_a_relu_is_guided(kind: str) -> None:
    expected = guided_gradients(make("module"), traced(make("module")), 1, image(), [0, 1])
    network = make(kind)
    guided = guided_gradients(network, traced(network), 1, image(), [0, 1])
    np.testing.assert_allclose(guided.gradients, expected.gradients, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(guided.activations, expected.activations, rtol=1e-5)


def test_guided_gradients_equal_the_rule_by_hand() -> None:
    x = torch.tensor([-1.0, 2.0, 3.0, 7.0], requires_grad=True)
    weight = torch.tensor([1.0, -1.0, 2.0, 2.0])
    for relu, expected in ((F.relu, [0, 0, 2, 2]), (F.relu6, [0, 0, 2, 0]), (nn.ReLU6(), [0, 0, 2, 0])):
        with GuidedReluMode():
            y = relu(x * 1)
        assert y.tolist() == [0, 2, 3, 6 if expected[3] == 0 else 7]
        (gradient,) = torch.autograd.grad((y * weight).sum(), x)
        assert gradient.tolist() == expected


def test_an_in_place_relu_changes_its_input() -> None:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    with GuidedReluMode():
        y = x * 1
        F.relu_(y)
        (gradient,) = torch.autograd.grad(y.sum(), x)
    assert y.tolist() == [0, 2]
    assert gradient.tolist() == [0, 1]


@pytest.mark.parametrize("name", sorted(set(zoo.ZOO) - {"attention"}))
def test_every_layer_of_every_network_can_be_drawn(name: str) -> None:
    network = zoo.make(name)
    layers = traced(network)
    for layer in layers.layers:
        guided = guided_gradients(network, layers, layer.index, image(), range(layer.filters))
        assert guided.gradients.shape == (layer.filters, *zoo.IMAGE)
        assert np.isfinite(guided.gradients).all()
        inactive = guided.activations == 0
        assert (np.abs(guided.gradients[inactive]).max(initial=0) == 0) or layer.output
        assert layer.output or not inactive.all()


def test_a_drawn_gradient_is_grey_at_zero() -> None:
    gradient = np.zeros((3, 4, 5), np.float32)
    gradient[0, 0, 0], gradient[1, 2, 3] = 2.0, -1.0
    png, histogram = draw_gradient(gradient)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))
    assert pixels.shape == (4, 5, 3)
    assert (pixels[0, 0].tolist(), pixels[2, 3].tolist()) == ([255, 128, 128], [128, 64, 128])
    assert (sum(histogram), histogram[-1], histogram[6], histogram[12]) == (60, 1, 1, 58)
    _, silent = draw_gradient(np.zeros((1, 4, 4), np.float32))
    assert silent[12] == 16
    wide, _ = draw_gradient(np.ones((1, 20, 200), np.float32))
    assert Image.open(io.BytesIO(base64.b64decode(wide))).size == (96, 10)


def test_a_drawn_map_is_white_at_its_maximum() -> None:
    pixels = np.asarray(
        Image.open(io.BytesIO(base64.b64decode(draw_activation_map(np.array([[0.0, 0.5], [1.0, 0.25]], np.float32)))))
    )
    assert pixels.tolist() == [[0, 128], [255, 64]]
    dead = np.asarray(Image.open(io.BytesIO(base64.b64decode(draw_activation_map(np.zeros((2, 2), np.float32))))))
    assert dead.max() == 0
