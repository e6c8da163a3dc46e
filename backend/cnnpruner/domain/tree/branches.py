"""Branches: a node and all its descendants, which can be deleted together."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.nodes import NodeState


class BranchNode(Value):
    """A node of a branch."""

    id: int = Field(description="ID of the node.")
    number: int = Field(description="Number of the node in its tree, starting at 0.")
    state: NodeState = Field(description="Current state of the node.")
    accuracy: float | None = Field(description="Accuracy on the selection split, 0-1.")
    size_bytes: int = Field(description="Total size of the node's files on disk, in bytes.")


class Branch(Value):
    """A node and its descendants."""

    node_id: int = Field(description="ID of the node that the branch starts with.")
    nodes: list[BranchNode] = Field(
        description="The nodes of the branch, ordered by number. The first one is the node that the branch starts with."
    )
    size_bytes: int = Field(description="Total size on disk of all files of these nodes, in bytes.")
    active_jobs: int = Field(description="Number of jobs that deleting the branch would cancel.")
