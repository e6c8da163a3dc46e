"""Draws a scatter plot of accuracy against a cost, as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cnnpruner.domain.markup import Markup, element, percent
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.drawing.tree import NODE_CLASSES, describe_node

SVG_WIDTH, SVG_HEIGHT = 500, 300
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 56, 484, 14, 260
Metric = Literal["macs", "parameters"]
AXIS_TITLES: dict[Metric, str] = {"macs": "MACs per image", "parameters": "parameters"}


@dataclass(frozen=True)
class Scale:
    """A linear function from values to pixel positions."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel position of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def draw_scatter(nodes: Sequence[Node], metric: Metric, target: float | None = None) -> Markup:
    """Draw all ready nodes. The x axis is the cost (logarithmic), the y axis is the accuracy on the selection split,
    and a dashed line marks the target.
    """
    points = [
        (node, cost, node.accuracy) for node in nodes if (cost := getattr(node, metric)) and node.accuracy is not None
    ]
    if not points:
        return element("p", "No node is ready yet.", class_="soft")
    x = _make_padded_scale([math.log10(cost) for _, cost, _ in points], PLOT_LEFT, PLOT_RIGHT, 0.02)
    y = _make_padded_scale(
        [*(accuracy for *_, accuracy in points), *([target] if target else [])], PLOT_BOTTOM, PLOT_TOP, 0.002
    )
    elements = [_draw_point(node, x(math.log10(cost)), y(accuracy)) for node, cost, accuracy in points]
    target_line = (
        [element("line", x1=PLOT_LEFT, x2=PLOT_RIGHT, y1=y(target), y2=y(target), class_="edge unrecovered")]
        if target
        else []
    )
    title_x, title_y = (PLOT_LEFT + SVG_WIDTH) / 2, SVG_HEIGHT - 6
    title = element("text", AXIS_TITLES[metric], x=title_x, y=title_y, text_anchor="middle", class_="soft")
    return element(
        "svg", *_draw_y_ticks(y), *_draw_x_ticks(x), title, *target_line, *elements,
        viewBox=f"0 0 {SVG_WIDTH} {SVG_HEIGHT}", width="100%", role="img",
        aria_label=f"Accuracy against {AXIS_TITLES[metric]}",
    )  # fmt: skip


def _make_padded_scale(values: Sequence[float], start: float, end: float, min_padding: float) -> Scale:
    low, high = min(values), max(values)
    padding = max((high - low) * 0.08, min_padding)
    return Scale(low - padding, high + padding, start, end)


def _draw_point(node: Node, x: float, y: float) -> Markup:
    """Draw control nodes as squares and other nodes as circles, so that colour is not the only difference."""
    css_class = NODE_CLASSES.get(node.origin, "node")
    if node.origin == "control":
        shape = element("rect", x=x - 4, y=y - 4, width=8, height=8, class_=css_class)
    else:
        shape = element("circle", cx=x, cy=y, r=4.5, class_=css_class)
    return element("g", element("title", describe_node(node)), shape, element("text", node.number, x=x + 7, y=y - 4))


def _draw_y_ticks(y: Scale) -> list[Markup]:
    elements = []
    for value in choose_ticks(y.low, y.high):
        position = y(value)
        elements.append(element("line", x1=PLOT_LEFT, x2=PLOT_RIGHT, y1=position, y2=position, class_="axis"))
        elements.append(
            element("text", percent(value, 1), x=PLOT_LEFT - 6, y=position + 4, text_anchor="end", class_="soft")
        )
    return elements


def _draw_x_ticks(x: Scale) -> list[Markup]:
    tick_exponents = [
        math.log10(step) + exponent for exponent in range(math.floor(x.low), math.ceil(x.high)) for step in (1, 2, 5)
    ]
    elements = []
    for value in tick_exponents:
        if x.low <= value <= x.high:
            position = x(value)
            elements.append(element("line", x1=position, x2=position, y1=PLOT_TOP, y2=PLOT_BOTTOM, class_="axis"))
            text, baseline_y = format_with_si_prefix(10**value), PLOT_BOTTOM + 15
            elements.append(element("text", text, x=position, y=baseline_y, text_anchor="middle", class_="soft"))
    return elements


def choose_ticks(low: float, high: float, approximate_tick_count: int = 6) -> list[float]:
    """Return roughly `approximate_tick_count` round numbers between `low` and `high`, for the ticks of an axis."""
    min_step = (high - low) / approximate_tick_count
    power_of_ten = 10.0 ** math.floor(math.log10(min_step))
    step = next(factor * power_of_ten for factor in (1, 2, 5, 10) if factor * power_of_ten >= min_step)
    first_tick_index = math.ceil(low / step)
    return [round(index * step, 10) for index in range(first_tick_index, math.floor(high / step) + 1)]


def format_with_si_prefix(number: float) -> str:
    """Format a number with a non-breaking space and an SI prefix, for example 20000 as “20 k”."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size * 0.999:
            return f"{number / size:.3g}\u00a0{unit}"
    return f"{number:.3g}"
