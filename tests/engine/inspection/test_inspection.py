"""Inspections of real networks; docs/networks.md lists all of them."""

from pathlib import Path

import pytest
import torch

from cnnpruner.cli import main
from cnnpruner.cli.inspect_network import ALL_EXAMPLE_NETWORKS, EXAMPLE_TORCHVISION_NETWORKS
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network
from cnnpruner.engine.networks.build import build_network
from cnnpruner.planning.cost import CostTable
from tests.engine.cuts import noise, trace
from tests.zoo import IMAGE, make

DOCUMENT = Path(__file__).parents[3] / "docs" / "networks.md"


def inspect(name: str, size: int) -> NetworkReport:
    network = build_network(NetworkSource(name=name), 10, 3, size, seed=0)
    return inspect_network(InspectionSubject(name, network, 10), noise((3, size, size)), 0, lambda _, __: None)


@pytest.mark.parametrize("name", ["shufflenet_v2_x0_5", "regnet_y_400mf", "squeezenet1_1", "mobilenet_v3_small"])
def test_all_filters_except_the_classes_are_free_and_a_random_cut_equals_zeroing(name: str) -> None:
    report = inspect(name, 64)
    assert report.free_filters == report.filters
    assert [part.reason for part in report.frozen] == ["its outputs are the 10 classes"]
    assert report.proof.equal and (report.proof.difference or 0) < 1e-5
    assert report.sentences[-1].startswith("Proof: removing ")


def test_a_network_with_statistics_over_channels_is_proved_and_not_changed() -> None:
    """0.1.0 proved nothing here: one layer norm switched the check off."""
    network = make("layer_scale")
    before = {name: value.clone() for name, value in network.state_dict().items()}
    report = inspect_network(InspectionSubject("net", network, 10), noise(IMAGE), 0, lambda _, __: None)
    assert report.proof.equal and report.proof.result == "equal"
    assert report.proof.difference is not None and report.proof.difference < 1e-5
    assert report.proof.spread is not None and report.proof.spread > 1e-3
    assert (
        "gives the same output" in report.sentences[-1] and "the logits vary between images by" in report.sentences[-1]
    )
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_the_report_says_that_nothing_is_proved_if_the_logits_hardly_depend_on_the_image() -> None:
    network = make("depthwise")
    image = noise(IMAGE, images=1)
    report = inspect_network(InspectionSubject("net", network, 10), torch.cat([image, image]), 0, lambda _, __: None)
    assert (report.proof.result, report.proof.equal) == ("unproved", False)
    assert report.sentences[-1].startswith("Nothing is proved: after removing ")


def test_totals_equal_those_of_the_cost_model() -> None:
    network = make("depthwise")
    cost = CostTable(trace(network, IMAGE)).cost([])
    report = inspect_network(InspectionSubject("net", network, 10), noise(IMAGE), 0, lambda _, __: None)
    assert (report.macs, report.parameters, report.filters) == (cost.macs, cost.parameters, cost.filters)
    assert report.macs == sum(layer.macs for layer in report.layers)
    assert report.free_filters == sum(layer.free_filters for layer in report.layers)


def test_the_document_has_a_row_for_each_network_and_every_cut_is_equal() -> None:
    rows = [line.split(" | ") for line in DOCUMENT.read_text().splitlines() if line.startswith("| ") and "×" in line]
    assert [row[0].removeprefix("| ") for row in rows] == list(ALL_EXAMPLE_NETWORKS)
    assert len(EXAMPLE_TORCHVISION_NETWORKS) == 17 and len(ALL_EXAMPLE_NETWORKS) >= 57
    results = {row[0].removeprefix("| "): row[-1].removesuffix(" |") for row in rows}
    assert {name for name, result in results.items() if result != "equal"} == {"timm:nf_resnet26", "timm:eca_nfnet_l0"}
    assert all(float(row[-3]) <= 1e-4 and float(row[-2]) >= 1e-4 for row in rows if row[-1] == "equal |")


def test_the_command_prints_the_proof_last_and_writes_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    table = tmp_path / "table.md"
    arguments = ["--image-size", "32", "--option", "num_classes=4", "--markdown", str(table)]
    assert main(["inspect", "tests.third_party:Lenet", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("tests.third_party:Lenet takes 3×32×32 images and outputs scores for 4 classes")
    assert any(line.split()[:4] == ["conv1", "conv", "6", "6"] for line in lines)
    assert [line for line in lines if line][-2].startswith("Proof: removing 37 random units")
    assert "| tests.third_party:Lenet | 3×32×32 |" in table.read_text()


def test_the_command_names_a_network_that_it_cannot_build(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "tests.third_party:broken"]) == 1
    assert "cnnpruner: Factory tests.third_party:broken fails when it is called" in capsys.readouterr().err
