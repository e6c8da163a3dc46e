"""A pretrained ResNet-20, pruned by a third, is exported in every format and checked on real selection images."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

import cnnpruner
from cnnpruner.domain.sharing.exports import ExportCheck, ExportFormat
from cnnpruner.engine.checkpoints.weight_sets import load_checkpoint
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.weights import write_weights
from cnnpruner.errors import JobCancelled
from cnnpruner.formats.exports.record import make_record
from cnnpruner.jobs.cache import WorkerCache, build_fresh_network
from cnnpruner.jobs.kinds import export
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.structure import remove_units
from tests.engine.cuts import random_units
from tests.formats.exports.networks import ready_node
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import check_experiment, setup_of
from tests.jobs.test_cifar import NEW

pytestmark = [pytest.mark.data, pytest.mark.slow]


@dataclass(frozen=True)
class Case:
    """A pruned node on real data."""

    cache: WorkerCache
    setup: ExperimentSetup
    node: ReadyNode

    def run(self, kind: ExportFormat, archive: Path, context: FakeContext) -> ExportCheck:
        """The job."""
        record = make_record(self.setup.experiment, ready_node(), self.setup.root_layers, self.node.layers)
        return export.run(export.ExportInputs(self.setup, self.node, kind, record, archive), context, self.cache)


@pytest.fixture(scope="module")
def case(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """ResNet-20 without 30% of its free units."""
    cache, folder = WorkerCache(torch.device("cpu")), tmp_path_factory.mktemp("node")
    setup = setup_of(NEW, check_experiment(NEW, real_data, cache), real_data)
    network = build_fresh_network(setup.experiment).eval()
    load_checkpoint(network, real_data / "checkpoints" / "resnet20-12fca82f.th")
    units = random_units(setup.root_layers, seed=0)
    write_weights(cut(network, setup.root_layers, units), folder / "weights.safetensors")
    return Case(cache, setup, ReadyNode(remove_units(setup.root_layers, units), folder / "weights.safetensors"))


@pytest.mark.parametrize("kind", ["safetensors", "onnx", "torch_export"])
def test_every_format_computes_the_same_on_real_images(kind: ExportFormat, case: Case, tmp_path: Path) -> None:
    context = FakeContext(tmp_path)
    check = case.run(kind, tmp_path / "exports" / f"{kind}.zip", context)
    assert (check.images, check.same_top1) == (256, 1.0)
    assert check.max_difference < 1e-5 * check.largest_logit
    assert [path.name for path in (tmp_path / "exports").iterdir()] == [f"{kind}.zip"]
    assert context.progress_reports[-1][0] <= 1


def test_the_archive_rebuilds_the_node(case: Case, tmp_path: Path) -> None:
    case.run("safetensors", tmp_path / "node.zip", FakeContext(tmp_path))
    network = cnnpruner.load(tmp_path / "node.zip")
    images = torch.randn(4, 3, 32, 32)
    torch.testing.assert_close(network(images), case.cache.network(case.setup, case.node)(images), rtol=0, atol=1e-5)


def test_a_cancelled_export_leaves_no_files(case: Case, tmp_path: Path) -> None:
    with pytest.raises(JobCancelled):
        case.run("safetensors", tmp_path / "exports" / "node.zip", FakeContext(tmp_path, cancelled=True))
    assert not list(tmp_path.rglob("*.zip")) and not list(tmp_path.rglob("*.tmp"))
