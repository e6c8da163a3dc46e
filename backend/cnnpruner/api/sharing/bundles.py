"""Whole experiments as one file: bundles for another server, reports for people."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.requests import ClientDisconnect

from cnnpruner.api.access import refuse
from cnnpruner.api.dependencies import CurrentWorkspace, PathExperiment
from cnnpruner.domain.sharing.bundles import BundleChoice
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.errors import StorageFailed, UnreadableBundle
from cnnpruner.service.sharing import bundles, tree_reports

router = APIRouter(tags=["bundles"])

ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
PIECE = 2**20


@router.get(
    "/experiments/{experiment_id}/bundle",
    response_class=StreamingResponse,
    responses={200: {"description": "The bundle, a .zip without any pickle.", "content": ZIP}},
)
def get_bundle(
    workspace: CurrentWorkspace, experiment: PathExperiment, choice: Annotated[BundleChoice, Query()]
) -> StreamingResponse:
    """The whole experiment as one file: tree, plans, metrics, scores, estimates, autopilots and notes; no test images.

    Weights need the right to take weights away. `POST /api/bundles` opens it on another server.
    """
    if choice.weights:
        refuse("export", workspace.visitor)
    made = bundles.give(workspace, experiment, choice)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}"',
        "Content-Encoding": "identity",  # it is packed already
    }
    return StreamingResponse(made.pieces, media_type="application/zip", headers=headers)


@router.get(
    "/experiments/{experiment_id}/report",
    response_class=Response,  # refusals are JSON all the same
    responses={200: {"description": "The page.", "content": {"text/html": {"schema": {"type": "string"}}}}},
)
def get_report(workspace: CurrentWorkspace, experiment: PathExperiment) -> HTMLResponse:
    """The tree as one page of HTML for the mail: it needs no server, no script and nothing from elsewhere.

    Tree, accuracy against cost, nodes, plans with their reasons, controls, Autopilots, estimates, test accuracy.
    """
    headers = {"Content-Disposition": f'attachment; filename="{tree_reports.file_name(experiment)}"'}
    return HTMLResponse(tree_reports.write(workspace, experiment), headers=headers)


async def receive(request: Request, workspace: CurrentWorkspace) -> AsyncIterator[Path]:
    """The body as a file, gone after the answer. The only parameter that is read piece by piece."""
    with bundles.incoming(workspace) as folder:
        file = folder / "bundle.zip"
        try:
            await _save(request, file)
        except ClientDisconnect as error:
            raise UnreadableBundle("The upload was cut off; send the whole bundle again.") from error
        except OSError as error:
            raise StorageFailed(f"The bundle could not be kept ({error.strerror}); free some space.") from error
        yield file


async def _save(request: Request, path: Path) -> None:
    held = bytearray()
    with path.open("wb") as file:
        async for piece in request.stream():
            held += piece
            if len(held) >= PIECE:
                await asyncio.to_thread(file.write, bytes(held))
                held.clear()
        file.write(held)


Received = Annotated[Path, Depends(receive)]


@router.post(
    "/bundles",
    status_code=201,
    openapi_extra={"requestBody": {"description": "A bundle, as it was downloaded.", "required": True, "content": ZIP}},
    response_description="The new experiment.",
)
def open_bundle(workspace: CurrentWorkspace, file: Received) -> Experiment:
    """Make a new experiment of a bundle (at most 16 GiB): the same tree with the same numbers, under new ids.

    Nothing in the file is run. One that is damaged, cut short or of another kind is refused and leaves nothing behind.
    """
    return bundles.open_bundle(workspace, file)
