"""Finds a Chromium: $CHROMIUM, else one on PATH, else Playwright's. Run as a program, it prints the path."""

import os
import shutil
import sys
from pathlib import Path

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW_TO_INSTALL = (
    "The end-to-end tests need Chromium. Run one of: apt-get install chromium; "
    ".venv/bin/playwright install chromium; or set CHROMIUM=/path/to/chromium.\n"
)


def find_chromium() -> str | None:
    """Path of an existing browser, or None."""
    configured = os.environ.get("CHROMIUM")
    if configured:
        return configured if Path(configured).exists() else None
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    return installed or _find_playwrights()


def _find_playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write(HOW_TO_INSTALL)
        sys.exit(1)
    sys.stdout.write(chromium)
