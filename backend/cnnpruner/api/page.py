"""Serves the built page."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from cnnpruner.config import PAGE

MISSING = """<!doctype html><title>CNNPruner</title><h1>The page is not built</h1>
<p>Type <code>make page</code> (or <code>npm run build</code> in <code>frontend/</code>) and load this again.
The REST interface is at <a href="/docs">/docs</a>.</p>"""


def mount(app: FastAPI) -> None:
    """Serve the page at the root, or say how to build it."""
    if (PAGE / "index.html").exists():
        app.mount("/", StaticFiles(directory=PAGE, html=True), name="page")
        return

    @app.get("/", include_in_schema=False, response_class=HTMLResponse)
    def missing() -> str:
        return MISSING
