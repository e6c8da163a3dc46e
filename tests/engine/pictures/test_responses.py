"""Responses of filters to many images, compared with activation maps from hooks."""

import numpy as np
import torch

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.engine.pictures.responses import measure_responses
from cnnpruner.engine.tracing.trace import trace_layers
from tests import zoo


def test_means_maps_and_best_images_equal_those_from_hooks() -> None:
    network = zoo.make("vgg")
    layers = trace_layers(network, torch.zeros(1, *zoo.IMAGE))
    pixels = torch.randint(0, 256, (200, *zoo.IMAGE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    images = TensorImages(pixels, torch.zeros(200, dtype=torch.int64))
    normalize = Normalize([0.5] * 3, [0.25] * 3)
    reports: list[tuple[float, str]] = []
    responses = measure_responses(
        network, layers, (images, np.arange(199, -1, -1)), normalize, lambda *progress: reports.append(progress)
    )
    assert reports == [(0.64, "processing 200 images"), (1.0, "processing 200 images")]
    assert list(responses) == [0, 1, 2, 3]
    outputs: dict[str, torch.Tensor] = {}
    for name in ("features.2.2", "classifier.1", "classifier.3"):
        network.get_submodule(name).register_forward_hook(lambda _, __, y, name=name: outputs.update({name: y.clone()}))
    with torch.no_grad():
        network(normalize(pixels.flip(0)))
    maps = outputs["features.2.2"]
    np.testing.assert_allclose(responses[1].maps, maps.mean(0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(responses[1].mean, maps.mean((0, 2, 3)), rtol=1e-4)
    best = maps.mean((2, 3)).topk(9, dim=0)
    np.testing.assert_array_equal(responses[1].samples, best.indices)
    np.testing.assert_allclose(responses[1].activations, best.values, rtol=1e-4)
    assert responses[2].maps.shape == (20, 1, 1)
    np.testing.assert_allclose(responses[2].mean, outputs["classifier.1"].mean(0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(responses[3].mean, outputs["classifier.3"].mean(0), rtol=1e-3, atol=1e-6)
