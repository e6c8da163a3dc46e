"""Builds the page into the wheel, so that `pip install .` from a clone includes it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageBuilder(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm if the page is not built yet; an editable install serves the page that `make page` builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel's files are collected."""
        root = Path(self.root)
        if version == "editable" or (root / "backend/cnnpruner/page/index.html").exists():
            return
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("Building the page needs Node 20 or newer; install it from https://nodejs.org.")
        for command in (["ci"], ["run", "build"]):
            subprocess.run([npm, "--prefix", str(root / "frontend"), *command], check=True)
