"""Third-party CIFAR-10 checkpoints have their published accuracy."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cnnpruner.data.images.images import Normalize
from cnnpruner.data.loaded_data import load_data
from cnnpruner.data.options import ImageOptions
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource
from cnnpruner.engine.checkpoints.weight_sets import load_checkpoint
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.training.evaluation import predict

IMAGENET = Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.mark.data
@pytest.mark.slow
def test_resnet20_is_right_on_9173_of_the_10000_test_images(real_data: Path) -> None:
    data = load_data(DataSource(kind="cifar10"), real_data / "cifar10", ImageOptions())
    network = build_network(NetworkSource(name="resnet20"), 10, 3, 32, seed=0)
    load_checkpoint(network, real_data / "checkpoints" / "resnet20-12fca82f.th")
    assert data.test_pool is not None
    assert data.classes[:2] == ("airplane", "automobile")
    correct = predict(network, data.test_pool, np.arange(10_000), IMAGENET).correct
    assert correct == pytest.approx(9173, abs=2), "one or two images differ between processors"


@pytest.mark.data
def test_resnet56_checkpoint_is_loaded(real_data: Path) -> None:
    network = build_network(NetworkSource(name="resnet56"), 10, 3, 32, seed=0)
    state = load_checkpoint(network, real_data / "checkpoints" / "resnet56-4bfd9763.th").state
    assert torch.equal(network.state_dict()["linear.bias"], state["linear.bias"])
