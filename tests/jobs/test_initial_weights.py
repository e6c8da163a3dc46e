"""Roots that begin with weights of others: a checkpoint that is trained on, and weights that are published."""

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
from cnnpruner.jobs.normalization import IMAGENET
from cnnpruner.planning.defaults import default_training
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import setup_of


def new(weights: dict[str, Any], name: str = "small_vgg") -> NewExperiment:
    return NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": name}, "weights": weights})


def checkpoint(folder: Path, classes: int) -> dict[str, torch.Tensor]:
    network = build_network(new({"train": {}}).network, classes, 1, 8, seed=7)
    save_file(network.state_dict(), folder / "theirs.safetensors")
    return network.state_dict()


def test_a_checkpoint_of_other_classes_is_trained_on_with_a_fresh_head(tmp_path: Path, cache: WorkerCache) -> None:
    theirs = checkpoint(tmp_path, classes=3)
    wanted = new({"path": "theirs.safetensors", "train": {"epochs": 0}})
    found = experiment_check.run(
        experiment_check.ExperimentCheckInputs(wanted, (tmp_path,)), FakeContext(tmp_path), cache
    )
    assert any("classifier.2.bias, classifier.2.weight start fresh" in notice for notice in found.notices)
    assert "may have seen" in found.splits.rule
    training = default_training(wanted.data, "root").model_copy(update={"epochs": 0})
    setup, weights = setup_of(wanted, found, tmp_path), tmp_path / "weights.safetensors"
    path = tmp_path / "theirs.safetensors"
    inputs = root.RootInputs(setup, 1, training, path, weights, tmp_path / "pictures.npy")
    root.run(inputs, FakeContext(tmp_path / "node"), cache)
    kept = load_file(weights)
    assert torch.equal(kept["features.0.weight"], theirs["features.0.weight"])
    assert kept["classifier.2.weight"].shape == (10, 128)


def test_a_checkpoint_of_other_classes_is_no_root_as_it_is(tmp_path: Path, cache: WorkerCache) -> None:
    checkpoint(tmp_path, classes=3)
    wanted = new({"path": "theirs.safetensors"})
    with pytest.raises(UnreadableWeights, match=r"2 of another shape: classifier\.2\.weight \(3×128 in the file"):
        experiment_check.run(experiment_check.ExperimentCheckInputs(wanted, (tmp_path,)), FakeContext(tmp_path), cache)


def test_published_weights_bring_their_normalisation_and_leave_the_splits_of_a_trained_root(
    tmp_path: Path, cache: WorkerCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = build_network(new({"train": {}}, "squeezenet1_1").network, 1000, 3, 32, seed=7).state_dict()
    monkeypatch.setattr(initial, "pretrained_state", lambda *_: theirs)
    wanted = new({"pretrained": True, "train": {}}, "squeezenet1_1")
    found = experiment_check.run(
        experiment_check.ExperimentCheckInputs(wanted, (tmp_path,)), FakeContext(tmp_path), cache
    )
    assert (found.mean, found.std) == IMAGENET
    assert "may have seen" not in found.splits.rule
    assert any("those that the published weights of squeezenet1_1 were trained with" in one for one in found.notices)


def test_a_report_is_made_on_images_of_the_data_and_tells_how_far_it_is(tmp_path: Path, cache: WorkerCache) -> None:
    context = FakeContext(tmp_path)
    found = network_report.run(experiment_check.ExperimentCheckInputs(new({"train": {}}), (tmp_path,)), context, cache)
    assert (found.image, found.classes, found.network) == ((1, 8, 8), 10, "small_vgg")
    assert found.proof.equal and found.filters == found.free_filters == 576
    assert [text for _, text, _ in context.progress_reports][-2:] == ["trying cuts", "proving a random cut"]
