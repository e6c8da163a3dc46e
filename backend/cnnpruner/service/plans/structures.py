"""Structures and cost tables of nodes, cached in memory."""

from dataclasses import dataclass
from functools import lru_cache

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.planning.cost import CostTable
from cnnpruner.store import Store


@dataclass(frozen=True)
class Structure:
    """Structure and cost table of a node, which are needed for planning."""

    layers: Layers
    table: CostTable


def load_structure(store: Store, node_id: int) -> Structure:
    """Returns the structure of a ready node."""
    return _load_cached_structure(store, node_id, store.nodes.get(node_id).macs)


@lru_cache(maxsize=16)
def _load_cached_structure(store: Store, node_id: int, macs: int | None) -> Structure:
    """Returns the structure.

    `macs` only serves as part of the cache key: it changes when the MACs of an old tree are recounted.
    """
    layers = store.nodes.layers(node_id)
    return Structure(layers, CostTable(layers))
