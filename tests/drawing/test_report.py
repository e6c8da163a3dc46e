"""The report of a tree is self-contained, shows what the tree contains, and escapes user-supplied text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cnnpruner.config import Config
from cnnpruner.domain.base import Accuracy, Interval
from cnnpruner.domain.jobs import NewJob, SuggestionJob
from cnnpruner.domain.plans.goals import CostGoal
from cnnpruner.domain.plans.plans import Application, Cost, NewPercentPlan
from cnnpruner.domain.plans.rules import TargetRule, ThresholdRule
from cnnpruner.domain.plans.suggestions import Candidate, NewSuggestion, SearchState
from cnnpruner.domain.tree.nodes import NewControls
from cnnpruner.domain.tree.provenance import ReconstructionRecord, StartAccuracies
from cnnpruner.drawing import provenance, report, tables
from cnnpruner.drawing.tables import describe_rule
from cnnpruner.planning.intervals import accuracy_with_interval
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans import plans
from cnnpruner.service.sharing import tree_reports
from cnnpruner.service.tree import controls
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.conftest import IdleRunner
from tests.trees import SmallTree, make_small_tree
from tests.values import RECORD, latency, unpaired_latency, unreliable_latency

LATENCIES = {
    "2.6 ms; 0.65 × the latency of the root (0.65–0.65)": latency(2.6),
    "4 ms; 1 × the latency of the root": latency(4.0, None),
    "5.2 ms; unreliable; measure again": unreliable_latency(5.2),
    "5.2 ms; not compared with the root; measure again": unpaired_latency(5.2),
}

EVIL = "<script>alert(1)</script>\"'&"


class Outline(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("report")
    config = Config(f"sqlite:///{folder / 'e.db'}", folder / "models", (), "127.0.0.1", 0, False, False)
    store = open_store(config.database, config.models)
    return Workspace(config, store, IdleRunner(), Broadcast(store))


@pytest.fixture(scope="module")
def small_tree(workspace: Workspace) -> SmallTree:
    """A recovered node, one that is not, two controls, one still waiting; one test measurement of a deleted node."""
    small_tree = make_small_tree(workspace.store, correct=98)
    root = workspace.store.nodes.get(small_tree.root_id)
    for percent, correct, note in ((30, 98, f"first cut {EVIL}"), (60, 80, "too much at once")):
        plan = plans.draft(workspace, root, NewPercentPlan(percent=percent, note=note))
        child = small_tree.finish(plans.apply(workspace, plan, Application()).node.id, correct)
    for control, correct in zip(
        controls.create(workspace, child, NewControls(kind="random", seeds=2)), (70, 74), strict=True
    ):
        small_tree.finish(control.id, correct)
    store_suggestion(workspace, child.id)
    plans.apply(workspace, plans.draft(workspace, child, NewPercentPlan(percent=10)), Application())
    workspace.store.experiments.change(small_tree.experiment_id, {"name": f"Digits {EVIL}", "tests": 1})
    return small_tree


def store_suggestion(workspace: Workspace, node_id: int) -> None:
    """Store a search that found one plan."""
    accuracy = Accuracy(accuracy=0.9, correct=90, images=100, interval=Interval(low=0.83, high=0.95))
    candidate = Candidate(
        rule=TargetRule(metric="macs", value=1000, criterion="l1", floor=0.1),
        origin="order",
        cost=Cost(filters=100, parameters=900, macs=990, size_bytes=3600),
        widths={"stem": 5},
        loss=0.25,
        images=100,
        raw=accuracy,
        recalibrated=None,
        reconstructed=accuracy,
        unseen=None,
        state="best",
    )
    store = workspace.store
    suggestion = store.suggestions.add(1, node_id, NewSuggestion(goal=CostGoal(metric="macs", value=1000)))
    waiting = store.jobs.add(NewJob(SuggestionJob(suggestion_id=suggestion.id), 1, node_id))
    job = store.jobs.claim("training", "worker")
    while job is not None and job.id != waiting.id:  # the trainings of the other nodes
        job = store.jobs.claim("training", "worker")
    assert job is not None
    state = SearchState(candidates=[candidate], exchanges=3, gains=1, elapsed_s=8.4)
    assert store.suggestions.set_state(job.id, job.attempt, suggestion.id, state)


@pytest.fixture(scope="module")
def page(workspace: Workspace, small_tree: SmallTree) -> str:
    return tree_reports.render(workspace, workspace.store.experiments.get(small_tree.experiment_id))


def test_the_page_loads_no_scripts_and_no_external_files(page: str) -> None:
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(outline.tags)
    assert not [name for name, _ in outline.attributes if name.startswith("on") or name in ("href", "src")]
    assert "url(" not in page and "@import" not in page
    assert any("default-src 'none'" in (value or "") for _, value in outline.attributes)
    assert "prefers-color-scheme: dark" in page


def test_user_supplied_text_is_escaped(page: str) -> None:
    outline = Outline(page)
    assert f"Digits {EVIL}" in outline.text and f"first cut {EVIL}" in outline.text
    assert "<script" not in page


def test_the_page_shows_what_the_tree_contains(page: str, small_tree: SmallTree) -> None:
    text = re.sub(r"\s+", " ", Outline(page).text)
    small = small_tree.nodes()[1]
    assert f"{small.parameters:,}" in text and f"{small.macs:,}" in text
    sentence = "the smallest with an accuracy of at least 97.50% (the root's accuracy minus the tolerance) is node 1:"
    assert f"Of 5 nodes, {sentence}" in text
    assert "too much at once" in text and "30% of the free (removable) filters, ranked by taylor" in text
    # 0.1.0 counted all filters here, and free ones in the rule
    removed = small_tree.nodes()[1].removed_filters or 0
    free = small_tree.nodes()[0].free_filters or 0
    assert f"{removed} of {free} free filters ({100 * removed / free:.1f}%), " in text
    assert "random filters272.00% (70.00%–74.00%)+8.00 percentage points" in text
    searched = "2at most 1,000 MACs1 plan and 3 exchanges of filters in 8 sranked by l1"
    assert f"{searched}90.0% (83.0%–95.0%) of 100 images––" in text
    assert "1 of these nodes has been deleted since" in text and "torch" in text
    assert page.count('class="edge unrecovered"') == 3 and page.count('class="edge pending"') == 1
    assert page.count("Node 5: waiting") == 1, "drawn in the tree, not in the charts"


def test_the_report_of_a_large_tree_stays_small_enough_to_send_by_mail(
    workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MAX_SHOWN_NODES", 3)
    page = tree_reports.render(workspace, workspace.store.experiments.get(small_tree.experiment_id))
    assert "3 later nodes are not shown" in page and "Node 4" not in page


def test_a_tree_whose_root_is_still_running_has_a_report(tmp_path: Path) -> None:
    config = Config(f"sqlite:///{tmp_path / 'e.db'}", tmp_path / "models", (), "127.0.0.1", 0, False, False)
    store = open_store(config.database, config.models)
    small_tree = make_small_tree(store)
    node = small_tree.nodes()[0].model_copy(update={"state": "running", "accuracy": None, "recovered": None})
    tree_report = report.TreeReport(
        experiment=store.experiments.get(small_tree.experiment_id),
        nodes=[node],
        plans={},
        estimates=[],
        autopilots=[],
        suggestions=[],
        versions={},
        made_at=node.created_at,
        scores_to_keep={},
    )
    store.close()
    assert "No node is ready yet." in report.render_report(tree_report)


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        ("l2", "all free (removable) units with a score below 0.5, ranked by l2"),
        ("apoz", "all free (removable) units with a score above 0.5, ranked by apoz"),
        ("apoz/macs^0.5", "all free (removable) units with a score above 0.5, ranked by apoz/macs^0.5"),
        ("removed_plugin", "all free (removable) units with a score worse than 0.5, ranked by removed_plugin"),
    ],
)
def test_a_threshold_rule_says_which_scores_it_removes(
    workspace: Workspace, small_tree: SmallTree, criterion: str, text: str
) -> None:
    plan = workspace.store.plans.list(small_tree.root_id)[0]
    threshold_plan = plan.model_copy(update={"rule": ThresholdRule(value=0.5, criterion=criterion)})
    assert describe_rule(threshold_plan, {"l2": "high", "apoz": "low"}) == text


def test_the_report_knows_which_scores_each_criterion_keeps(
    workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_reports, "render_report", lambda tree_report: repr(dict(tree_report.scores_to_keep)))
    scores_to_keep = tree_reports.render(workspace, workspace.store.experiments.get(small_tree.experiment_id))
    assert "'l2': 'high'" in scores_to_keep and "'apoz': 'low'" in scores_to_keep


@pytest.mark.parametrize("text", LATENCIES)
def test_the_table_of_nodes_has_the_ratio_to_the_root_or_why_there_is_none(
    workspace: Workspace, small_tree: SmallTree, text: str
) -> None:
    """Version 0.1.0 wrote “5.2 ms (batch 1)”, whatever the machine was doing."""
    root = workspace.store.nodes.get(small_tree.root_id)
    assert text in str(tables.nodes_table([root.model_copy(update={"latency": [LATENCIES[text].summary()]})]))


def test_the_start_of_a_training_is_described_with_what_it_was_chosen_from(small_tree: SmallTree) -> None:
    root = small_tree.nodes()[0]
    compared = StartAccuracies(
        cut=accuracy_with_interval(10, 100), recalibrated=None, reconstructed=accuracy_with_interval(80, 100)
    )
    fit = ReconstructionRecord(fitted=4, layers=5, unfitted=[], images=512, places=24)
    changes = {"start": "reconstructed", "start_accuracies": compared, "reconstruction": fit}
    child = root.model_copy(update={"parent_id": root.id, "training_record": RECORD.model_copy(update=changes)})
    assert provenance.describe_start_weights(child, {root.id: 0}) == (
        "weights of node 0 without the removed filters, reconstructed (4 of 5 layers fitted); "
        "chosen as the best of: as cut 10.00%, reconstructed 80.00%"
    )
