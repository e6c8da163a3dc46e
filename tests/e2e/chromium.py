"""Finds a Chromium: $CHROMIUM, else the one on PATH, else Playwright's own. Run as a program, prints its path."""

import os
import shutil
import sys
from pathlib import Path

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CURE = (
    "No Chromium for the end-to-end tests. Type one of: apt-get install chromium; "
    ".venv/bin/playwright install chromium; or name yours with CHROMIUM=/path/to/chromium.\n"
)


def find_chromium() -> str | None:
    """Path of a browser that can be started, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write(CURE)
        sys.exit(1)
    sys.stdout.write(chromium)
