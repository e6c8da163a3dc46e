"""How to open each dialog, and how to bring it into its other states."""

from collections.abc import Callable, Mapping

from playwright.sync_api import FilePayload, Locator, expect

KEYS = {
    "help": "?",
    "note": "n",
    "estimate": "t",
    "suggestion": "Shift+S",
    "autopilot": "w",
    "controls": "k",
    "find": "f",
    "branch": "Delete",
    "export": "Shift+E",
    "measure": "m",
    "provenance": "j",
    "rule": "r",
    "criterion": "o",
    "draft": "F2",
    "share": "Shift+L",
}
BUTTONS = {"training": "#model .planhead .training", "notices": "[data-testid=notices]"}
MENU = {"bundle": "Save experiment as bundle", "unbundle": "Open a bundle", "delete": "Delete “"}
"""Items of the experiments menu."""


def _click(dialog: Locator, button: str, expected: str) -> None:
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog.locator(expected)).to_be_visible()


def _find(dialog: Locator) -> None:
    dialog.locator("input").fill("plan")
    expect(dialog.locator(".matches button").first).to_be_visible()


def _show_estimate(dialog: Locator) -> None:
    dialog.locator(".estimates button").first.click()
    expect(dialog.locator(".forecast")).to_be_visible()


def _refuse_estimate(dialog: Locator) -> None:
    dialog.locator("[name=target]").fill("1")
    _click(dialog, "Estimate", ".problem")


def _export(dialog: Locator) -> None:
    _click(dialog, "Export again", ".progress .track")


def _measure(dialog: Locator) -> None:
    _click(dialog, "Measure latency", ".progress .track")


def _share(dialog: Locator) -> None:
    _click(dialog, "Create link", ".new-link input")


def _refuse_bundle(dialog: Locator) -> None:
    invalid_file: FilePayload = {"name": "bundle.zip", "mimeType": "application/zip", "buffer": b"no bundle"}
    dialog.locator("#bundle-file").set_input_files(invalid_file)
    _click(dialog, "Open bundle", ".problem")


def _choose_rule(dialog: Locator, kind: str, field: str) -> None:
    dialog.locator("[name=kind]").select_option(kind)
    expect(dialog.locator(field).first).to_be_visible()


STATES: Mapping[str, Mapping[str, Callable[[Locator], None]]] = {
    "find": {"with matches": _find},
    "estimate": {"with an estimate": _show_estimate, "refused": _refuse_estimate},
    "export": {"running": _export},
    "measure": {"running": _measure},
    "rule": {
        "by score": lambda dialog: _choose_rule(dialog, "threshold", "[name=threshold]"),
        "by layer": lambda dialog: _choose_rule(dialog, "layers", ".share"),
        "to a target": lambda dialog: _choose_rule(dialog, "target", "[name=target]"),
    },
    "share": {"with a new link": _share},
    "unbundle": {"refused": _refuse_bundle},
}
"""In the order in which one state follows from another."""
