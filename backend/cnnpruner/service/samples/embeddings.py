"""Maps of a node's samples."""

from cnnpruner.domain.jobs import EmbeddingJob, Job
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import NotFound
from cnnpruner.service import jobs
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace


def find(workspace: Workspace, node: Node) -> Embedding:
    """The map that is there, or NotFound."""
    nodes.require_ready(node, "map of samples")
    found = workspace.store.embeddings.get(node.id)
    if found is None:
        message = f"Node {node.number} has no map of samples yet; POST /api/nodes/{node.id}/embedding makes it."
        raise NotFound(message, node_id=node.id)
    return found


def make(workspace: Workspace, node: Node) -> Job | Embedding:
    """The map if it is there, else the job that makes it."""
    nodes.require_ready(node, "map of samples")
    found = workspace.store.embeddings.get(node.id)
    if found is not None:
        return found
    return jobs.queue_once(workspace, node, EmbeddingJob())
