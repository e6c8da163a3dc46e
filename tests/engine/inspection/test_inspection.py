"""Inspections of real networks; docs/networks.md lists all of them."""

from pathlib import Path

import pytest
import torch
from torch import nn

from cnnpruner.cli import main
from cnnpruner.cli.inspect_network import FAMILY_EXAMPLES
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network, perturb_constants
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
    assert report.sentences[-1].startswith("Proof: A random cut of ")


def test_a_network_with_statistics_over_channels_runs_and_the_proof_says_why_outputs_differ() -> None:
    network = make("layer_scale")
    report = inspect_network(InspectionSubject("net", network, 10), noise(IMAGE), 0, lambda _, __: None)
    assert not report.proof.equal and report.proof.normalises_channels
    assert (
        "cannot equal that of the original with these filters zeroed, because statistics over channels"
        in report.sentences[-1]
    )


def test_totals_equal_those_of_the_cost_model() -> None:
    network = make("depthwise")
    cost = CostTable(trace(network, IMAGE)).cost([])
    report = inspect_network(InspectionSubject("net", network, 10), noise(IMAGE), 0, lambda _, __: None)
    assert (report.macs, report.parameters, report.filters) == (cost.macs, cost.parameters, cost.filters)
    assert report.macs == sum(layer.macs for layer in report.layers)
    assert report.free_filters == sum(layer.free_filters for layer in report.layers)


def test_constant_tensors_are_perturbed_and_trained_ones_are_not() -> None:
    head = nn.Linear(4, 2)
    nn.init.zeros_(head.weight)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.PReLU(), nn.Flatten(), head)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    perturb_constants(network, seed=0)
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"1.weight", "1.bias", "1.running_mean", "1.running_var", "4.weight"}
    assert bool((network.state_dict()["1.running_var"] > 0).all())


def test_the_document_has_a_row_for_each_family_and_all_but_one_are_equal() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ") and "×" in line]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(FAMILY_EXAMPLES)
    assert sum(row.endswith("| equal |") for row in rows) >= 15
    assert {"shufflenet_v2_x1_0", "regnet_y_400mf"} <= {row.split()[1] for row in rows if row.endswith("| equal |")}


def test_the_command_prints_the_proof_last_and_writes_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    table = tmp_path / "table.md"
    arguments = ["--image-size", "32", "--option", "num_classes=4", "--markdown", str(table)]
    assert main(["inspect", "tests.third_party:Lenet", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("tests.third_party:Lenet takes images of 3×32×32 and outputs 4 classes")
    assert any(line.split()[:4] == ["conv1", "conv", "6", "6"] for line in lines)
    assert [line for line in lines if line][-2].startswith("Proof: A random cut of 37 free units")
    assert "| tests.third_party:Lenet | 3×32×32 |" in table.read_text()


def test_the_command_names_a_network_that_it_cannot_build(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "tests.third_party:broken"]) == 1
    assert "cnnpruner: Factory tests.third_party:broken fails when it is called" in capsys.readouterr().err
