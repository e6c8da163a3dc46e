"""Published weights: downloaded once, verified, adapted to other classes; clear errors if unavailable."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import torch
import torchvision

from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.networks.pretrained import adapt_head, load_pretrained_state
from cnnpruner.engine.weights import load_weights
from cnnpruner.errors import UnreadableWeights, UnusableNetwork
from cnnpruner.planning.networks.catalogue import add_pretrained_options

SOURCE = NetworkSource(name="squeezenet1_1")


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """A file in torch.hub's cache, named with the digits of its hash, so that nothing is downloaded."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    state = {name: value.clone() for name, value in torchvision.models.squeezenet1_1(weights=None).state_dict().items()}
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    torch.save(state, folder / "unnamed.pth")
    digits = hashlib.sha256((folder / "unnamed.pth").read_bytes()).hexdigest()[:8]
    (folder / "unnamed.pth").rename(folder / f"squeezenet1_1-{digits}.pth")

    class Weights:
        url = f"https://download.example/squeezenet1_1-{digits}.pth"

    monkeypatch.setattr(torchvision.models, "get_model_weights", lambda _: [Weights])
    return state


def test_published_weights_get_a_fresh_head_for_our_classes(published: dict[str, torch.Tensor]) -> None:
    state = load_pretrained_state(SOURCE, 3)
    network = build_network(SOURCE, 10, 3, 64, seed=0)
    head = network.get_parameter("classifier.1.weight").detach().clone()
    fitted, fresh = adapt_head(network, state, 10)
    assert fresh == ["classifier.1.weight", "classifier.1.bias"]
    load_weights(network, fitted)
    assert torch.equal(network.get_parameter("classifier.1.weight"), head)
    assert torch.equal(network.get_parameter("features.0.weight"), published["features.0.weight"])


def test_a_different_body_is_not_treated_as_a_head(published: dict[str, torch.Tensor]) -> None:
    state = load_pretrained_state(SOURCE, 3)
    other = build_network(NetworkSource(name="squeezenet1_0"), 10, 3, 64, seed=0)
    fitted, _ = adapt_head(other, state, 10)
    with pytest.raises(UnreadableWeights, match="does not fit the network"):
        load_weights(other, fitted)


@pytest.mark.usefixtures("published")
def test_a_damaged_download_is_refused(tmp_path: Path) -> None:
    [file] = (tmp_path / "checkpoints").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(UnreadableWeights, match=r"is damaged: its SHA-256 does not begin with [0-9a-f]{8}; remove it"):
        load_pretrained_state(SOURCE, 3)


def test_a_failed_download_is_reported_with_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise URLError("no route")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(
        UnreadableWeights, match=r"resnet18 could not be downloaded.*no route.*download https://.*resnet18-"
    ):
        load_pretrained_state(NetworkSource(name="resnet18"), 3)
    with pytest.raises(UnusableNetwork, match="There are no published weights for small_vgg"):
        load_pretrained_state(NetworkSource(name="small_vgg"), 3)


def test_googlenet_normalises_images_as_its_published_weights_expect_and_drops_auxiliary_heads() -> None:
    source = add_pretrained_options(NetworkSource(name="googlenet"))
    assert source.options == {"transform_input": "yes"}
    network: Any = build_network(source, 10, 3, 32, seed=0)
    assert network.transform_input
    full = torchvision.models.googlenet(weights=None, init_weights=False).state_dict()
    fitted, fresh = adapt_head(network, full, 10)
    load_weights(network, fitted)
    assert fresh == ["fc.weight", "fc.bias"]
