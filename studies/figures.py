"""Figures in docs/figures: SVG, in Okabe–Ito colours; each tree also has its own marker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from studies.statistics import FloatArray, scaled_ranks

FOLDER = Path(__file__).parent.parent / "docs" / "figures"
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cnnpruner",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}

NamedPoints = tuple[str, FloatArray]
"""A tree's name and its [n, 3] accuracies: raw, re-estimated, tuned."""


def draw_previews(trees: Sequence[NamedPoints]) -> None:
    """Draw tuned accuracy against both previews."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 4.8), layout="constrained", facecolor="white")
        axes = figure.subplots(1, 2, sharey=True)
        labels = ["Raw preview accuracy, %", "Preview with batch norm re-estimated, %"]
        for column, (plot, label) in enumerate(zip(axes, labels, strict=True)):
            for colour, marker, (name, points) in zip(COLOURS, MARKERS, trees, strict=False):
                plot.plot(100 * points[:, column], 100 * points[:, 2], marker, color=colour, label=name, markersize=6)
            plot.set(xlabel=label, xlim=(0, 101))
            plot.grid(color="#dddddd", linewidth=0.6)
        axes[0].set_ylabel("Accuracy after tuning, %")
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=3)
        _save(figure, "preview-and-tuned")


def draw_stability(
    trees: Sequence[tuple[str, FloatArray, FloatArray]], units: Sequence[tuple[FloatArray, FloatArray]]
) -> None:
    """Draw instability against the rank by sensitivity: units, their tenths, and the boundary effect alone."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 6.4), layout="constrained", facecolor="white")
        axes = figure.subplots(2, 3, sharex=True, sharey=True).flatten()
        for plot, (name, observed, null), (sensitivity, instability) in zip(axes, trees, units, strict=False):
            centres = (np.arange(len(observed)) + 0.5) / len(observed)
            ranks = scaled_ranks(sensitivity)
            plot.plot(ranks, instability, ".", color=COLOURS[5], markersize=2.5, label="one unit", rasterized=True)
            plot.plot(centres, observed, "-o", color=COLOURS[0], markersize=5, label="mean of each tenth")
            plot.plot(centres, null, "--", color="#000000", linewidth=1.6, label="equal noise: boundary effect")
            plot.set_title(name, fontsize=11)
        for unused in axes[len(trees) :]:
            unused.axis("off")
        axes[-1].legend(*axes[0].get_legend_handles_labels(), loc="center")
        figure.supxlabel("Rank by sensitivity: 0 least, 1 most sensitive", fontsize=11)
        figure.supylabel("Instability (mean deviation of the rank / units)", fontsize=11)
        _save(figure, "rank-stability")


def _save(figure: Figure, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None}, dpi=150)
