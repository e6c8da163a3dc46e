"""The REST document for people."""

from playwright.sync_api import expect

from tests.e2e.browser import open_page
from tests.e2e.server import Server


def test_it_needs_nothing_from_elsewhere(demo: Server) -> None:
    asked: list[str] = []
    with open_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{demo.url}/docs")
        call = page.locator("#operations-nodes-get_node")
        call.locator("button").first.click()
        expect(call).to_contain_text("parent_id", timeout=60_000)
    assert all(url.startswith((demo.url, "data:")) for url in asked), asked
