"""The tree as SVG: a column per generation, a row per branch, edges as in the page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnpruner.domain.markup import Markup, element, percent
from cnnpruner.domain.tree.nodes import Node

COLUMN, ROW, RADIUS, MARGIN = 128, 46, 13, 24
KINDS = {"control": "node control", "automatic": "node automatic"}


@dataclass(frozen=True)
class Place:
    """Where a node stands, pixels."""

    x: float
    y: float


def lay_out(nodes: Sequence[Node]) -> dict[int, Place]:
    """Children at the right of their parent, the first one on its row."""
    children: Mapping[int | None, list[Node]] = defaultdict(list)
    for node in nodes:
        children[node.parent_id].append(node)
    places: dict[int, Place] = {}
    open_ones = [(node, 0) for node in reversed(children[None])]
    row = 0
    while open_ones:
        node, depth = open_ones.pop()
        places[node.id] = Place(MARGIN + RADIUS + depth * COLUMN, MARGIN + row * ROW)
        below = children[node.id]
        row += not below  # a leaf ends its row
        open_ones += [(child, depth + 1) for child in reversed(below)]
    return places


def draw_tree(nodes: Sequence[Node]) -> Markup:
    """All nodes. Grey solid edges: recovered; dashed purple ones: not; dotted: not finished."""
    places = lay_out(nodes)
    width = max(place.x for place in places.values()) + COLUMN
    height = max(place.y for place in places.values()) + MARGIN + 10
    edges = [_edge(node, places) for node in nodes if node.parent_id is not None]
    marks = [_mark(node, places[node.id]) for node in nodes]
    return element(
        "svg", *edges, *marks, width=width, height=height, viewBox=f"0 0 {width} {height}", role="img",
        aria_label=f"Tree of {len(nodes)} nodes",
    )  # fmt: skip


def _edge(node: Node, places: Mapping[int, Place]) -> Markup:
    assert node.parent_id is not None
    start, end = places[node.parent_id], places[node.id]
    goal = end.x - RADIUS
    if start.y == end.y:
        course = f"M{start.x + RADIUS} {start.y}H{goal}"
    else:  # down first, so that no edge crosses the words beside a node
        course = f"M{start.x} {start.y + RADIUS}V{end.y - 10}Q{start.x} {end.y} {start.x + 10} {end.y}H{goal}"
    kind = {True: "edge", False: "edge lost", None: "edge open"}[node.recovered]
    return element("path", d=course, class_=kind)


def _mark(node: Node, at: Place) -> Markup:
    is_ready = node.state == "ready"
    circle = element(
        "circle", cx=at.x, cy=at.y, r=RADIUS, class_=KINDS.get(node.origin, "node") if is_ready else "node unfinished"
    )
    number = element("text", node.number, x=at.x, y=at.y + 4, text_anchor="middle")
    first = percent(node.accuracy) if is_ready else node.state
    second = f"−{percent(node.compression, 1)}" if is_ready and node.parent_id is not None else ""
    beside = at.x + RADIUS + 5
    words = [
        element("text", first + (" ★" if node.starred else ""), x=beside, y=at.y - 5),
        element("text", second, x=beside, y=at.y + 16, class_="soft"),
    ]
    return element("g", element("title", describe(node)), circle, number, *words)


def describe(node: Node) -> str:
    """A node in a sentence, for a tooltip."""
    if node.state != "ready":
        return f"Node {node.number}: {node.state}"
    parts = [f"Node {node.number}: accuracy {percent(node.accuracy)}", f"{node.filters} filters"]
    parts += [f"{node.parameters:,} parameters", f"{node.macs:,} MACs"]
    return ", ".join(parts) + (f". {node.note[:200]}" if node.note else "")
