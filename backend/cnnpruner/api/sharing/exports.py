"""Networks that leave."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, JSONResponse, Response

from cnnpruner.api.dependencies import CurrentWorkspace, PathNode
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sharing.exports import Export, ExportFormat
from cnnpruner.service.sharing import exports

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])

Format = Annotated[
    ExportFormat,
    Query(alias="format", description="safetensors (rebuilt by `cnnpruner.load`), onnx, or torch_export (.pt2)"),
]


@router.get("/exports", response_description="The files, one for each format that was made.")
def list_exports(workspace: CurrentWorkspace, node: PathNode) -> list[Export]:
    """Files of the node that were made, each with its check against the node's network."""
    return exports.list_all(workspace, node)


@router.post("/export", status_code=202, response_description="The job that makes and checks it.")
def start_export(workspace: CurrentWorkspace, node: PathNode, kind: Format = "safetensors") -> Job:
    """Make the file, or make it anew; it is read again and checked on selection images before it is offered."""
    return exports.start(workspace, node, kind)


@router.get(
    "/export",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The archive.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        202: {"description": "It is still being made: ask again when this job is done.", "model": Job},
    },
)
def get_export(workspace: CurrentWorkspace, node: PathNode, kind: Format = "safetensors") -> Response:
    """The archive. One that was not made yet is made first; what takes over a minute is answered by its job."""
    found = exports.give(workspace, node, kind)
    if isinstance(found, Job):
        return JSONResponse(found.model_dump(mode="json"), status_code=202)
    return FileResponse(found.path, media_type="application/zip", filename=found.export.file)
