"""Routes for maps of samples."""

from fastapi import APIRouter, Response

from cnnpruner.api.dependencies import JOB_QUEUED_RESPONSES, CurrentWorkspace, NodeFromPath
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.service.samples import embeddings

router = APIRouter(prefix="/nodes/{node_id}/embedding", tags=["nodes"])


@router.get("", response_description="The finished map.")
def get_embedding(workspace: CurrentWorkspace, node: NodeFromPath) -> Embedding:
    """Get the two-dimensional map of a node's samples, which places samples with similar features close together.
    Returns 404 until the map has been computed.
    """
    return embeddings.find(workspace, node)


@router.post("", responses=JOB_QUEUED_RESPONSES, response_description="The finished map.")
def compute_embedding(workspace: CurrentWorkspace, node: NodeFromPath, response: Response) -> Job | Embedding:
    """Compute the map of a node's samples.

    Returns the map if it already exists (200), otherwise the job that computes it (202). Intermediate layouts are sent
    as events.
    """
    result = embeddings.compute(workspace, node)
    if isinstance(result, Job):
        response.status_code = 202
    return result
