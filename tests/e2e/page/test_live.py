"""Changes by others reach an open page through the event stream alone."""

import re

from playwright.sync_api import expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.demo_tree import DemoTree, estimate_request

SETTLED_MS = 3000
"""The page reloads its lists once shortly after the stream is connected; later changes must come by the stream."""


def test_drafts_notes_names_and_estimates_by_others_appear(demo_tree: DemoTree) -> None:
    server, node = demo_tree.server, demo_tree.last
    with open_page() as page:
        demo_tree.open(page)
        expect(page.locator("#model .radarbox svg")).to_be_visible()
        page.wait_for_timeout(SETTLED_MS)
        plan = server.call("POST", f"/nodes/{node['id']}/plans", {"rule": "percent", "percent": 15, "name": "of Ben"})
        expect(page.get_by_role("tab", name="of Ben")).to_be_visible()
        server.call("PATCH", f"/plans/{plan['id']}", {"name": "of Ada"})
        expect(page.get_by_role("tab", name="of Ada")).to_be_visible()
        server.call("DELETE", f"/plans/{plan['id']}")
        expect(page.get_by_role("tab", name="of Ada")).to_have_count(0)
        server.call("PATCH", f"/nodes/{node['id']}", {"starred": True, "note": "Seen by Ben"})
        expect(page.get_by_test_id(f"node-{node['number']}")).to_contain_text("★")
        expect(page.locator(f".crumbs [title='Node {node['number']}: Seen by Ben']")).to_be_visible()
        page.keyboard.press("t")
        history = gestures.dialog(page, "estimate").locator(".estimates tbody tr")
        expect(history).not_to_have_count(0)  # the one of the fixture
        count_before = history.count()
        server.call("POST", f"/nodes/{demo_tree.branch[0]['id']}/estimate", estimate_request(demo_tree, 0.25))
        expect(history).to_have_count(count_before + 1)
        page.keyboard.press("Escape")
        experiment = server.call("GET", f"/experiments/{node['experiment_id']}")
        server.call("PATCH", f"/experiments/{experiment['id']}", {"name": "Renamed by Ben"})
        expect(page.get_by_test_id("experiments")).to_contain_text(re.compile("Renamed by Ben"))
        server.call("PATCH", f"/experiments/{experiment['id']}", {"name": experiment["name"]})
        server.call("PATCH", f"/nodes/{node['id']}", {"starred": False, "note": node["note"]})
