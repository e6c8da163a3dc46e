"""Assembles the web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from cnnpruner import __version__
from cnnpruner.api import access, errors, events, health, jobs, page, texts
from cnnpruner.api.document.openapi_document import API_DESCRIPTION, DocumentedApp
from cnnpruner.api.guard import Guard
from cnnpruner.api.plans import criteria, plans, recipes, suggestions
from cnnpruner.api.response_cache import ResponseCache
from cnnpruner.api.samples import embeddings, pictures
from cnnpruner.api.sharing import bundles, exports, links, visitors
from cnnpruner.api.sources import data_reports, inspections
from cnnpruner.api.tree import autopilots, branches, estimates, experiments, nodes
from cnnpruner.service.workspace import Workspace


def _operation_id(route: APIRoute) -> str:
    return route.name


def create_app(workspace: Workspace | None) -> FastAPI:
    """Returns the web application for `workspace`. If `workspace` is None, the application can only produce the OpenAPI
    document.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        assert workspace is not None
        async with workspace.broadcast.follow_event_log():
            yield

    app = DocumentedApp(
        title="CNNPruner",
        version=__version__,
        description=API_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.workspace = workspace
    app.state.responses = ResponseCache()
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)
    errors.install_error_handlers(app)
    if workspace is not None:
        app.add_middleware(Guard, workspace=workspace)
    request_checks = [
        Depends(access.require_access),
        Depends(access.require_writable_store),
        Depends(texts.reject_lone_surrogates),
    ]
    api = APIRouter(prefix="/api", responses=errors.ERROR_RESPONSES, dependencies=request_checks)
    for module in (
        health,
        experiments,
        events,
        nodes,
        criteria,
        plans,
        suggestions,
        recipes,
        jobs,
        estimates,
        autopilots,
        branches,
        embeddings,
        pictures,
        exports,
        bundles,
        inspections,
        data_reports,
        links,
        visitors,
    ):
        api.include_router(module.router)
    app.include_router(api)
    page.mount_page(app)
    return app
