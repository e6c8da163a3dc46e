"""A folder with a working and a broken user-defined criterion: options in the page, and a plan with the working one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import find_dialog_violations, follow_system
from tests.e2e.browser import open_page
from tests.e2e.server import Server

GOOD = """
from cnnpruner.engine.criteria import FilterCriterion, NumberOption

class PowerNorm(FilterCriterion):
    name, title, help, keep = "power_norm", "Norm of any power", "p-norm of a filter's weights.", "high"
    options = (NumberOption(name="power", title="Power p", help="1 is L1.", low=0.5, high=8, default=2),)

    def filter_values(self, weight):
        return (weight.abs() ** self.settings["power"]).sum(1)
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    folder = tmp_path / "criteria"
    folder.mkdir()
    (folder / "good.py").write_text(GOOD)
    (folder / "broken.py").write_text("import nowhere_to_be_found\n")
    monkeypatch.setenv("CRITERIA", str(folder))
    running = Server(tmp_path, demo=False).start()
    yield running
    running.stop()


def test_a_user_defined_criterion_has_options_and_plans_and_a_broken_one_is_reported(server: Server) -> None:
    body = {
        "data": {"kind": "digits"},
        "network": {"name": "small_vgg"},
        "weights": {"train": {"epochs": 1}},
    }
    experiment = server.call("POST", "/experiments", body)
    root = server.ready(experiment["root_id"])
    with open_page() as page:
        follow_system(page)
        page.goto(f"{server.url}/?experiment={experiment['id']}&node={root['id']}")
        axis = page.get_by_label("Score on the x axis")
        expect(axis.locator("option[value=power_norm]")).to_have_count(1, timeout=120_000)
        expect(axis.locator("option:disabled")).to_have_count(1)  # the others are enabled once the structure is loaded
        expect(axis.locator("option:disabled")).to_contain_text("broken")
        axis.select_option("power_norm")
        page.get_by_test_id("about-criterion").press("Enter")
        dialog = page.get_by_test_id("dialog-criterion")
        expect(dialog).to_contain_text("No module named 'nowhere_to_be_found'")
        assert find_dialog_violations(page) == []
        dialog.get_by_label("Power p").fill("3")
        dialog.get_by_role("button", name="Show these scores").press("Enter")
        expect(page).to_have_url(re.compile("criterion=power_norm%3Apower%3D3"))
        page.get_by_role("button", name="25", exact=True).click()
        page.get_by_label("What the area of a bubble shows").select_option("l1")
        page.keyboard.press("a")
        expect(page.locator("svg.agreement")).to_contain_text("power norm, power 3")
        expect(page).to_have_url(re.compile("agreement=1"))
        path, criterion = f"/nodes/{root['id']}/plans", "power_norm:power=3"
        plan = server.wait_for(path, lambda plans: plans and plans[-1]["rule"]["criterion"] == criterion)[-1]
    assert plan["reached"] > 0
    assert "broken.py was skipped" in server.log
