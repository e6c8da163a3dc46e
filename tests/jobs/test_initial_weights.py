"""Roots with third-party initial weights: a checkpoint that is trained further, and published weights."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.engine.networks.build import build_network
from cnnpruner.errors import UnreadableWeights
from cnnpruner.jobs import initial_weights as initial
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.kinds import experiment_check, network_report, root
from cnnpruner.jobs.normalization import IMAGENET_MEAN_STD
from cnnpruner.planning.defaults import default_training
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import setup_of


def new(weights: dict[str, Any], name: str = "small_vgg") -> NewExperiment:
    return NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": name}, "weights": weights})


def checkpoint(folder: Path, classes: int) -> dict[str, torch.Tensor]:
    network = build_network(new({"train": {}}).network, classes, 1, 8, seed=7)
    save_file(network.state_dict(), folder / "third-party.safetensors")
    return network.state_dict()


def test_a_checkpoint_with_other_classes_is_trained_with_a_fresh_head(tmp_path: Path, cache: WorkerCache) -> None:
    published = checkpoint(tmp_path, classes=3)
    requested = new({"path": "third-party.safetensors", "train": {"epochs": 0}})
    check = experiment_check.run(
        experiment_check.ExperimentCheckInputs(requested, (tmp_path,)), FakeContext(tmp_path), cache
    )
    assert any("classifier.2.bias, classifier.2.weight start with random values" in notice for notice in check.notices)
    assert "may have been trained on any" in check.splits.rule
    training = default_training(requested.data, "root").model_copy(update={"epochs": 0})
    setup, weights = setup_of(requested, check, tmp_path), tmp_path / "weights.safetensors"
    path = tmp_path / "third-party.safetensors"
    inputs = root.RootInputs(setup, 1, training, path, weights, tmp_path / "pictures.npy")
    root.run(inputs, FakeContext(tmp_path / "node"), cache)
    written = load_file(weights)
    assert torch.equal(written["features.0.weight"], published["features.0.weight"])
    assert written["classifier.2.weight"].shape == (10, 128)


def test_a_checkpoint_with_other_classes_cannot_be_a_root_without_training(tmp_path: Path, cache: WorkerCache) -> None:
    checkpoint(tmp_path, classes=3)
    requested = new({"path": "third-party.safetensors"})
    with pytest.raises(
        UnreadableWeights,
        match=r"tensors with a different shape \(2\): classifier\.2\.weight "
        r"\(3×128 in the file",
    ):
        experiment_check.run(
            experiment_check.ExperimentCheckInputs(requested, (tmp_path,)), FakeContext(tmp_path), cache
        )


def test_published_weights_set_the_normalization_and_keep_the_splits_of_a_trained_root(
    tmp_path: Path, cache: WorkerCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = build_network(new({"train": {}}, "squeezenet1_1").network, 1000, 3, 32, seed=7).state_dict()
    monkeypatch.setattr(initial, "load_pretrained_state", lambda *_: published)
    requested = new({"pretrained": True, "train": {}}, "squeezenet1_1")
    check = experiment_check.run(
        experiment_check.ExperimentCheckInputs(requested, (tmp_path,)), FakeContext(tmp_path), cache
    )
    assert (check.mean, check.std) == IMAGENET_MEAN_STD
    assert "may have been trained on any" not in check.splits.rule
    assert any("with which the published weights of squeezenet1_1 were trained" in notice for notice in check.notices)


def test_a_network_report_uses_images_of_the_data_set_and_reports_progress(tmp_path: Path, cache: WorkerCache) -> None:
    context = FakeContext(tmp_path)
    report = network_report.run(experiment_check.ExperimentCheckInputs(new({"train": {}}), (tmp_path,)), context, cache)
    assert (report.image, report.classes, report.network) == ((1, 8, 8), 10, "small_vgg")
    assert report.proof.equal and report.filters == report.free_filters == 576
    assert [text for _, text, _ in context.progress_reports][-2:] == [
        "testing which filters can be cut",
        "comparing a randomly cut network with the unpruned one",
    ]


@pytest.mark.parametrize(("key", "expected"), [(None, 2), ("state_dict_ema", 2), ("state_dict", 1)])
def test_the_root_has_the_weights_of_the_key(
    tmp_path: Path, cache: WorkerCache, key: str | None, expected: int
) -> None:
    """0.1.0 used `state_dict` in all cases."""
    plain, averaged = (build_network(new({"train": {}}).network, 10, 1, 8, seed=seed).state_dict() for seed in (1, 2))
    path = tmp_path / "w.pth.tar"
    torch.save({"state_dict": plain, "state_dict_ema": averaged}, path)
    requested = new({"path": "w.pth.tar", "key": key})
    check = experiment_check.run(
        experiment_check.ExperimentCheckInputs(requested, (tmp_path,)), FakeContext(tmp_path), cache
    )
    assert check.weights_key == ("state_dict_ema" if expected == 2 else "state_dict")
    setup, weights = setup_of(requested, check, tmp_path), tmp_path / "weights.safetensors"
    root.run(
        root.RootInputs(setup, 1, None, path, weights, tmp_path / "pictures.npy"), FakeContext(tmp_path / "node"), cache
    )
    written = load_file(weights)
    assert all(torch.equal(written[name], value) for name, value in {1: plain, 2: averaged}[expected].items())
