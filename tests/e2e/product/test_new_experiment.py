"""Data and network are looked at in the form before anything is made, by keys: faults, their cures, and a proof."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import find_dialog_barriers, follow_system
from tests.e2e.browser import open_page
from tests.e2e.keys import tab_to
from tests.e2e.server import Server

ALL_FIELDS = 40
"""More than the form has."""


@pytest.fixture
def broken(demo: Server) -> Path:
    """Two classes of twelve pictures; one picture is cut short, and a third class has none."""
    folder = demo.data[0] / "broken"
    draw = np.random.default_rng(0)
    for name in ("cat", "dog"):
        for number in range(12):
            file = folder / "train" / name / f"{number}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(draw.integers(0, 255, (16, 16, 3), dtype=np.uint8)).save(file)
    short = folder / "train/cat/3.jpg"
    short.write_bytes(short.read_bytes()[:200])
    (folder / "train/bird").mkdir(exist_ok=True)
    return folder


@pytest.fixture
def form(demo: Server, broken: Path) -> Iterator[Page]:
    """The form of a new experiment, opened by keys, with the broken folder chosen."""
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
    """Tab to it, then Enter."""
    place = [one.inner_text() for one in page.locator("wa-dialog .buttons button").all()].index(button) + 1
    tab_to(page, f".buttons button:nth-child({place})", most=ALL_FIELDS)
    page.keyboard.press("Enter")


def _refusal(page: Page) -> Locator:
    return page.locator("wa-dialog .content > .state")


def test_a_broken_folder_is_named_refused_and_once_cured_made_into_an_experiment(
    demo: Server, form: Page, broken: Path
) -> None:
    before = demo.call("GET", "/experiments")
    faults = (
        "Class bird in train has no images (.jpg, .jpeg, .png, .bmp, .gif, .webp, .tif, .tiff, .ppm, .pgm); "
        "add some or remove it.",
        "Image train/cat/3.jpg cannot be read (Truncated File Read); remove or replace it.",
    )
    _press(form, "Inspect data")
    report = form.get_by_test_id("data-report")
    for fault in faults:
        expect(report).to_contain_text(f"Fault: {fault}")
    expect(form.get_by_role("button", name="Inspect data")).to_be_focused()
    assert find_dialog_barriers(form) == []
    _press(form, "Create experiment")
    expect(_refusal(form)).to_have_text(" ".join(faults))
    assert find_dialog_barriers(form) == []
    assert demo.call("GET", "/experiments") == before
    (broken / "train/cat/3.jpg").unlink()
    (broken / "train/bird").rmdir()
    _press(form, "Inspect data")
    expect(report).to_contain_text("23 training images of 2 classes in train.")
    expect(report).not_to_contain_text("Fault")
    expect(_refusal(form)).to_be_empty()
    _press(form, "Create experiment")
    expect(form.get_by_test_id("experiments")).to_contain_text("small_vgg on folder")
    [made] = [one for one in demo.call("GET", "/experiments") if one not in before]
    demo.call("DELETE", f"/experiments/{made['id']}")


def test_a_network_is_inspected_by_name_and_the_cut_is_proved(form: Page, broken: Path) -> None:
    (broken / "train/cat/3.jpg").unlink()
    (broken / "train/bird").rmdir()
    tab_to(form, "[name=image_size]")
    form.keyboard.type("32")
    tab_to(form, "[name=network]")
    form.keyboard.type("ResNet: resnet18")
    _press(form, "Inspect network")
    report = form.get_by_test_id("network-report")
    expect(report).to_contain_text("Frozen: 2 filters of fc: its outputs are the 2 classes.")
    expect(report.locator(".proof")).to_contain_text("equals the original with zeros in their place")
    expect(report.locator(".proof")).to_be_in_viewport()
    form.keyboard.press("Shift+Tab")
    tab_to(form, ".inspection.network summary", most=ALL_FIELDS)
    form.keyboard.press("Enter")
    expect(report.get_by_role("row", name="layer1.0.conv2 conv 64 64")).to_contain_text("conv1")
    assert find_dialog_barriers(form) == []
    tab_to(form, "[name=network]", most=ALL_FIELDS)
    form.keyboard.type("timm, by name")
    expect(report).to_be_hidden()
    tab_to(form, "[name=timm]")
    form.keyboard.type("resnet10")
    expect(form.locator("#timm-names option[value=resnet10t]")).to_be_attached()
    expect(form.locator("#timm-names option[value=resnet50]")).not_to_be_attached()
