"""Sharing a tree by link: access, two people editing the same tree, and revocation."""

import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from cnnpruner.client import Client
from cnnpruner.client.http import ServerError
from tests.e2e.axe import find_dialog_violations, follow_system
from tests.e2e.browser import open_page
from tests.e2e.server import Server

TOKEN = "the-owners-token-of-this-test"
ADDRESS = re.compile(r"^http://127\.0\.0\.1:\d+/\?experiment=1&node=\d+#token=[\w-]{43}$")
UNTRAINED = {"data": {"kind": "digits"}, "network": {"name": "small_vgg"}, "weights": {"train": {"epochs": 0}}}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Client, int]]:
    """A server that requires a token, as one open to the network does; a client for the owner; the id of a root."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CNNPRUNER_TOKEN", TOKEN)
        server = Server(tmp_path_factory.mktemp("shared"), demo=False).start()
        try:
            root = server.ready(server.call("POST", "/experiments", UNTRAINED)["root_id"])
            owner = Client(f"{server.url}/#token={TOKEN}")
            owner.layer_filters(root["id"], "features.0")  # computed now, as a visitor who may only view starts no jobs
            yield server, owner, root["id"]
        finally:
            server.stop()


def link(owner: Client, server: Server, root_id: int, mode: Any, **options: Any) -> str:
    """Create a link; returns its address as the share dialog shows it."""
    experiment = owner.node(root_id).experiment_id
    created = owner.create_link(experiment, mode, view=f"experiment={experiment}&node={root_id}", **options)
    return f"{server.url}{created.path}"


def test_the_token_leaves_the_address_bar_and_history(shared: tuple[Server, Client, int]) -> None:
    server, owner, root_id = shared
    with open_page() as page:
        page.goto(link(owner, server, root_id, "read"))
        expect(page.get_by_test_id("visitor")).to_contain_text("Can view")
        expect(page.get_by_test_id("node-0")).to_be_visible()
        assert "token" not in page.url
        assert page.evaluate("document.cookie") == "", "scripts cannot read the cookie"
        page.get_by_role("button", name="50", exact=True).click()
        expect(page.get_by_role("tab", name="A · 50")).to_be_visible()
        page.wait_for_timeout(600)  # edits are sent after 300 ms
        page.reload()
        expect(page.get_by_test_id("node-0")).to_be_visible()
        assert owner.links(1)[0].used_at is not None
        _check_share_dialog_of_visitor(page)
    assert server.call("GET", f"/nodes/{root_id}/plans") == [], "changes by a visitor who may only view are not saved"


def _check_share_dialog_of_visitor(page: Page) -> None:
    follow_system(page)
    page.keyboard.press("Shift+L")
    expect(page.get_by_role("button", name="Copy address")).to_be_focused()
    assert find_dialog_violations(page) == []


def test_the_share_dialog_creates_lists_and_revokes_links(shared: tuple[Server, Client, int]) -> None:
    server, _, _ = shared
    with open_page() as page:
        follow_system(page)
        page.goto(f"{server.url}/#token={TOKEN}")
        expect(page.get_by_test_id("node-0")).to_be_visible()
        page.get_by_test_id("share").click()
        expect(page.get_by_role("button", name="Create link")).to_be_visible()
        page.get_by_label("Link is for", exact=True).fill("Ada")
        page.get_by_label("Access", exact=True).select_option("edit")
        page.get_by_role("button", name="Create link").click()
        field = page.get_by_test_id("new-link")
        expect(field).to_have_value(ADDRESS)
        assert find_dialog_violations(page) == []
        address = field.input_value()
        visitor = Client(address).visitor()
        assert (visitor.kind, visitor.mode, visitor.name) == ("link", "edit", "Ada")
        page.get_by_role("button", name="Revoke Ada").click()
        expect(page.get_by_role("button", name="Revoke Ada")).to_have_count(0)
    with pytest.raises(ServerError, match="revoked"):
        Client(address).visitor()


def test_two_people_see_each_others_edits_and_conflicts_are_resolved(shared: tuple[Server, Client, int]) -> None:
    server, owner, root_id = shared
    plan = owner.plan(root_id, rule="percent", percent=10)
    with open_page() as ada:
        ada.goto(link(owner, server, root_id, "edit", name="Ada"))
        browser = ada.context.browser
        assert browser is not None
        ben = browser.new_page(viewport={"width": 1440, "height": 900})  # its console may report a 409
        ben.goto(link(owner, server, root_id, "edit", name="Ben"))
        follow_system(ben)
        for page in (ada, ben):
            expect(page.get_by_role("tab", name="A · 10")).to_be_visible()
        cause_conflict(server, ben, plan.id)
        dialog = ben.get_by_text("Someone else changed plan A")
        expect(dialog).to_be_visible()
        expect(ben.get_by_role("button", name="Save yours as a new draft")).to_be_focused()  # Enter loses nothing
        assert find_dialog_violations(ben) == []
        expect(ada.get_by_role("tab", name="A · 20")).to_be_visible()
        ben.get_by_role("button", name="Save yours as a new draft").click()
        for page in (ada, ben):
            expect(page.get_by_role("tab", name="A · 20")).to_be_visible()
            expect(page.get_by_role("tab", name="B · 50")).to_be_visible()
        applied = Client(link(owner, server, root_id, "edit")).apply(plan.id, {"epochs": 0})
        expect(ada.get_by_test_id(f"node-{applied.node.number}")).to_be_visible()
        expect(ben.get_by_test_id(f"node-{applied.node.number}")).to_be_visible()


def cause_conflict(server: Server, ben: Page, plan_id: int) -> None:
    """Ben chooses 50%, but Ada's 20% reaches the server first."""

    def overtake(route: Route) -> None:
        server.call("PATCH", f"/plans/{plan_id}", {"rule": {"rule": "percent", "percent": 20}, "revision": 1})
        route.continue_()

    ben.route("**/api/plans/*", overtake, times=1)
    ben.get_by_role("button", name="50", exact=True).click()


