"""Serves the built page and the REST documentation."""

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

from cnnpruner.config import PAGE_FOLDER

BUILD_INSTRUCTIONS = """<!doctype html><title>CNNPruner</title><h1>The page has not been built</h1>
<p>Run <code>make page</code> (or <code>npm run build</code> in <code>frontend/</code>), then reload this page.
The REST API is described in <a href="/openapi.json">/openapi.json</a>.</p>"""


def mount_page(app: FastAPI) -> None:
    """Serves the page at `/` and the REST documentation at `/docs`. If the page has not been built, serves only
    instructions for building it, at `/`.
    """
    if (PAGE_FOLDER / "index.html").exists():
        app.get("/docs", include_in_schema=False)(_serve_rest_documentation)
        app.mount("/", StaticFiles(directory=PAGE_FOLDER, html=True), name="page")
        return

    @app.get("/", include_in_schema=False, response_class=HTMLResponse)
    def show_build_instructions() -> str:
        return BUILD_INSTRUCTIONS


def _serve_rest_documentation() -> FileResponse:
    return FileResponse(PAGE_FOLDER / "rest.html")
