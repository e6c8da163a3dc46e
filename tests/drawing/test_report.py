"""The report of a tree is whole by itself, tells what the tree has, and lets nobody's words become markup."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cnnpruner.config import Config
from cnnpruner.domain.plans.plans import Application, NewPercentPlan
from cnnpruner.domain.tree.nodes import NewControls
from cnnpruner.drawing import report
from cnnpruner.service.broadcast import Broadcast
from cnnpruner.service.plans import plans
from cnnpruner.service.sharing import tree_reports
from cnnpruner.service.tree import controls
from cnnpruner.service.workspace import Workspace
from cnnpruner.store import open_store
from tests.api.conftest import IdleRunner
from tests.trees import SmallTree, make_small_tree

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
    """A recovered node, one that is not, two controls, one still waiting; a test measured by hand."""
    small_tree = make_small_tree(workspace.store, correct=98)
    root = workspace.store.nodes.get(small_tree.root_id)
    for percent, correct, why in ((30, 98, f"first cut {EVIL}"), (60, 80, "too much at once")):
        plan = plans.draft(workspace, root, NewPercentPlan(percent=percent, note=why))
        child = small_tree.finish(plans.apply(workspace, plan, Application()).node.id, correct)
    for control, correct in zip(
        controls.create(workspace, child, NewControls(kind="random", seeds=2)), (70, 74), strict=True
    ):
        small_tree.finish(control.id, correct)
    plans.apply(workspace, plans.draft(workspace, child, NewPercentPlan(percent=10)), Application())
    workspace.store.experiments.change(small_tree.experiment_id, {"name": f"Digits {EVIL}", "tests": 1})
    return small_tree


@pytest.fixture(scope="module")
def page(workspace: Workspace, small_tree: SmallTree) -> str:
    return tree_reports.render(workspace, workspace.store.experiments.get(small_tree.experiment_id))


def test_it_needs_nothing_from_elsewhere_and_no_script(page: str) -> None:
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(outline.tags)
    assert not [name for name, _ in outline.attributes if name.startswith("on") or name in ("href", "src")]
    assert "url(" not in page and "@import" not in page
    assert any("default-src 'none'" in (value or "") for _, value in outline.attributes)
    assert "prefers-color-scheme: dark" in page


def test_what_people_wrote_is_text(page: str) -> None:
    outline = Outline(page)
    assert f"Digits {EVIL}" in outline.text and f"first cut {EVIL}" in outline.text
    assert "<script" not in page


def test_it_tells_what_the_tree_has(page: str, small_tree: SmallTree) -> None:
    text = re.sub(r"\s+", " ", Outline(page).text)
    small = small_tree.nodes()[1]
    assert f"{small.parameters:,}" in text and f"{small.macs:,}" in text
    assert "Smallest of 5 nodes not below 97.50 % (the root less the tolerance): node 1" in text
    assert "too much at once" in text and "30 % of the free filters, by taylor" in text
    assert "random filters272.00 % (70.00 %–74.00 %)+8.00 points" in text
    assert "1 of these nodes were deleted since" in text and "torch" in text
    assert page.count('class="edge lost"') == 3 and page.count('class="edge open"') == 1
    assert page.count("Node 5: waiting") == 1, "drawn in the tree, not in the charts"


def test_a_large_tree_stays_small_enough_for_the_mail(
    workspace: Workspace, small_tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST_NODES", 3)
    page = tree_reports.render(workspace, workspace.store.experiments.get(small_tree.experiment_id))
    assert "3 later nodes are not shown" in page and "Node 4" not in page


def test_a_tree_whose_root_is_in_the_making_has_a_report(tmp_path: Path) -> None:
    config = Config(f"sqlite:///{tmp_path / 'e.db'}", tmp_path / "models", (), "127.0.0.1", 0, False, False)
    store = open_store(config.database, config.models)
    small_tree = make_small_tree(store)
    node = small_tree.nodes()[0].model_copy(update={"state": "running", "accuracy": None, "recovered": None})
    told = report.TreeReport(
        store.experiments.get(small_tree.experiment_id), [node], {}, [], [], {}, store.experiments.get(1).created_at
    )
    store.close()
    assert "No node is ready yet." in report.write_report(told)