def test_an_event_stream_by_link_is_immediate_and_ends_when_the_link_is_revoked(
    shared: tuple[Server, Client, int],
) -> None:
    server, owner, root_id = shared
    node = owner.node(root_id)
    created = owner.create_link(node.experiment_id)
    lines: list[str] = []
    headers = {"Authorization": f"Bearer {created.token}"}
    with urlopen(Request(f"{server.url}/api/experiments/{node.experiment_id}/events", headers=headers)) as stream:
        assert stream.readline() == b": listening\n", "sent at once, without buffering"
        listener = threading.Thread(target=lambda: lines.extend(line.decode() for line in stream), daemon=True)
        listener.start()
        server.call("PATCH", f"/nodes/{root_id}", {"note": "seen by link"})
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not any("seen by link" in line for line in lines):
            time.sleep(0.05)
        data = [json.loads(line[6:]) for line in lines if line.startswith("data:")]
        assert any(event["kind"] == "node" and event["node"]["note"] == "seen by link" for event in data)
        owner.revoke_link(created.link.id)
        listener.join(60)
        assert not listener.is_alive(), "the stream ends with the link"


def test_the_command_line_creates_and_revokes_links(shared: tuple[Server, Client, int], capsys: Any) -> None:
    from cnnpruner.cli import main

    server, _, _ = shared
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CNNPRUNER_TOKEN", TOKEN)
        assert main(["links", "create", "1", "--edit", "--name", "Eve", "--server", server.url]) == 0
        address = capsys.readouterr().out.strip()
        visitor = Client(address).visitor()
        assert (visitor.mode, visitor.name) == ("edit", "Eve")
        assert main(["links", "list", "1", "--server", server.url]) == 0
        assert f"link {visitor.link_id}, can edit, last used" in capsys.readouterr().out
        assert main(["links", "revoke", str(visitor.link_id), "--server", server.url]) == 0
    with pytest.raises(ServerError, match="revoked"):
        Client(address).visitor()


def test_a_person_without_access_signs_in_by_keyboard(shared: tuple[Server, Client, int]) -> None:
    server, _, _ = shared
    with open_page(may_refuse=True) as page:
        follow_system(page)
        page.goto(server.url)
        expect(page.get_by_label("Link or token")).to_be_focused()
        assert find_dialog_violations(page) == []
        page.keyboard.type("no-token-of-this-server")
        page.keyboard.press("Enter")
        expect(page.locator("wa-dialog .problem")).to_be_visible()
        assert find_dialog_violations(page) == []
        page.keyboard.press("Control+A")
        page.keyboard.type(f"{server.url}/?experiment=1#token={TOKEN}")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("node-0")).to_be_visible()


def test_requests_without_a_token_are_refused_and_the_log_has_no_token(
    shared: tuple[Server, Client, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _, _ = shared
    monkeypatch.delenv("CNNPRUNER_TOKEN", raising=False)
    with pytest.raises(ServerError, match="open the link that you were sent"):
        Client(server.url).experiments()
    assert TOKEN not in server.log
