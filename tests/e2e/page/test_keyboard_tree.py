"""Everything that the pointer can do in the tree and in dialogs also works by keyboard."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree, estimate_request
from tests.e2e.dialog_states import KEYS
from tests.e2e.keys import tab_to

AUTOPILOT = {"target": "0", "max_steps": "2", "epochs": "200"}
"""Fields of an Autopilot that can start at any node and runs until it is stopped."""


def test_tree_comparison_and_trade_off_are_operated(demo_tree: DemoTree) -> None:
    first, last = demo_tree.branch[0], demo_tree.last
    with open_page() as page:
        demo_tree.open(page)
        page.keyboard.press("1")
        expect(page.locator("#tree")).to_be_focused()
        tab_to(page, "#tree g.node")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {demo_tree.branch[1]['number']}")
        expect(page.get_by_test_id(f"node-{demo_tree.branch[1]['number']}")).to_be_focused()
        page.keyboard.press("c")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {first['number']}")
        page.keyboard.press("c")
        page.keyboard.press("Shift+C")
        expect(page.locator(".compared")).to_contain_text("Accuracy")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        expect(page.locator("svg.tradeoff")).to_be_visible()
        tab_to(page, "svg.tradeoff .point", max_tabs=40)
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


def test_nodes_are_starred_and_annotated_and_panels_enlarged(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
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
        assert demo_tree.server.call("GET", f"/nodes/{demo_tree.last['id']}")["note"] == "by keys"
        for key, panel in (("1", "tree"), ("2", "stats"), ("3", "model"), ("4", "filters")):
            page.keyboard.press(key)
            page.keyboard.press("e")
            expect(page.locator(f"#{panel}.on")).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.locator("main.big")).to_have_count(0)


def test_dialogs_close_with_escape_and_return_the_focus(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
        node = page.get_by_test_id(f"node-{demo_tree.last['number']}")
        node.focus()
        for kind, key in KEYS.items():
            page.keyboard.press(key)
            expect(gestures.dialog(page, kind)).to_be_visible()
            page.wait_for_function("document.activeElement.closest('wa-dialog') !== null")
            page.keyboard.press("Escape")
            gestures.expect_no_dialog(page)
            expect(node, f"after {kind}").to_be_focused()


def test_estimator_and_autopilot_are_operated(demo_tree: DemoTree) -> None:
    request = estimate_request(demo_tree, 0.5)
    with open_page() as page:
        demo_tree.open(page)
        page.keyboard.press("t")
        tab_to(page, "wa-dialog [name=target]")
        page.keyboard.type(f"{100 * request['target_accuracy']:.4f}")
        for name, node in (("good", demo_tree.branch[0]), ("bad", demo_tree.last)):
            tab_to(page, f"wa-dialog [name={name}]")
            page.keyboard.type(f"node {node['number']}:")
        tab_to(page, "wa-dialog [name=target]", max_tabs=40)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("answer")).to_contain_text("Keep")
        page.keyboard.press("Escape")
        gestures.expect_no_dialog(page)
        page.keyboard.press("w")
        expect(gestures.dialog(page, "autopilot")).to_be_visible()
        for name, number in AUTOPILOT.items():
            tab_to(page, f"wa-dialog [name={name}]")
            page.keyboard.type(number)
        page.keyboard.press("Enter")
        gestures.expect_no_dialog(page)
        expect(page.get_by_test_id("autopilot-bar")).to_be_visible()
        _tab_to_stop_button(page)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("autopilot-bar")).to_be_hidden()
    _cancel_jobs(demo_tree)


def _tab_to_stop_button(page: Page) -> None:
    page.get_by_test_id("undo").or_(page.get_by_test_id("experiments")).first.focus()
    tab_to(page, "[data-testid=stop-autopilot]", max_tabs=30)


def _cancel_jobs(demo_tree: DemoTree) -> None:
    jobs: list[dict[str, Any]] = demo_tree.server.call(
        "GET", f"/jobs?experiment_id={demo_tree.last['experiment_id']}&active=true"
    )
    for job in jobs:
        demo_tree.server.call("POST", f"/jobs/{job['id']}/cancel")
