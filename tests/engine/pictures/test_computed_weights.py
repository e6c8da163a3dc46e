"""Pictures and features of networks with layers that compute their weight."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.engine.pictures.features import penultimate_features
from cnnpruner.engine.pictures.pictures import guided_gradients
from cnnpruner.engine.pictures.responses import measure_responses
from cnnpruner.errors import UnusableNetwork
from tests.engine.cuts import trace
from tests.zoo.multiplications import NETWORKS, SIZE

IMAGE = (3, SIZE, SIZE)
PIXELS = torch.randint(0, 256, (12, *IMAGE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
IMAGES = (TensorImages(PIXELS, torch.zeros(12, dtype=torch.int64)), np.arange(12))
NORMALIZE = Normalize([0.5] * 3, [0.25] * 3)


def build(name: str) -> nn.Module:
    torch.manual_seed(0)
    return NETWORKS[name].make().eval()


def outputs_by_hooks(network: nn.Module, names: list[str]) -> dict[str, Tensor]:
    """Output of each module on all images."""
    outputs: dict[str, Tensor] = {}
    hooks = [
        network.get_submodule(name).register_forward_hook(lambda _, __, y, name=name: outputs.update({name: y.clone()}))
        for name in names
    ]
    with torch.no_grad():
        network(NORMALIZE(PIXELS))
    for hook in hooks:
        hook.remove()
    return outputs


@pytest.mark.parametrize("name", ["weight standardisation", "weight norm", "spectral norm"])
def test_every_layer_responds_as_hooks_see_it(name: str) -> None:
    network = build(name)
    layers = trace(network, IMAGE)
    responses = measure_responses(network, layers, IMAGES, NORMALIZE)
    assert list(responses) == [0, 1, 2, 3]
    outputs = outputs_by_hooks(network, [layer.name for layer in layers.layers])
    for layer in layers.layers[:3]:
        expected = outputs[layer.name].clamp_min(0).mean((0, 2, 3))
        np.testing.assert_allclose(responses[layer.index].mean, expected, rtol=1e-4, atol=1e-6)


def test_a_layer_that_mixes_the_images_of_a_batch_is_left_out_and_the_others_respond() -> None:
    network = build("conditional convolution")
    layers = trace(network, IMAGE)
    names = [layer.name for layer in layers.layers]
    responses = measure_responses(network, layers, IMAGES, NORMALIZE)
    assert [names[index] for index in responses] == ["first", "second.routing", "third", "head"]
    image = NORMALIZE(PIXELS)[0]
    with pytest.raises(UnusableNetwork, match=r"Layer second outputs 1 rows for 2 images"):
        guided_gradients(network, layers, names.index("second"), image, [0, 1])


def test_guided_gradients_of_a_filter_with_computed_weights() -> None:
    network = build("weight norm")
    layers = trace(network, IMAGE)
    image = NORMALIZE(PIXELS)[0]
    pictures = guided_gradients(network, layers, 1, image, [0, 5])
    expected = outputs_by_hooks(network, ["second"])["second"][0, [0, 5]].clamp_min(0).mean((1, 2))
    np.testing.assert_allclose(pictures.activations, expected, rtol=1e-4, atol=1e-6)
    assert np.abs(pictures.gradients).max() > 0


def test_features_for_the_map_of_a_network_whose_head_computes_its_weight() -> None:
    network = build("spectral norm")
    features = penultimate_features(network, trace(network, IMAGE), IMAGES, NORMALIZE)
    expected = outputs_by_hooks(network, ["third"])["third"].relu().mean((2, 3))
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-6)
