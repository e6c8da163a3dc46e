"""What a node's weights add up to: written with the node, or taken the first time where 0.1.0 made it."""

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.store import Store


def known_sum(store: Store, node: Node) -> str:
    """SHA-256 of the node's weights when they were written; of a node of 0.1.0, when they were first read since.

    Raises DamagedWeights where that is now and the file cannot be read.
    """
    known = store.nodes.weights_sha256(node.id)
    if known is not None:
        return known
    found = require_checksum(store.files.weights(node.experiment_id, node.number), None)
    store.nodes.set_weights_sha256(node.id, found)
    return found
