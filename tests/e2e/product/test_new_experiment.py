"""The form for a new experiment, used by keyboard: inspections report errors with cures, and the proof."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import find_dialog_violations, follow_system
from tests.e2e.browser import open_page
from tests.e2e.keys import tab_to
from tests.e2e.server import Server

MAX_TABS = 40
"""More than the form has fields."""


@pytest.fixture
def broken(demo: Server) -> Path:
    """A folder with two classes of twelve pictures, one of them truncated, and a third class without pictures."""
    folder = demo.data[0] / "broken"
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        for number in range(12):
            file = folder / "train" / name / f"{number}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 255, (16, 16, 3), dtype=np.uint8)).save(file)
    truncated = folder / "train/cat/3.jpg"
    truncated.write_bytes(truncated.read_bytes()[:200])
    (folder / "train/bird").mkdir(exist_ok=True)
    return folder


@pytest.fixture
def form(demo: Server, broken: Path) -> Iterator[Page]:
    """The form for a new experiment, opened by keyboard, with the broken folder chosen."""
    with open_page(may_refuse=True) as page:
        follow_system(page)
        page.goto(demo.url)
        expect(page.get_by_test_id("connection")).to_contain_text("live")
        expect(page.locator("wa-dropdown.experiments:defined")).to_be_visible()
        page.get_by_test_id("experiments").press("Enter")
        expect(page.locator("wa-dropdown-item:focus")).to_be_visible()
        while "New experiment" not in page.locator("wa-dropdown-item:focus").inner_text():
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("wa-dialog [name=data]")).to_be_focused()
        page.keyboard.type(f"Image folder in {broken.name}")
        yield page


def _press(page: Page, button: str) -> None:
    """Tab to a button and press Enter."""
    position = [element.inner_text() for element in page.locator("wa-dialog .buttons button").all()].index(button) + 1
    tab_to(page, f".buttons button:nth-child({position})", max_tabs=MAX_TABS)
    page.keyboard.press("Enter")


def _status(page: Page) -> Locator:
    return page.locator("wa-dialog .content > .state")


def test_a_broken_folder_is_rejected_with_its_errors_and_accepted_once_fixed(
    demo: Server, form: Page, broken: Path
) -> None:
    before = demo.call("GET", "/experiments")
    errors = (
        "Class bird in train has no images (files with the extension .jpg, .jpeg, .png, .bmp, .gif, .webp and 20 "
        "more); add images or remove the class.",
        "Image train/cat/3.jpg cannot be read (Truncated File Read); remove or replace it.",
    )
    _press(form, "Inspect data")
    report = form.get_by_test_id("data-report")
    for error in errors:
        expect(report).to_contain_text(f"Error: {error}")
    expect(form.get_by_role("button", name="Inspect data")).to_be_focused()
    assert find_dialog_violations(form) == []
    _press(form, "Create experiment")
    expect(_status(form)).to_have_text(" ".join(errors))
    assert find_dialog_violations(form) == []
    assert demo.call("GET", "/experiments") == before
    (broken / "train/cat/3.jpg").unlink()
    (broken / "train/bird").rmdir()
    _press(form, "Inspect data")
    expect(report).to_contain_text("2 classes; training images: 23 in folder train.")
    expect(report).not_to_contain_text("Error")
    expect(_status(form)).to_be_empty()
    _press(form, "Create experiment")
    expect(form.get_by_test_id("experiments")).to_contain_text("small_vgg on folder")
    [created] = [entry for entry in demo.call("GET", "/experiments") if entry not in before]
    demo.call("DELETE", f"/experiments/{created['id']}")


def test_a_network_is_inspected_and_its_pruning_proved(form: Page, broken: Path) -> None:
    (broken / "train/cat/3.jpg").unlink()
    (broken / "train/bird").rmdir()
    tab_to(form, "[name=image_size]")
    form.keyboard.type("32")
    tab_to(form, "[name=network]")
    form.keyboard.type("ResNet: resnet18")
    _press(form, "Inspect network")
    report = form.get_by_test_id("network-report")
    expect(report).to_contain_text("2 filters of fc are frozen: its outputs are the 2 classes.")
    expect(report.locator(".proof")).to_contain_text(
        "gives the same output as zeroing these filters in the unpruned network"
    )
    expect(report.locator(".proof")).to_be_in_viewport()
    form.keyboard.press("Shift+Tab")
    tab_to(form, ".inspection.network summary", max_tabs=MAX_TABS)
    form.keyboard.press("Enter")
    expect(report.get_by_role("row", name="layer1.0.conv2 conv 64 64")).to_contain_text("conv1")
    assert find_dialog_violations(form) == []
    tab_to(form, "[name=network]", max_tabs=MAX_TABS)
    form.keyboard.type("timm network, by name")
    expect(report).to_be_hidden()
    tab_to(form, "[name=timm]")
    form.keyboard.type("resnet10")
    expect(form.locator("#timm-names option[value=resnet10t]")).to_be_attached()
    expect(form.locator("#timm-names option[value=resnet50]")).not_to_be_attached()
