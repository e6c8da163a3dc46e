"""Everything that the pointer can do in the page, done by keys alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.grown import Grown

FEW_TABS = 12


def _tab_to(page: Page, selector: str, most: int = FEW_TABS) -> None:
    """Press Tab until something that fits has the focus."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not reach {selector}")


def _removed(page: Page) -> int:
    """Filters that the draft removes."""
    row = page.locator("table.summary tr", has_text="Filters")
    now, after = row.locator("td.now").inner_text(), row.locator("td.after").inner_text()
    return int(now) - int(after)


def test_tree_and_compare_and_trade_off(grown: Grown) -> None:
    first, last = grown.branch[0], grown.last
    with open_page() as page:
        grown.open(page)
        page.keyboard.press("1")
        expect(page.locator("#tree")).to_be_focused()
        _tab_to(page, "#tree g.node")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {grown.branch[1]['number']}")
        expect(page.get_by_test_id(f"node-{grown.branch[1]['number']}")).to_be_focused()
        page.keyboard.press("c")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {first['number']}")
        page.keyboard.press("c")
        page.keyboard.press("Shift+C")
        expect(page.locator(".compared")).to_contain_text("Accuracy")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        expect(page.locator("svg.tradeoff")).to_be_visible()
        _tab_to(page, "svg.tradeoff .point", most=40)
        page.keyboard.press("ArrowRight")
        expect(page.locator("svg.tradeoff .point.chosen")).to_have_attribute("aria-label", re.compile(r"Node [1-9]"))
        page.keyboard.press("Escape")
        page.keyboard.press("f")
        page.keyboard.type(f"{last['number']}")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {last['number']}")
        page.keyboard.press("x")
        page.keyboard.press("x")
        page.keyboard.press("[")
        expect(page.get_by_test_id("facts")).not_to_contain_text(f"Node {last['number']}")
        page.keyboard.press("]")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {last['number']}")


def test_star_note_theme_and_panels(grown: Grown) -> None:
    with open_page() as page:
        grown.open(page)
        page.keyboard.press("s")
        expect(page.get_by_test_id("star")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("s")
        expect(page.get_by_test_id("star")).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("n")
        expect(page.locator("textarea.note-text")).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type("by keys")
        page.keyboard.press("Control+Enter")
        gestures.expect_no_dialog(page)
        assert grown.server.call("GET", f"/nodes/{grown.last['id']}")["note"] == "by keys"
        for key, panel in (("1", "tree"), ("2", "stats"), ("3", "model"), ("4", "filters")):
            page.keyboard.press(key)
            page.keyboard.press("e")
            expect(page.locator(f"#{panel}.on")).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.locator("main.big")).to_have_count(0)


def test_plan_by_field_line_filter_brush_and_lock(grown: Grown) -> None:
    with open_page() as page:
        grown.open(page)
        page.locator("#line-percent").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("25")
        page.keyboard.press("Enter")
        expect(page.locator("table.summary tr", has_text="Filters").locator("td.after")).not_to_have_text(
            str(grown.last["filters"])
        )
        quarter = _removed(page)
        page.get_by_test_id("line").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert _removed(page) == quarter + 1
        page.keyboard.press("Control+z")
        page.wait_for_timeout(300)
        assert _removed(page) == quarter
        page.keyboard.press("Control+Shift+Z")
        page.wait_for_timeout(300)
        assert _removed(page) == quarter + 1
        _brush_and_lock(page)


def _brush_and_lock(page: Page) -> None:
    page.locator("#line-percent").focus()
    _tab_to(page, "#model .table .window", most=20)
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    strip = page.locator("#model .stripbox")
    before = re.search(r"\d+ set by hand", strip.inner_text())
    page.keyboard.press(" ")
    expect(strip).not_to_contain_text(before.group() if before else "no strip")
    chosen = page.locator("#model .brushed")
    page.keyboard.press("Shift+ArrowRight")
    expect(chosen.get_by_role("button", name="Keep 2")).to_be_visible()
    page.keyboard.press("Shift+ArrowRight")
    expect(chosen.get_by_role("button", name="Keep 3")).to_be_visible()
    _tab_to(page, "#model .brushed button:nth-of-type(2)", most=20)
    page.keyboard.press("Enter")
    expect(chosen).to_be_hidden()
    page.locator("#model .table .window").focus()
    page.keyboard.press("l")
    expect(page.locator("#model .table [aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("l")


def test_samples_and_filters(grown: Grown) -> None:
    with open_page() as page:
        grown.open(page)
        grown.draft(page)
        expect(page.get_by_test_id("map")).to_be_visible()
        page.get_by_test_id("map").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_test_id("readout")).to_contain_text("Sample")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"sample=\d+"))
        page.keyboard.press("Shift+Enter")
        expect(page).to_have_url(re.compile(r"picked=[0-9a-z.]+"))
        page.keyboard.press("+")
        page.keyboard.press("0")
        page.keyboard.press("d")
        page.keyboard.press("i")
        page.keyboard.press("/")
        expect(page.locator("#sample-number")).to_be_focused()
        page.keyboard.type("7")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"sample=7(&|$)"))
        page.locator("#filters .card[tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        card = page.locator("#filters .card:focus")
        before = card.get_attribute("aria-pressed")
        page.keyboard.press(" ")
        expect(card).not_to_have_attribute("aria-pressed", before or "")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"filter=\d+"))


