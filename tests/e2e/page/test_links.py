"""The address of a page restores its screen in another browser; unknown ids in it cause no errors."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree

SCREEN = """() => {
  const skipped = ".cards, .unseen, script, style, wa-dropdown-item";
  const isShown = (element) => element.checkVisibility() && !element.closest(skipped);
  const find = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
  const isText = ({ nodeType }) => nodeType === 3;
  const words = find(".crumbs *, .panel *").flatMap((element) => [...element.childNodes].filter(isText));
  return [
    ...words.map(({ textContent }) => textContent.trim()).filter(Boolean),
    ...find("[aria-pressed=true], [aria-selected=true]").map((mark) => mark.dataset.testid ?? mark.textContent),
    ...find("select, input").map((field) => field.value),
  ].sort();
}"""
"""Returns texts, pressed buttons and field values, without the cards, whose number depends on scrolling."""


def _read(page: Page, expected: Any = None) -> Any:
    """Read the screen until it stays the same for a second, or equals `expected`."""
    page.mouse.move(700, 8)
    before = None
    for _ in range(20):
        now = page.evaluate(SCREEN)
        if now == expected or (expected is None and now == before):
            return now
        before = now
        page.wait_for_timeout(1000 if expected is None else 250)
    return before


def _change_everything(page: Page, demo_tree: DemoTree) -> None:
    """Change node, draft, layer, sorting, bubble size, criterion, matrix mode, sample, cell and marked nodes."""
    for node in demo_tree.branch[:2]:
        gestures.choose_node(page, node["number"])
        page.keyboard.press("c")
    gestures.choose_node(page, demo_tree.last["number"])
    page.keyboard.press("Shift+D")
    expect(page).to_have_url(re.compile(r"plan=\d+"))
    gestures.draft_percent(page, 10)
    page.get_by_test_id("filters-layer").select_option(index=2)
    page.get_by_test_id("filters-sort").select_option("number")
    page.locator("#model select.size").select_option("none")
    page.locator("#model select.x-axis").select_option("l1")
    page.get_by_test_id("confusion-row").click()
    page.locator("#filters #sample-number").fill("7")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"sample=7&"))
    page.locator("#stats [data-testid=confusion]").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("cell="))


@pytest.mark.parametrize("panel", ["stats", "filters"])
def test_an_address_restores_the_screen_in_another_browser(demo_tree: DemoTree, panel: str) -> None:
    with open_page() as page:
        demo_tree.open(page)
        _change_everything(page, demo_tree)
        page.get_by_test_id(f"enlarge-{panel}").click()
        expect(page).to_have_url(re.compile(f"panel={panel}"))
        screen, address = _read(page), page.url
    with open_page() as other:
        other.goto(address)
        assert _read(other, screen) == screen
        assert other.url == address


def test_an_address_restores_chosen_samples_comparison_and_trade_off(demo_tree: DemoTree) -> None:
    nodes = "-".join(str(node["id"]) for node in demo_tree.branch)
    for choice in (
        "&picked=1.2.5&change=wrong&against=1&filter=3",
        f"&panel=tree&view=compare&compare={nodes}",
        "&panel=tree&view=tradeoff&x=macs",
    ):
        with open_page() as page:
            demo_tree.open(page, choice)
            screen, address = _read(page), page.url
            assert all(parameter in address for parameter in choice.split("&"))
        with open_page() as other:
            other.goto(address)
            assert _read(other, screen) == screen


def test_an_address_restores_the_brush_and_the_scroll_position(demo_tree: DemoTree) -> None:
    with open_page() as page:
        demo_tree.open(page)
        cards = page.locator("#filters .cards")
        expect(cards.locator(".card").first).to_be_visible()
        page.wait_for_timeout(1000)  # the list scrolls to the edge of the plan when scores arrive
        cards.hover()
        page.mouse.wheel(0, 2000)
        expect(page).to_have_url(re.compile(r"cards=\d+"))
        page.locator("#model .table .window").focus()
        for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
            page.keyboard.press(key)
        expect(page.locator("#model .brushed")).to_contain_text(re.compile(r"Keep \d"))
        expect(page).to_have_url(re.compile(r"brush="))
        screen, address = _read(page), page.url
    with open_page(1920, 1080) as other:
        other.goto(address)
        expect(other.locator("#model .brushed")).to_contain_text(re.compile(r"Keep \d"))
        expect(other.get_by_test_id("pictures")).to_contain_text(re.compile(r"\d+–\d+ of"))
        assert _brush_and_list(_read(other)) == _brush_and_list(screen)


def _brush_and_list(screen: list[str]) -> list[str]:
    """Texts of the brush and of the first listed filter; how many filters fit differs between screens."""
    return [re.sub(r"–\d+ of.*", "", text) for text in screen if re.search(r"^Keep \d|^\d+–\d+ of", text)]


def test_an_address_with_unknown_ids_opens_the_newest_experiment(demo_tree: DemoTree) -> None:
    for query in (
        "?experiment=99999",
        "?experiment=99999&node=99999&plan=99999",
        "?node=99999&sample=99999999&layer=nowhere",
    ):
        with open_page() as page:
            page.goto(f"{demo_tree.server.url}/{query}")
            expect(page.get_by_test_id("facts")).to_contain_text("Node")
            expect(page.get_by_test_id("connection")).to_contain_text("live")
            page.wait_for_timeout(1000)


def test_nodes_without_a_network_or_a_map_open_without_an_error(demo_tree: DemoTree) -> None:
    plan = demo_tree.server.call("POST", f"/nodes/{demo_tree.branch[0]['id']}/plans", {"rule": "percent", "percent": 5})
    applied = demo_tree.server.call("POST", f"/plans/{plan['id']}/apply", {})
    demo_tree.server.call("POST", f"/jobs/{applied['job']['id']}/cancel")
    node = applied["node"]
    with open_page() as page:
        page.goto(f"{demo_tree.server.url}/?experiment={node['experiment_id']}&node={node['id']}")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {node['number']}")
        page.wait_for_timeout(2500)  # wait for all requests that follow the connection
        gestures.choose_node(page, demo_tree.branch[0]["number"])
        expect(page.locator("#filters")).to_contain_text(re.compile("Lay out samples|t-SNE"))
        page.wait_for_timeout(500)
    demo_tree.server.call("DELETE", f"/nodes/{node['id']}")
