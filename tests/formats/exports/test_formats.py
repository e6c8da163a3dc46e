"""Formats: any number of images, real checks, clear errors."""

import importlib.util
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import cnnpruner
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.errors import ExportFailed, Unavailable
from cnnpruner.formats.exports.comparison import compare
from cnnpruner.formats.exports.onnx_file import OnnxNetwork, write_onnx
from cnnpruner.formats.exports.packages import missing_packages
from cnnpruner.formats.exports.record import describe
from cnnpruner.formats.exports.torch_program import TorchProgram, write_program
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.factories import parse_factory
from tests.engine.cuts import trace
from tests.formats.exports.networks import export, exported_network, ready_node
from tests.values import experiment_value
from tests.zoo import IMAGE, make

onnx = pytest.mark.skipif(bool(missing_packages()), reason="needs the packages of the extra `onnx`")


@onnx
def test_onnx_takes_any_number_of_images(tmp_path: Path) -> None:
    network = make("vgg")
    write_onnx(network, IMAGE, tmp_path / "network.onnx")
    check = compare(
        network, OnnxNetwork(tmp_path / "network.onnx"), torch.randn(40, *IMAGE), "x", lambda done, message: None
    )
    assert (check.images, check.same_top1) == (40, 1.0)
    assert 0 < check.max_difference < 1e-5 * check.largest_logit


def test_torch_export_takes_any_number_of_images(tmp_path: Path) -> None:
    network = make("vgg")
    write_program(network, IMAGE, tmp_path / "network.pt2")
    check = compare(
        network, TorchProgram(tmp_path / "network.pt2"), torch.randn(40, *IMAGE), "x", lambda done, message: None
    )
    assert check.max_difference < 1e-5 * check.largest_logit


@pytest.mark.parametrize("wrong", [lambda logits: logits + 0.01, lambda logits: logits * torch.nan])
def test_a_file_that_answers_otherwise_is_not_offered(wrong: Any) -> None:
    network = make("vgg")

    def other(images: Tensor) -> Tensor:
        found: Tensor = wrong(network(images))
        return found

    with pytest.raises(ExportFailed, match="answers otherwise: logits differ"):
        compare(network, other, torch.randn(3, *IMAGE), "x", lambda done, message: None)


def test_onnx_without_its_packages_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="pip install onnx onnxruntime"):
        write_onnx(make("vgg"), IMAGE, tmp_path / "network.onnx")


def test_a_network_of_ones_own_is_built_by_what_the_caller_names(tmp_path: Path) -> None:
    one = exported_network("resnet20", 16)
    record = export(one, "safetensors", tmp_path / "node")
    changed = record.model_copy(update={"factory": "tests.formats.exports.test_formats:unwanted"})
    (tmp_path / "node" / "network.json").write_text(changed.model_dump_json())
    network = cnnpruner.load(tmp_path / "node", factory="tests.formats.exports.test_formats:wanted")
    torch.testing.assert_close(network(one.images), one.network(one.images))
    again = cnnpruner.load(tmp_path / "node", factory=lambda: wanted(10))
    torch.testing.assert_close(again(one.images), one.network(one.images))
    with pytest.raises(RuntimeError, match="was called"):
        cnnpruner.load(tmp_path / "node", factory=unwanted)


def wanted(classes: int) -> nn.Module:
    """The thin ResNet-20."""
    from cnnpruner.engine.networks.thin_resnet import ThinResNet

    return ThinResNet(3, "A", classes, 3)


def unwanted() -> nn.Module:
    """Tells that it was called."""
    raise RuntimeError("was called")


def test_load_leaves_warnings_and_randomness_as_they_were(tmp_path: Path) -> None:
    export(exported_network("resnet20", 16), "safetensors", tmp_path / "node")
    before = torch.get_rng_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cnnpruner.load(tmp_path / "node.zip")
    assert torch.equal(before, torch.get_rng_state())


def test_the_record_names_a_factory_without_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = {"mine": parse_factory(f"{tmp_path}/nets.py:make(width=8)"), "theirs": parse_factory("package.nets:make")}
    monkeypatch.setattr(factories, "registered", lambda: known)
    layers = trace(make("vgg"), IMAGE)
    for name, text in (("mine", "nets.py:make(width=8)"), ("theirs", "package.nets:make")):
        experiment = experiment_value().model_copy(update={"network": NetworkSource(name=name)})
        assert describe(experiment, ready_node(), layers, layers).factory == text
