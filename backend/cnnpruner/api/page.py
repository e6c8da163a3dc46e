"""Serves the built page, and the REST document for people."""

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from cnnpruner.config import PAGE

MISSING = """<!doctype html><title>CNNPruner</title><h1>The page is not built</h1>
<p>Type <code>make page</code> (or <code>npm run build</code> in <code>frontend/</code>) and load this again.
The REST interface is described in <a href="/openapi.json">/openapi.json</a>.</p>"""


def mount(app: FastAPI) -> None:
    """Serve the page at the root and the REST document at /docs, or say how to build them."""
    if (PAGE / "index.html").exists():
        app.get("/docs", include_in_schema=False)(_rest)
        app.mount("/", StaticFiles(directory=PAGE, html=True), name="page")
        return

    @app.get("/", include_in_schema=False, response_class=HTMLResponse)
    def missing() -> str:
        return MISSING


def _rest() -> FileResponse:
    return FileResponse(PAGE / "rest.html")
