"""The address of a page, opened in another browser, restores the screen; what is not there is not asked for."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.grown import GrownTree

SCREEN = """() => {
  const isKept = (one) => one.checkVisibility() && !one.closest(".cards, .unseen, script, style, wa-dropdown-item");
  const find = (selector) => [...document.querySelectorAll(selector)].filter(isKept);
  const isText = ({ nodeType }) => nodeType === 3;
  const words = find(".crumbs *, .panel *").flatMap((one) => [...one.childNodes].filter(isText));
  return [
    ...words.map(({ textContent }) => textContent.trim()).filter(Boolean),
    ...find("[aria-pressed=true], [aria-selected=true]").map((one) => one.dataset.testid ?? one.textContent),
    ...find("select, input").map((field) => field.value),
  ].sort();
}"""
"""Words, what is pressed, what fields say; without the cards: as many are made as were scrolled past."""


def _read(page: Page, awaited: Any = None) -> Any:
    """What stands on the screen once it stays the same for a second, or is what was awaited."""
    page.mouse.move(700, 8)
    before = None
    for _ in range(20):
        now = page.evaluate(SCREEN)
        if now == awaited or (awaited is None and now == before):
            return now
        before = now
        page.wait_for_timeout(1000 if awaited is None else 250)
    return before


def _draft_and_choose(page: Page, grown: GrownTree) -> None:
    """Node, layer, criterion, size, draft, sample, cell, class filter, mode and order of the matrix, marked nodes."""
    for node in grown.branch[:2]:
        gestures.choose_node(page, node["number"])
        page.keyboard.press("c")
    gestures.choose_node(page, grown.last["number"])
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
def test_an_address_restores_the_screen_in_another_browser(grown: GrownTree, panel: str) -> None:
    with open_page() as page:
        grown.open(page)
        _draft_and_choose(page, grown)
        page.get_by_test_id(f"enlarge-{panel}").click()
        expect(page).to_have_url(re.compile(f"panel={panel}"))
        here, address = _read(page), page.url
    with open_page() as other:
        other.goto(address)
        assert _read(other, here) == here
        assert other.url == address


def test_an_address_restores_chosen_samples_and_the_comparison(grown: GrownTree) -> None:
    nodes = "-".join(str(node["id"]) for node in grown.branch)
    for choice in (
        "&picked=1.2.5&change=wrong&against=1&filter=3",
        f"&panel=tree&view=compare&compare={nodes}",
        "&panel=tree&view=tradeoff&x=macs",
    ):
        with open_page() as page:
            grown.open(page, choice)
            here, address = _read(page), page.url
            assert all(part in address for part in choice.split("&"))
        with open_page() as other:
            other.goto(address)
            assert _read(other, here) == here


def test_an_address_restores_the_brush_and_how_far_the_list_is_scrolled(grown: GrownTree) -> None:
    with open_page() as page:
        grown.open(page)
        cards = page.locator("#filters .cards")
        expect(cards.locator(".card").first).to_be_visible()
        page.wait_for_timeout(1000)  # the list opens anew at the edge of the plan when scores come
        cards.hover()
        page.mouse.wheel(0, 2000)
        expect(page).to_have_url(re.compile(r"cards=\d+"))
        page.locator("#model .table .window").focus()
        for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
            page.keyboard.press(key)
        expect(page.locator("#model .brushed")).to_contain_text(re.compile(r"Keep \d"))
        expect(page).to_have_url(re.compile(r"brush="))
        here, address = _read(page), page.url
    with open_page(1920, 1080) as other:
        other.goto(address)
        expect(other.locator("#model .brushed")).to_contain_text(re.compile(r"Keep \d"))
        expect(other.get_by_test_id("pictures")).to_contain_text(re.compile(r"\d+–\d+ of"))
        assert _sight(_read(other)) == _sight(here)


def _sight(screen: list[str]) -> list[str]:
    """What the brush chose, and with which filter the list begins; how many there is room for differs."""
    return [re.sub(r"–\d+ of.*", "", words) for words in screen if re.search(r"^Keep \d|^\d+–\d+ of", words)]


def test_an_address_of_what_is_gone_opens_the_newest_without_an_error(grown: GrownTree) -> None:
    for query in (
        "?experiment=99999",
        "?experiment=99999&node=99999&plan=99999",
        "?node=99999&sample=99999999&layer=nowhere",
    ):
        with open_page() as page:
            page.goto(f"{grown.server.url}/{query}")
            expect(page.get_by_test_id("facts")).to_contain_text("Node")
            expect(page.get_by_test_id("connection")).to_contain_text("live")
            page.wait_for_timeout(1000)


def test_nodes_without_a_network_or_a_map_open_without_an_error(grown: GrownTree) -> None:
    plan = grown.server.call("POST", f"/nodes/{grown.branch[0]['id']}/plans", {"rule": "percent", "percent": 5})
    applied = grown.server.call("POST", f"/plans/{plan['id']}/apply", {})
    grown.server.call("POST", f"/jobs/{applied['job']['id']}/cancel")
    node = applied["node"]
    with open_page() as page:
        page.goto(f"{grown.server.url}/?experiment={node['experiment_id']}&node={node['id']}")
        expect(page.get_by_test_id("facts")).to_contain_text(f"Node {node['number']}")
        page.wait_for_timeout(2500)  # until all was asked that follows from the connection
        gestures.choose_node(page, grown.branch[0]["number"])
        expect(page.locator("#filters")).to_contain_text(re.compile("Lay out samples|t-SNE"))
        page.wait_for_timeout(500)
    grown.server.call("DELETE", f"/nodes/{node['id']}")
