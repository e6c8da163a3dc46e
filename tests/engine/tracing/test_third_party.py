"""Third-party networks are cut correctly, or frozen or refused with the line of their file that is the cause."""

from pathlib import Path

import pytest
import torch
from torch import nn

from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.engine.inspection.inspection import InspectionSubject, inspect_network
from cnnpruner.errors import UnusableNetwork
from tests import third_party
from tests.engine.cuts import noise

SIZE = (3, 32, 32)


def inspect(network: nn.Module, classes: int | None = 10) -> NetworkReport:
    subject = InspectionSubject(type(network).__name__, network, classes)
    return inspect_network(subject, noise(SIZE), 0, lambda _, __: None)


def line_of(text: str) -> int:
    """The line of `text` in tests/third_party.py."""
    lines = Path(third_party.__file__).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def free(report: NetworkReport) -> dict[str, tuple[int, int]]:
    """Layer -> (free filters, all filters)."""
    return {layer.name: (layer.free_filters, layer.filters) for layer in report.layers}


def test_a_hard_coded_view_freezes_what_it_flattens_and_is_named_with_its_line() -> None:
    torch.manual_seed(0)
    report = inspect(third_party.Lenet())
    # `same` is used twice, so it is coupled with its own input: conv2 is coupled with it, and both are flattened
    assert free(report) == {
        "conv1": (6, 6), "conv2": (0, 16), "same": (0, 16), "fc1": (120, 120), "fc2": (0, 10)
    }  # fmt: skip
    [hard] = [part for part in report.frozen if "view" in part.reason or "shape" in part.reason]
    assert hard.layers == ["conv2", "same"] and hard.filters == 32
    assert f"tests/third_party.py:{line_of('x.view(-1, 400)')}" in hard.reason
    assert report.proof.equal and report.proof.units == int(0.3 * 126)
    assert report.sentences[-1].startswith("Proof: ")


def test_halves_of_a_chunk_and_a_shared_norm_are_coupled() -> None:
    torch.manual_seed(0)
    report = inspect(third_party.Halves(width=16))
    assert free(report) == {"stem": (32, 32), "left": (16, 16), "head": (0, 10)}
    [coupled] = report.coupled
    assert coupled.layers == ["stem", "left"] and coupled.free_units == 16
    assert report.proof.equal and report.proof.difference is not None and report.proof.difference < 1e-5


def test_a_reused_module_and_a_gate_are_coupled_and_channels_selected_by_index_are_frozen() -> None:
    torch.manual_seed(0)
    report = inspect(third_party.Gated())
    assert free(report) == {"stem.0": (24, 24), "block.0": (24, 24), "gate": (24, 24), "side": (0, 12), "fc": (0, 10)}
    [coupled] = report.coupled
    assert coupled.layers == ["stem.0", "block.0", "gate"] and coupled.units == 24
    [selected] = [part for part in report.frozen if part.layers == ["side"]]
    assert f"tests/third_party.py:{line_of('[:, 8:]')}" in selected.reason
    assert report.proof.equal


def test_a_head_with_the_wrong_number_of_classes_is_refused() -> None:
    with pytest.raises(UnusableNetwork, match="outputs scores for 10 classes, but the data has 7"):
        inspect(third_party.Lenet(), classes=7)
    assert inspect(third_party.Lenet(num_classes=4), classes=None).classes == 4
