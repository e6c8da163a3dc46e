"""Every chart of every panel can be saved as SVG, PNG and CSV."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import open_page
from tests.e2e.drawings import FOLDER, check_golden
from tests.e2e.server import Server

SHAPES = {"path", "polygon", "rect", "circle", "line", "text", "image"}
MIN_SHAPES = {
    "tree": 8,
    "statistics": 20,
    "confusion": 40,
    "architecture": 20,
    "filters": 400,
    "radar": 10,
    "preview": 10,
}
MIN_SHAPES |= {"layer-filters": 40, "trade-off": 10, "comparison": 60, "map": 100}

DRAWN = {
    "tree": "#tree svg.chart [data-testid=node-1]",
    "trade-off": "svg.tradeoff circle, svg.tradeoff path.point",
    "comparison": ".compared svg.strip",
    "statistics": "svg.charts circle",
    "confusion": ".matrix svg.cells rect",
    "architecture": "svg.architecture g.block",
    "filters": ".table canvas.bubbles",
    "radar": "svg.radar",
    "preview": "svg.previewchart path.symbol",
    "map": "canvas.points",
    "layer-filters": ".cards button",
}
"""Selectors of what must be drawn before a chart can be saved."""


@pytest.fixture(scope="module")
def pair(demo: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, int]:
    """Ids of the root, with a map of samples and a previewed draft, and of a child."""
    root = demo.demo_root()
    plan = demo.call("POST", f"/nodes/{root}/plans", {"rule": "percent", "percent": 40})
    child = demo.call("POST", f"/plans/{plan['id']}/apply", {"training": {"epochs": 1}})["node"]["id"]
    demo.ready(child, timeout_s=240)
    draft = demo.call("POST", f"/nodes/{root}/plans", {"rule": "percent", "percent": 30})
    for job in (
        demo.call("POST", f"/plans/{draft['id']}/preview"),
        demo.call("POST", f"/nodes/{root}/embedding"),
    ):
        if "state" in job:  # a result that already existed is returned instead of a job
            demo.wait(job["id"], timeout_s=240)
    return root, child


def _save(page: Page, panel: str, chart: str, folder: Path) -> dict[str, bytes]:
    """Save a chart in all three formats with the menu of its panel; returns the files by format."""
    page.wait_for_function("customElements.get('wa-dropdown') !== undefined")
    files = {}
    for kind in ("svg", "png", "csv"):
        page.get_by_test_id(f"save-{panel}").click()
        item = page.locator(f"#{panel} wa-dropdown-item[value='{chart}.{kind}']")
        with page.expect_download() as download:
            item.click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        assert path.name == f"{chart}.{kind}"
        files[kind] = path.read_bytes()
    return files


def _check(chart: str, files: dict[str, bytes]) -> None:
    drawing = ElementTree.fromstring(files["svg"])
    assert chart != "tree" or b"paint-order" in files["svg"]  # else the outline of labels would cover them
    shapes = [element for element in drawing.iter() if element.tag.rpartition("}")[2] in SHAPES]
    assert len(shapes) >= MIN_SHAPES[chart], f"{chart}: {len(shapes)} shapes"
    assert files["png"].startswith(b"\x89PNG") and len(files["png"]) > 1500, chart
    width = int.from_bytes(files["png"][16:20], "big")
    assert width == 2 * int(float(drawing.attrib["width"])), chart  # for high-density screens
    rows = list(csv.reader(io.StringIO(files["csv"].decode())))
    assert len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows), chart


@pytest.mark.parametrize(
    ("panel", "charts", "query"),
    [
        ("tree", ["tree"], ""),
        ("tree", ["trade-off"], "&panel=tree&view=tradeoff"),
        ("tree", ["comparison"], "&panel=tree&view=compare&compare={root}-{child}"),
        ("stats", ["statistics", "confusion"], ""),
        ("model", ["architecture", "filters", "radar", "preview"], ""),
        ("filters", ["map", "layer-filters"], ""),
    ],
)
def test_each_chart_is_saved_in_three_formats(
    demo: Server, pair: tuple[int, int], tmp_path: Path, panel: str, charts: list[str], query: str
) -> None:
    root, child = pair
    with open_page() as page:
        page.goto(f"{demo.url}/?experiment=1&node={root}{query.format(root=root, child=child)}")
        expect(page.get_by_test_id("facts")).to_contain_text("Parameters")
        for chart in charts:
            expect(page.locator(DRAWN[chart]).first).to_be_visible()
            _check(chart, _save(page, panel, chart, tmp_path))


def test_the_saved_comparison_equals_its_golden_file(demo: Server, pair: tuple[int, int], tmp_path: Path) -> None:
    root, child = pair
    with open_page() as page:
        page.route("**/api/experiments/*/comparison*", lambda route: route.fulfill(path=FOLDER / "comparison.json"))
        page.goto(f"{demo.url}/?experiment=1&node={root}&panel=tree&view=compare&compare={root}-{child}")
        expect(page.locator(DRAWN["comparison"]).first).to_be_visible()
        check_golden("comparison", _save(page, "tree", "comparison", tmp_path)["svg"].decode())


def test_saving_a_hidden_chart_shows_and_saves_it_or_says_what_is_missing(demo: Server, root: dict[str, Any]) -> None:
    with open_page() as page:
        page.goto(f"{demo.url}/?experiment={root['experiment_id']}&node={root['id']}")
        page.wait_for_function("customElements.get('wa-dropdown') !== undefined")
        expect(page.get_by_test_id(f"node-{root['number']}")).to_be_visible()
        page.get_by_test_id("save-tree").click()
        with page.expect_download() as download:
            page.locator("#tree wa-dropdown-item[value='trade-off.svg']").click()
        assert "Handwritten digits · node" in Path(download.value.path()).read_text()  # the heading
        expect(page).to_have_url(re.compile("view=tradeoff"))
        page.get_by_test_id("save-tree").click()
        page.locator("#tree wa-dropdown-item[value='comparison.png']").click()
        expect(page.locator("wa-toast")).to_contain_text("“Comparison” has nothing to save yet: mark two to five nodes")
