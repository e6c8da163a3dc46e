"""Stores the latencies of nodes. Nodes with the same structure share their measurements."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.tree.latencies import LatencyDistribution, LatencySettings, get_latency_settings
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.latency import derive_root_latency, structure_hash
from cnnpruner.store import blobs
from cnnpruner.store.rows import NodeRow


def read_latencies(row: NodeRow) -> list[LatencyDistribution]:
    """Returns the latencies of a node. Latencies measured by earlier versions are unpaired (measured without the root)
    and have no blocks.
    """
    return [LatencyDistribution.model_validate(content) for content in row.latency]


def find_latencies(session: Session, experiment_id: int, layers: Layers) -> list[LatencyDistribution]:
    """Returns the paired latencies (measured together with the root) that the nodes with this structure share."""
    rows = _find_rows_with_structure(session, experiment_id, layers)
    paired_latencies = (latency for row in rows for latency in read_latencies(row) if latency.reliability != "unpaired")
    latency_by_setting: dict[LatencySettings, LatencyDistribution] = {}
    for latency in paired_latencies:
        latency_by_setting.setdefault(get_latency_settings(latency), latency)
    return list(latency_by_setting.values())


def share_latencies(
    session: Session, node_row: NodeRow, layers: Layers, latencies: Iterable[LatencyDistribution]
) -> list[NodeRow]:
    """Stores the latencies of `node_row` on all nodes with the same structure.

    They replace stored latencies with the same settings, and latencies that were measured without the root with the
    same runtime, batch size and device. If the root has no latency with these settings, it gets the latency that was
    measured for the root in the same run. Returns the changed rows, without `node_row`.
    """
    number = node_row.number
    numbered_latencies = [
        latency if latency.measured_number is not None else latency.model_copy(update={"measured_number": number})
        for latency in latencies
    ]
    rows_with_same_structure = [
        row for row in _find_rows_with_structure(session, node_row.experiment_id, layers) if row.id != node_row.id
    ]
    for row in (node_row, *rows_with_same_structure):
        row.latency = _merge_latencies(read_latencies(row), numbered_latencies)
    root = _find_root_row(session, node_row.experiment_id)
    if root.id == node_row.id or root in rows_with_same_structure or root.state != "ready":
        return rows_with_same_structure
    return (
        [*rows_with_same_structure, root]
        if _add_latencies_to_root(root, numbered_latencies)
        else rows_with_same_structure
    )


def _add_latencies_to_root(root: NodeRow, latencies: Iterable[LatencyDistribution]) -> bool:
    root_latencies = read_latencies(root)
    settings = {get_latency_settings(latency) for latency in root_latencies}
    new_root_latencies = [
        latency
        for latency in map(derive_root_latency, latencies)
        if latency and get_latency_settings(latency) not in settings
    ]
    if new_root_latencies:
        root.latency = _merge_latencies(
            root_latencies,
            [latency.model_copy(update={"measured_number": root.number}) for latency in new_root_latencies],
        )
    return bool(new_root_latencies)


def _merge_latencies(old: Iterable[LatencyDistribution], new: Iterable[LatencyDistribution]) -> list[dict[str, Any]]:
    """Returns the latencies in `old` and `new`. Each new latency replaces the old latencies with the same settings, or
    is added at the end. If the old latency's number of threads is unknown, only the other settings are compared.
    """
    latencies = list(old)
    for latency in new:
        replaceable_settings = (
            get_latency_settings(latency),
            (*get_latency_settings(latency)[:-1], None),
        )  # unpaired ones do not know their threads
        places = [
            place
            for place, old_latency in enumerate(latencies)
            if get_latency_settings(old_latency) in replaceable_settings
        ]
        if places:
            latencies[places[0]] = latency
            latencies = [old_latency for place, old_latency in enumerate(latencies) if place not in places[1:]]
        else:
            latencies.append(latency)
    return [latency.model_dump(mode="json") for latency in latencies]


def _find_root_row(session: Session, experiment_id: int) -> NodeRow:
    return session.scalars(select(NodeRow).where(NodeRow.experiment_id == experiment_id, NodeRow.number == 0)).one()


def _find_rows_with_structure(session: Session, experiment_id: int, layers: Layers) -> list[NodeRow]:
    """Returns the ready nodes with this structure, ordered by number."""
    structure = structure_hash(layers)
    ready_rows_query = select(NodeRow).where(NodeRow.experiment_id == experiment_id, NodeRow.state == "ready")
    structure_condition = (NodeRow.structure == structure) | (
        NodeRow.structure.is_(None) & (NodeRow.parameters == CostTable(layers).cost([]).parameters)
    )
    rows = session.scalars(ready_rows_query.where(structure_condition).order_by(NodeRow.number))
    return [row for row in rows if (row.structure or _hash_stored_structure(session, row)) == structure]


def _hash_stored_structure(session: Session, row: NodeRow) -> str | None:
    """Returns the hash of the structure of a node that was made by an earlier version or came with a bundle."""
    data = blobs.get(session, {"node_id": row.id}, "layers")
    return None if data is None else structure_hash(Layers.model_validate_json(blobs.unpack_value(data)))
