"""Open the page in Chromium on a generated tree, which has neither weights nor images."""

import re
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.browser import open_page
from tests.e2e.server import Server
from tests.large_trees import Size, write_large_tree

IMAGE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
"""A PNG of one pixel."""

NO_FILTERS = {"node_id": 1, "layer": "", "images": 0, "height": 1, "width": 1, "items": []}


@contextmanager
def open_large_tree(size: Size, node_id: int) -> Iterator[Page]:
    """Open the page with that node selected; server and page are closed together."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        server = Server(folder, demo=False)
        write_large_tree(folder / "experiments.db", server.models, size)
        server.start()
        try:
            with open_page() as page:
                page.route("**/image?*", lambda route: route.fulfill(content_type="image/png", body=IMAGE))
                page.route(re.compile(r"/filters(\?|$)"), lambda route: route.fulfill(json=NO_FILTERS))
                page.goto(f"{server.url}/?experiment=1&node={node_id}")
                yield page
        finally:
            server.stop()
