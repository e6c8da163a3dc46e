"""The page with the REST documentation."""

from playwright.sync_api import expect

from tests.e2e.browser import open_page
from tests.e2e.server import Server


def test_it_loads_nothing_from_other_servers(demo: Server) -> None:
    requested: list[str] = []
    with open_page() as page:
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{demo.url}/docs")
        call = page.locator("#operations-nodes-get_node")
        call.locator("button").first.click()
        expect(call).to_contain_text("parent_id", timeout=60_000)
    assert all(url.startswith((demo.url, "data:")) for url in requested), requested
