"""Penultimate features: the input of the output layer."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.engine.pictures.features import penultimate_features
from cnnpruner.engine.tracing.trace import trace_layers
from tests import zoo


@pytest.mark.parametrize("name", ["vgg", "resnet_a", "depthwise"])
def test_features_times_the_output_layer_are_the_logits(name: str) -> None:
    network = zoo.make(name).eval()
    shape = zoo.IMAGE
    images = TensorImages(
        torch.randint(0, 256, (9, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)),
        torch.zeros(9, dtype=torch.int64),
    )
    normalize = Normalize([0.5] * shape[0], [0.25] * shape[0])
    layers = trace_layers(network, torch.zeros(1, *shape))
    chosen_indices = np.array([8, 1, 4])
    features = penultimate_features(network, layers, (images, chosen_indices), normalize)
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        expected = network(normalize(images.pixels[chosen_indices]))
        torch.testing.assert_close(last(torch.from_numpy(features)), expected)
