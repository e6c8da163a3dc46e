"""Draws the tree of nodes as SVG: one column per generation, one row per branch, edges styled as on the page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnpruner.domain.markup import Markup, element, percent
from cnnpruner.domain.tree.nodes import Node

COLUMN_WIDTH, ROW_HEIGHT, NODE_RADIUS, MARGIN_WIDTH = 128, 46, 13, 24
NODE_CLASSES = {"control": "node control", "automatic": "node automatic"}


@dataclass(frozen=True)
class Position:
    """The centre of a node, in pixels."""

    x: float
    y: float


def place_nodes(nodes: Sequence[Node]) -> dict[int, Position]:
    """Return the position of each node, by node id. Children are to the right of their parent, the first child on the
    parent's row.
    """
    children: Mapping[int | None, list[Node]] = defaultdict(list)
    for node in nodes:
        children[node.parent_id].append(node)
    positions: dict[int, Position] = {}
    unplaced_nodes = [(node, 0) for node in reversed(children[None])]
    row = 0
    while unplaced_nodes:
        node, depth = unplaced_nodes.pop()
        positions[node.id] = Position(
            MARGIN_WIDTH + NODE_RADIUS + depth * COLUMN_WIDTH, MARGIN_WIDTH + row * ROW_HEIGHT
        )
        node_children = children[node.id]
        row += not node_children  # a leaf ends its row
        unplaced_nodes += [(child, depth + 1) for child in reversed(node_children)]
    return positions


def draw_tree(nodes: Sequence[Node]) -> Markup:
    """Draw all nodes, with edges that show whether a node recovered: solid grey for yes, dashed purple for no, grey
    with long dashes for not judged, dotted for not finished.
    """
    positions = place_nodes(nodes)
    width = max(position.x for position in positions.values()) + COLUMN_WIDTH
    height = max(position.y for position in positions.values()) + MARGIN_WIDTH + 10
    edges = [_draw_edge(node, positions) for node in nodes if node.parent_id is not None]
    drawn_nodes = [_draw_node(node, positions[node.id]) for node in nodes]
    return element(
        "svg", *edges, *drawn_nodes, width=width, height=height, viewBox=f"0 0 {width} {height}", role="img",
        aria_label=f"Tree of {len(nodes)} nodes",
    )  # fmt: skip


def _draw_edge(node: Node, positions: Mapping[int, Position]) -> Markup:
    assert node.parent_id is not None
    start, end = positions[node.parent_id], positions[node.id]
    edge_end_x = end.x - NODE_RADIUS
    if start.y == end.y:
        path = f"M{start.x + NODE_RADIUS} {start.y}H{edge_end_x}"
    else:  # down first, so that no edge crosses the text next to a node
        path = f"M{start.x} {start.y + NODE_RADIUS}V{end.y - 10}Q{start.x} {end.y} {start.x + 10} {end.y}H{edge_end_x}"
    unjudged_css_class = "edge pending" if node.recovered_reason is None else "edge unjudged"
    css_class = {True: "edge", False: "edge unrecovered", None: unjudged_css_class}[node.recovered]
    return element("path", d=path, class_=css_class)


def _draw_node(node: Node, position: Position) -> Markup:
    is_ready = node.state == "ready"
    css_class = NODE_CLASSES.get(node.origin, "node") if is_ready else "node unfinished"
    circle = element("circle", cx=position.x, cy=position.y, r=NODE_RADIUS, class_=css_class)
    number = element("text", node.number, x=position.x, y=position.y + 4, text_anchor="middle")
    first_line = percent(node.accuracy) if is_ready else node.state
    second_line = f"−{percent(node.compression, 1)}" if is_ready and node.parent_id is not None else ""
    text_x = position.x + NODE_RADIUS + 5
    lines = [
        element("text", first_line + (" ★" if node.starred else ""), x=text_x, y=position.y - 5),
        element("text", second_line, x=text_x, y=position.y + 16, class_="soft"),
    ]
    return element("g", element("title", describe_node(node)), circle, number, *lines)


def describe_node(node: Node) -> str:
    """Describe a node in a sentence, for a tooltip."""
    if node.state != "ready":
        return f"Node {node.number}: {node.state}"
    metrics = [f"Node {node.number}: accuracy {percent(node.accuracy)}", f"{node.filters} filters"]
    metrics += [f"{node.parameters:,} parameters", f"{node.macs:,} MACs"]
    sentences = [", ".join(metrics), *node.notices, *([node.recovered_reason] if node.recovered_reason else [])]
    return ". ".join(sentence.rstrip(".") for sentence in sentences) + (f". {node.note[:200]}" if node.note else "")
