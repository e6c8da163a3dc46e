"""Exports load in a separate process that shares nothing with the one that wrote them."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cnnpruner.domain.sharing.exports import ExportFormat, NetworkRecord
from cnnpruner.formats.exports.readme import loading_snippet
from tests.formats.exports.networks import export, exported_network

NETWORKS = ("resnet20", "mobilenet_v2", "densenet121", "shufflenet_v2_x1_0")
LOAD = """
    import json, pickle, sys
    import cnnpruner
    assert "torch" not in sys.modules, "import cnnpruner must stay light"
    pickle.load = pickle.loads = None  # loading must not need them
    from safetensors.torch import load_file
    results = {}
    for name in sys.argv[1:]:
        network = cnnpruner.load(f"{name}.zip")
        example = load_file(f"{name}/example.safetensors")
        difference = float((network(example["images"]) - example["logits"]).abs().max())
        results[name] = [difference, network.training, network.about.classes[3], len(network.about.layers)]
    print(json.dumps(results))
"""


def run(code: str, folder: Path, *arguments: str) -> str:
    """Return what a new, isolated Python prints: no user site, no PYTHONPATH, an empty environment."""
    environment = {"PATH": os.environ["PATH"], "OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-I", "-c", textwrap.dedent(code), *arguments]
    process = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, NetworkRecord]]:
    """The folder of archives, and their records."""
    folder = tmp_path_factory.mktemp("exports")
    return folder, {name: export(exported_network(name), "safetensors", folder / name) for name in NETWORKS}


def test_networks_give_equal_logits_in_a_new_process(exported: tuple[Path, dict[str, NetworkRecord]]) -> None:
    folder, records = exported
    results = json.loads(run(LOAD, folder, *NETWORKS))
    for name, record in records.items():
        difference, training, class_name, layers = results[name]
        assert difference < 1e-5, name
        assert record.check is not None and record.check.max_difference < 1e-5, name
        assert (training, class_name, layers) == (False, "class 3", len(record.layers))


def test_the_record_lists_the_remaining_filters_by_original_number(
    exported: tuple[Path, dict[str, NetworkRecord]],
) -> None:
    for record in exported[1].values():
        assert any(len(layer.kept) < layer.original_shape[0] for layer in record.layers)
        for layer in record.layers:
            assert len(layer.kept) == layer.shape[0]
            assert set(layer.kept) <= set(range(layer.original_shape[0]))


@pytest.mark.parametrize("kind", ["safetensors", "onnx", "torch_export"])
def test_the_ten_lines_in_the_readme_run_in_an_empty_environment(kind: ExportFormat, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    record = export(exported_network("resnet20"), kind, folder)
    code = loading_snippet(kind, record)
    assert code in (folder / "README.md").read_text()
    assert len(code.strip().splitlines()) <= 10
    printed = run(code, folder)
    assert "class " in printed
    assert float(printed.rpartition("largest difference: ")[2]) < 1e-5