def test_confusion_matrix(grown: Grown) -> None:
    with open_page() as page:
        grown.open(page)
        page.locator("#stats [data-testid=confusion]").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"cell=\d+-\d+"))
        page.keyboard.press("Escape")
        expect(page).not_to_have_url(re.compile("cell="))
        page.get_by_test_id("confusion-row").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("confusion=row"))
        page.get_by_test_id("classes").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#stats .confusion wa-dropdown-item").first).to_be_visible()
        page.wait_for_timeout(300)  # the menu has opened and taken the focus
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("classes=9"))
        page.keyboard.press("Escape")


@pytest.mark.parametrize("panel", ["tree", "stats", "model", "filters"])
def test_charts_are_saved(grown: Grown, panel: str) -> None:
    with open_page() as page:
        grown.open(page)
        expect(page.get_by_test_id("map")).to_be_visible()
        page.get_by_test_id(f"save-{panel}").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#{panel} wa-dropdown.save wa-dropdown-item").first).to_be_visible()
        page.wait_for_timeout(200)
        with page.expect_download() as saved:
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        assert saved.value.suggested_filename.endswith((".svg", ".png", ".csv"))


DIALOGS = {
    "help": "?",
    "note": "n",
    "estimate": "t",
    "walk": "w",
    "controls": "k",
    "find": "f",
    "branch": "Delete",
    "export": "Shift+E",
    "rule": "r",
}


def test_dialogs_close_with_escape_and_give_the_focus_back(grown: Grown) -> None:
    with open_page() as page:
        grown.open(page)
        node = page.get_by_test_id(f"node-{grown.last['number']}")
        node.focus()
        for kind, key in DIALOGS.items():
            page.keyboard.press(key)
            expect(gestures.dialog(page, kind)).to_be_visible()
            assert page.evaluate("document.activeElement.closest('wa-dialog') !== null"), (
                f"{kind} does not take the focus"
            )
            page.keyboard.press("Escape")
            gestures.expect_no_dialog(page)
            expect(node, f"after {kind}").to_be_focused()


def test_estimator_and_walk(grown: Grown) -> None:
    bad, *_, good = sorted(grown.branch, key=lambda node: (node["accuracy"], node["filters"]))
    assert bad["accuracy"] < good["accuracy"], "nothing lies between nodes of one accuracy"
    with open_page() as page:
        grown.open(page)
        page.keyboard.press("t")
        _tab_to(page, "wa-dialog [name=target]")
        page.keyboard.type(f"{100 * (bad['accuracy'] + good['accuracy']) / 2:.4f}")
        for name, node in (("good", good), ("bad", bad)):
            _tab_to(page, f"wa-dialog [name={name}]")
            page.keyboard.type(f"node {node['number']}:")
        _tab_to(page, "wa-dialog [name=target]", most=40)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("answer")).to_contain_text("Keep")
        page.keyboard.press("Escape")
        gestures.expect_no_dialog(page)
        page.keyboard.press("w")
        expect(gestures.dialog(page, "walk")).to_be_visible()
        _tab_to(page, "wa-dialog [name=max_steps]")
        page.keyboard.type("1")
        _tab_to(page, "wa-dialog [name=epochs]")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        gestures.expect_no_dialog(page)
        expect(page.get_by_test_id("walk-bar")).to_be_visible()
        _tab_to_bar(page)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("walk-bar")).to_be_hidden()
    _end_jobs(grown)


def _tab_to_bar(page: Page) -> None:
    page.get_by_test_id("undo").or_(page.get_by_test_id("experiments")).first.focus()
    _tab_to(page, "[data-testid=stop-walk]", most=30)


def _end_jobs(grown: Grown) -> None:
    jobs: list[dict[str, Any]] = grown.server.call(
        "GET", f"/jobs?experiment_id={grown.last['experiment_id']}&active=true"
    )
    for job in jobs:
        grown.server.call("POST", f"/jobs/{job['id']}/cancel")
