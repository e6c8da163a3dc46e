"""Routes for exporting networks."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, JSONResponse, Response

from cnnpruner.api.dependencies import CurrentWorkspace, NodeFromPath
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.sharing.exports import Export, ExportFormat
from cnnpruner.service.sharing import exports

router = APIRouter(prefix="/nodes/{node_id}", tags=["nodes"])

FormatFromQuery = Annotated[
    ExportFormat,
    Query(
        alias="format",
        description="File format: `safetensors` (open it with `cnnpruner.load`), `onnx`, or `torch_export` (.pt2).",
    ),
]


@router.get("/exports", response_description="The exported files, at most one per format.")
def list_exports(workspace: CurrentWorkspace, node: NodeFromPath) -> list[Export]:
    """List the exported files of a node, each with the result of its check."""
    return exports.list_exports(workspace, node)


@router.post("/export", status_code=202, response_description="The job that makes and checks the file.")
def start_export(workspace: CurrentWorkspace, node: NodeFromPath, kind: FormatFromQuery = "safetensors") -> Job:
    """Export a node's network. An earlier export in the same format is replaced.

    Before the file can be downloaded, it is read back and compared with the node's network on selection images.
    """
    return exports.start(workspace, node, kind)


@router.get(
    "/export",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The archive.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        202: {"description": "The job that makes the archive. Repeat the call when the job is done.", "model": Job},
    },
)
def get_export(workspace: CurrentWorkspace, node: NodeFromPath, kind: FormatFromQuery = "safetensors") -> Response:
    """Download the exported archive.

    If the archive does not exist yet, it is created first. If that takes longer than a minute, the call returns the job
    that creates it (202).
    """
    result = exports.find_or_make_export(workspace, node, kind)
    if isinstance(result, Job):
        return JSONResponse(result.model_dump(mode="json"), status_code=202)
    return FileResponse(result.path, media_type="application/zip", filename=result.export.file)
