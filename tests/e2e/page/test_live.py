"""What others do by REST reaches an open page by the event stream alone."""

import re

from playwright.sync_api import expect

from tests.e2e import gestures
from tests.e2e.browser import open_page
from tests.e2e.grown import GrownTree, ask_between

SETTLED_MS = 3000
"""The page asks for its lists once more shortly after the stream stands; what comes later came by the stream."""


def test_drafts_notes_names_and_estimates_of_others_are_seen(grown: GrownTree) -> None:
    server, node = grown.server, grown.last
    with open_page() as page:
        grown.open(page)
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
        expect(history).not_to_have_count(0)  # the one that grew with the tree
        known = history.count()
        server.call("POST", f"/nodes/{grown.branch[0]['id']}/estimate", ask_between(grown, 0.25))
        expect(history).to_have_count(known + 1)
        page.keyboard.press("Escape")
        experiment = server.call("GET", f"/experiments/{node['experiment_id']}")
        server.call("PATCH", f"/experiments/{experiment['id']}", {"name": "Renamed by Ben"})
        expect(page.get_by_test_id("experiments")).to_contain_text(re.compile("Renamed by Ben"))
        server.call("PATCH", f"/experiments/{experiment['id']}", {"name": experiment["name"]})
        server.call("PATCH", f"/nodes/{node['id']}", {"starred": False, "note": node["note"]})
