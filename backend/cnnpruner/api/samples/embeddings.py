"""Maps of a node's samples."""

from fastapi import APIRouter, Response

from cnnpruner.api.dependencies import QUEUED, CurrentWorkspace, PathNode
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.service.samples import embeddings

router = APIRouter(prefix="/nodes/{node_id}/embedding", tags=["nodes"])


@router.get("", response_description="The finished map.")
def get_embedding(workspace: CurrentWorkspace, node: PathNode) -> Embedding:
    """Selection images laid out by what the network sees in them; 404 until it is made."""
    return embeddings.find(workspace, node)


@router.post("", responses=QUEUED, response_description="The map, since it is there.")
def compute_embedding(workspace: CurrentWorkspace, node: PathNode, response: Response) -> Job | Embedding:
    """The map where it is there (200), else the job that makes it (202), whose frames are events."""
    answer = embeddings.make(workspace, node)
    if isinstance(answer, Job):
        response.status_code = 202
    return answer
