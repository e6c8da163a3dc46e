"""The number of threads for a given amount of work."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from cnnpruner.data.images.images import Normalize, TensorImages
from cnnpruner.domain.tree.experiments import DataSource, NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.engine.training.batches import TrainData
from cnnpruner.engine.training.threads import MACS_PER_THREAD, limit_threads, mean_layer_macs
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.planning.defaults import default_training


@pytest.fixture(autouse=True)
def _four_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("macs", "threads"), [(0, 1), (MACS_PER_THREAD, 1), (2 * MACS_PER_THREAD, 2), (math.inf, 4)])
def test_a_small_workload_uses_few_threads_and_the_setting_is_restored(macs: float, threads: int) -> None:
    with pytest.raises(KeyError), limit_threads(macs):
        assert torch.get_num_threads() == threads
        raise KeyError
    assert torch.get_num_threads() == 4


def test_a_small_network_is_trained_with_one_thread() -> None:
    training = default_training(DataSource(kind="digits"), "tune")
    pixels = torch.zeros(64, 1, 8, 8, dtype=torch.uint8)
    data = TrainData(
        TensorImages(pixels, torch.arange(64) % 10), np.arange(64), Normalize((0.0,), (1.0,)), torch.device("cpu")
    )
    network = build_network(NetworkSource(name="small_vgg"), 10, 1, 8, seed=0)
    threads: list[int] = []
    macs = mean_layer_macs(trace_layers(network, torch.zeros(1, 1, 8, 8)))
    for layer_macs in (macs, math.inf):
        trainer = Trainer(network, data, training, 0, layer_macs)
        trainer.epoch(1, lambda *_: threads.append(torch.get_num_threads()))
    assert threads == [1, 1, 4, 4]
    assert torch.get_num_threads() == 4
