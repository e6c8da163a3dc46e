"""Export formats take any number of images, are checked against the original, and fail with clear errors."""

import importlib.util
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import cnnpruner
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.errors import ExportFailed, Unavailable
from cnnpruner.formats.exports.comparison import compare
from cnnpruner.formats.exports.onnx_file import OnnxNetwork, write_onnx
from cnnpruner.formats.exports.packages import find_missing_packages
from cnnpruner.formats.exports.readme import format_readme
from cnnpruner.formats.exports.record import make_record
from cnnpruner.formats.exports.torch_program import TorchProgram, write_program
from cnnpruner.planning.networks import factories
from cnnpruner.planning.networks.factories import parse_factory
from tests.engine.cuts import trace
from tests.formats.exports.networks import export, exported_network, ready_node
from tests.values import experiment_value, latency, unpaired_latency, unreliable_latency
from tests.zoo import IMAGE, make

onnx = pytest.mark.skipif(bool(find_missing_packages()), reason="needs the packages of the extra `onnx`")


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


@pytest.mark.parametrize("distort", [lambda logits: logits + 0.01, lambda logits: logits * torch.nan])
def test_a_file_with_different_results_is_refused(distort: Any) -> None:
    network = make("vgg")

    def distorted(images: Tensor) -> Tensor:
        logits: Tensor = distort(network(images))
        return logits

    with pytest.raises(ExportFailed, match="gives different results: logits differ"):
        compare(network, distorted, torch.randn(3, *IMAGE), "x", lambda done, message: None)


def test_onnx_without_its_packages_says_which_command_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="pip install onnx onnxruntime"):
        write_onnx(make("vgg"), IMAGE, tmp_path / "network.onnx")


def test_a_user_defined_network_is_built_by_the_factory_of_the_caller(tmp_path: Path) -> None:
    exported = exported_network("resnet20", 16)
    record = export(exported, "safetensors", tmp_path / "node")
    changed = record.model_copy(update={"factory": "tests.formats.exports.test_formats:failing_factory"})
    (tmp_path / "node" / "network.json").write_text(changed.model_dump_json())
    by_name = cnnpruner.load(tmp_path / "node", factory="tests.formats.exports.test_formats:resnet20_factory")
    torch.testing.assert_close(by_name(exported.images), exported.network(exported.images))
    by_function = cnnpruner.load(tmp_path / "node", factory=lambda: resnet20_factory(10))
    torch.testing.assert_close(by_function(exported.images), exported.network(exported.images))
    with pytest.raises(RuntimeError, match="was called"):
        cnnpruner.load(tmp_path / "node", factory=failing_factory)


def resnet20_factory(classes: int) -> nn.Module:
    """Build the thin ResNet-20."""
    from cnnpruner.engine.networks.thin_resnet import ThinResNet

    return ThinResNet(3, "A", classes, 3)


def failing_factory() -> nn.Module:
    """Raise an error that shows it was called."""
    raise RuntimeError("was called")


def test_load_emits_no_warnings_and_keeps_the_random_state(tmp_path: Path) -> None:
    export(exported_network("resnet20", 16), "safetensors", tmp_path / "node")
    before = torch.get_rng_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cnnpruner.load(tmp_path / "node.zip")
    assert torch.equal(before, torch.get_rng_state())


def test_the_record_names_a_factory_without_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    registered = {
        "file": parse_factory(f"{tmp_path}/nets.py:make(width=8)"),
        "module": parse_factory("package.nets:make"),
    }
    monkeypatch.setattr(factories, "all_factories", lambda: registered)
    layers = trace(make("vgg"), IMAGE)
    for name, text in (("file", "nets.py:make(width=8)"), ("module", "package.nets:make")):
        experiment = experiment_value().model_copy(update={"network": NetworkSource(name=name)})
        assert make_record(experiment, ready_node(), layers, layers).factory == text


@pytest.mark.parametrize(
    ("latency", "sentence"),
    [
        (
            latency(2.6),
            "One image took 2.6 ms (PyTorch on CPU X, 2 threads): 0.65 × the latency of the root (0.65–0.65).",
        ),
        (unreliable_latency(5.2), "One image took 5.2 ms (PyTorch on CPU X, 2 threads): unreliable; measure again."),
        (unpaired_latency(5.2), "One image took 5.2 ms (PyTorch on CPU X): not compared with the root; measure again."),
    ],
)
def test_the_readme_says_how_long_an_image_takes_compared_with_the_root(
    tmp_path: Path, latency: LatencyDistribution, sentence: str
) -> None:
    """The README of version 0.1.0 said nothing about time."""
    record = export(exported_network("small_vgg"), "safetensors", tmp_path / "export")
    assert "One image took" not in format_readme("safetensors", record)
    new_metrics = record.metrics.model_copy(update={"latency": [latency.summary()]})
    assert sentence in format_readme("safetensors", record.model_copy(update={"metrics": new_metrics}))
