"""Routes for bundles, which move experiments to other servers, and for HTML reports."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.requests import ClientDisconnect

from cnnpruner.api.access import check_permission
from cnnpruner.api.dependencies import CurrentWorkspace, ExperimentFromPath
from cnnpruner.domain.sharing.bundles import BundleOptions
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.errors import StorageFailed, UnreadableBundle
from cnnpruner.service.sharing import bundles, tree_reports

router = APIRouter(tags=["bundles"])

ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
CHUNK_BYTES = 2**20


@router.get(
    "/experiments/{experiment_id}/bundle",
    response_class=StreamingResponse,
    responses={200: {"description": "The bundle: a .zip archive that contains no pickled data.", "content": ZIP}},
)
def get_bundle(
    workspace: CurrentWorkspace, experiment: ExperimentFromPath, options: Annotated[BundleOptions, Query()]
) -> StreamingResponse:
    """Download the whole experiment as one file.

    The file contains the tree, plans, metrics, scores, estimates, Autopilots and notes, but no test images. Including
    the weights requires permission to download weights. To open the file on another server, use `POST /api/bundles`.
    """
    if options.weights:
        check_permission("export", workspace.visitor)
    bundle = bundles.stream_bundle(workspace, experiment, options)
    headers = {
        "Content-Disposition": f'attachment; filename="{bundle.name}"',
        "Content-Encoding": "identity",  # it is compressed already
    }
    return StreamingResponse(bundle.chunks, media_type="application/zip", headers=headers)


@router.get(
    "/experiments/{experiment_id}/report",
    response_class=Response,  # errors are JSON nevertheless
    responses={200: {"description": "The HTML page.", "content": {"text/html": {"schema": {"type": "string"}}}}},
)
def get_report(workspace: CurrentWorkspace, experiment: ExperimentFromPath) -> HTMLResponse:
    """Download the tree as a self-contained HTML page without scripts, which can be sent by email.

    The page shows the tree, a plot of accuracy against cost, all nodes, plans with their reasons, control nodes,
    Autopilots, estimates and test accuracies.
    """
    headers = {"Content-Disposition": f'attachment; filename="{tree_reports.file_name(experiment)}"'}
    return HTMLResponse(tree_reports.render(workspace, experiment), headers=headers)


async def save_upload(request: Request, workspace: CurrentWorkspace) -> AsyncIterator[Path]:
    """Saves the request body to a file, chunk by chunk, and yields the file's path. Deletes the file after the
    response.
    """
    with bundles.create_upload_folder(workspace) as folder:
        file = folder / "bundle.zip"
        try:
            await _write_body(request, file)
        except ClientDisconnect as error:
            raise UnreadableBundle("The upload was interrupted; upload the bundle again.") from error
        except OSError as error:
            message = f"The bundle could not be saved ({error.strerror}); free some disk space and try again."
            raise StorageFailed(message) from error
        yield file


async def _write_body(request: Request, path: Path) -> None:
    buffer = bytearray()
    with path.open("wb") as file:
        async for chunk in request.stream():
            buffer += chunk
            if len(buffer) >= CHUNK_BYTES:
                await asyncio.to_thread(file.write, bytes(buffer))
                buffer.clear()
        file.write(buffer)


UploadedBundle = Annotated[Path, Depends(save_upload)]


@router.post(
    "/bundles",
    status_code=201,
    openapi_extra={"requestBody": {"description": "A bundle file.", "required": True, "content": ZIP}},
    response_description="The new experiment.",
)
def open_bundle(workspace: CurrentWorkspace, file: UploadedBundle) -> Experiment:
    """Create a new experiment from a bundle of at most 16 GiB. The new tree has the same nodes with the same numbers,
    but with new IDs.

    No code in the bundle is run. A file that is damaged, truncated or not a bundle is rejected and leaves nothing
    behind.
    """
    return bundles.open_bundle(workspace, file)
