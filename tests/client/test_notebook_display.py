"""What notebooks display: tables, arrays, progress bars, and a message if a package is missing."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cnnpruner.client.filter_scores import to_filter_scores
from cnnpruner.client.progress import progress_bar
from cnnpruner.client.tree_nodes import TreeNodes
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.errors import Unavailable
from cnnpruner.store import open_store
from tests.trees import make_small_tree
from tests.values import latency, unpaired_latency, unreliable_latency

SCORES = Scores(
    node_id=1,
    criterion="taylor",
    title="Taylor",
    keep="high",
    batches=50,
    batch_size=32,
    unit=[4, 9],
    members=[[("conv1", 0), ("conv2", 3)], [("conv1", 2)]],
    free=[True, False],
    reason=[None, "a constant"],
    score=[0.5, None],
    sensitivity=[0.5, None],
    instability=None,
)

RUNNING = {
    "id": 1,
    "kind": "prune",
    "queue": "training",
    "state": "running",
    "progress": 0.5,
    "message": "epoch 1 of 2",
    "eta_s": 3.0,
    "attempt": 1,
    "created_at": datetime.now(UTC),
}


@pytest.fixture
def nodes(tmp_path: Path) -> TreeNodes:
    store = open_store(f"sqlite:///{tmp_path / 'e.db'}", tmp_path / "models")
    root = make_small_tree(store).nodes()[0]
    store.close()
    child = root.model_copy(
        update={"id": 7, "number": 1, "parent_id": root.id, "note": "<i>half</i>", "recovered": False}
    )
    return TreeNodes([root, child])


@pytest.mark.parametrize(
    ("latency", "cells", "text"),
    [
        (latency(2.6), (2.6, 0.65, 0.65, 0.65, "reliable"), "2.6 ms, 0.65 × the latency of the root (0.65–0.65)"),
        (latency(4.0, None), (4.0, 1, 1, 1, "reliable"), "4 ms, 1 × the latency of the root"),
        (unreliable_latency(5.2), (5.2, None, None, None, "unreliable"), "5.2 ms, unreliable; measure again"),
        (unpaired_latency(5.2), (5.2, None, None, None, "unpaired"), "not compared with the root; measure again"),
    ],
)
def test_a_latency_is_a_ratio_to_the_root_only_if_it_is_reliable(
    nodes: TreeNodes, latency: LatencyDistribution, cells: tuple[object, ...], text: str
) -> None:
    """Version 0.1.0 had one column, `latency_ms`: 2.6 and 5.2 for two nodes of identical structure."""
    measured_node = nodes[1].model_copy(update={"latency": [latency.summary()]})
    frame = TreeNodes([nodes[0], measured_node]).frame().astype(object)
    names = ["latency_ms", "latency_ratio", "latency_low", "latency_high", "latency_reliability"]
    shown = frame.loc[1, names].where(frame.loc[1, names].notna(), None)
    assert tuple(shown) == pytest.approx(cells) if None not in cells else tuple(shown) == cells
    assert text in measured_node._repr_html_()


def test_a_tree_converts_to_a_data_frame(nodes: TreeNodes) -> None:
    frame = nodes.frame()
    assert frame.index.tolist() == [0, 1] and frame.loc[1, "parent"] == 0
    assert frame.loc[0, "accuracy"] == nodes[0].accuracy and frame["parent"].isna().tolist() == [True, False]
    assert nodes.node_by_number(1).id == 7
    provenance = frame.loc[0, ["start", "images_seen", "seconds", "device", "learning_rate"]].tolist()
    assert provenance == ["fresh", 18, 1.5, "a test", 0.1] and frame["forecast"].isna().all()
    with pytest.raises(LookupError, match="no node 5"):
        nodes.node_by_number(5)


def test_trees_and_nodes_display_as_html_with_escaped_notes(nodes: TreeNodes) -> None:
    html = nodes._repr_html_()
    assert "Tree of 2 nodes" in html and "<i>half" not in html and "&lt;i&gt;half" in html
    assert ":root" not in html and "body {" not in html, "the notebook keeps its own looks"
    assert "&lt;i&gt;half" in nodes[1]._repr_html_() and "<b>Node 1</b>" in nodes[1]._repr_html_()
    assert '<td style="text-align:left">a test</td>' in nodes[1]._repr_html_(), "the device"
    old = nodes[1].model_copy(update={"training_record": None})
    assert "not recorded" in old._repr_html_() and "not recorded" not in nodes[1]._repr_html_()
    assert TreeNodes()._repr_html_() == "<p>no nodes</p>"


def test_scores_convert_to_arrays_with_one_entry_per_filter() -> None:
    scores = to_filter_scores(SCORES)
    assert scores.layer.tolist() == ["conv1", "conv2", "conv1"] and scores.number.tolist() == [0, 3, 2]
    assert scores.unit.tolist() == [4, 4, 9] and scores.free.tolist() == [True, True, False]
    assert scores.score[:2].tolist() == [0.5, 0.5] and np.isnan(scores.score[2]) and np.isnan(scores.instability).all()
    assert scores.frame().shape == (3, 6)


@pytest.mark.parametrize("module", ["pandas", "matplotlib"])
def test_a_missing_package_is_named_with_the_install_command(
    nodes: TreeNodes, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (module, "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Unavailable, match=f"pip install {module}"):
        nodes.frame() if module == "pandas" else nodes.plot()


def test_without_tqdm_the_progress_bar_is_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    job = Job.model_validate(dict.fromkeys(Job.model_fields) | RUNNING | {"version": 1})
    with progress_bar() as show:
        show(job)
    assert "[###############...............] 50% epoch 1 of 2, 3 s left" in capsys.readouterr().err
    with progress_bar(is_shown=False) as show:
        show(job)
    assert capsys.readouterr().err == ""
