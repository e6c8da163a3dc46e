"""Checksums of weights: stored with the node, or, for nodes of version 0.1.0, computed when first needed."""

from cnnpruner.domain.tree.nodes import Node
from cnnpruner.formats.checksums import require_checksum
from cnnpruner.store import Store


def weights_checksum(store: Store, node: Node) -> str:
    """Returns the SHA-256 that the node's weights file had when it was written or, for nodes of version 0.1.0, when it
    was first read.

    Raises DamagedWeights if the checksum has to be computed and the file cannot be read.
    """
    stored_checksum = store.nodes.weights_sha256(node.id)
    if stored_checksum is not None:
        return stored_checksum
    computed_checksum = require_checksum(store.files.weights_path(node.experiment_id, node.number), None)
    store.nodes.set_weights_sha256(node.id, computed_checksum)
    return computed_checksum
