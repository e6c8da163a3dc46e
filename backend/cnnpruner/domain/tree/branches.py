"""What a Branch is: a node and all that came of it, to be removed together."""

from pydantic import Field

from cnnpruner.domain.base import Value
from cnnpruner.domain.tree.nodes import NodeState


class BranchNode(Value):
    """What would go with one node."""

    id: int = Field(description="of the node")
    number: int = Field(description="of the node in its tree, from 0")
    state: NodeState = Field(description="how far it is")
    accuracy: float | None = Field(description="selection split, 0-1")
    size_bytes: int = Field(description="of all its files on disk")


class Branch(Value):
    """A node and its descendants."""

    node_id: int = Field(description="the node that was asked about")
    nodes: list[BranchNode] = Field(description="by number, the node itself first")
    size_bytes: int = Field(description="of all their files on disk")
    active_jobs: int = Field(description="jobs that would be cancelled")
