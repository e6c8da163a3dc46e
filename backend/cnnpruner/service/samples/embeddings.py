"""Returns maps of samples, and queues the jobs that compute them."""

from cnnpruner.domain.jobs import EmbeddingJob, Job
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import NotFound
from cnnpruner.service import jobs
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace


def find(workspace: Workspace, node: Node) -> Embedding:
    """Returns the node's stored map of samples. Raises NotFound if it has not been computed."""
    nodes.require_ready_node(node, "map of samples")
    embedding = workspace.store.embeddings.get(node.id)
    if embedding is None:
        message = f"Node {node.number} has no map of samples yet; POST /api/nodes/{node.id}/embedding computes it."
        raise NotFound(message, node_id=node.id)
    return embedding


def compute(workspace: Workspace, node: Node) -> Job | Embedding:
    """Returns the node's map of samples if it exists, otherwise the job that computes it."""
    nodes.require_ready_node(node, "map of samples")
    embedding = workspace.store.embeddings.get(node.id)
    if embedding is not None:
        return embedding
    return jobs.find_or_queue_job(workspace, node, EmbeddingJob())
