"""Formats inspections as tables: the layers of one network for a terminal, or many networks for a document. Does not
import torch.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from cnnpruner.domain.sources.inspections import FrozenFilters, NetworkReport
from cnnpruner.engine.inspection.report import format_count

_TABLE_HEADER = (
    "network",
    "image",
    "filters",
    "free",
    "coupled sets",
    "frozen filters and reason",
    "MACs",
    "trace",
    "max \\|Δlogit\\|",
    "spread",
    "result",
)


def layer_table(report: NetworkReport) -> str:
    """Return a table with one line per layer: kind, filters, removable filters, MACs, parameters, coupled layers."""
    header = ("layer", "kind", "filters", "free", "MACs", "parameters", "coupled set")
    coupled_set_by_layer = {name: coupled.name for coupled in report.coupled for name in coupled.layers}
    rows: list[tuple[str, ...]] = [
        (
            layer.name,
            layer.kind,
            f"{layer.filters:,}",
            f"{layer.free_filters:,}",
            format_count(layer.macs),
            format_count(layer.parameters),
            coupled_set_by_layer.get(layer.name, ""),
        )
        for layer in report.layers
    ]
    other_macs = sum(operation.macs for operation in report.operations if operation.layer is None)
    if other_macs:
        rows.append(("other operations", "", "", "", format_count(other_macs), "", ""))
    total = ("total", "", f"{report.filters:,}", f"{report.free_filters:,}")
    rows.append((*total, format_count(report.macs), format_count(report.parameters), ""))
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    return "\n".join(_format_row(row, widths) for row in (header, *rows))


def _format_row(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        text.rjust(width) if 2 <= column <= 5 else text.ljust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def networks_markdown(reports: Sequence[NetworkReport], errors: Mapping[str, str], command: str) -> str:
    """Return a Markdown document with one row per network.

    errors: the error message of each network that could not be inspected, by the network's name.
    """
    counts = Counter(report.proof.result for report in reports)
    rows = [_network_row(report) for report in reports] + [(name, *[""] * 9, error) for name, error in errors.items()]
    lines = [" | ".join(cells) for cells in (_TABLE_HEADER, ("---",) * len(_TABLE_HEADER), *rows)]
    return _PAGE_TEMPLATE.format(
        command=command,
        networks=len(rows),
        equal=counts["equal"],
        other_results="; ".join(f"{result}: {count}" for result, count in sorted(counts.items()) if result != "equal")
        or "none",
        table="\n".join(f"| {line} |" for line in lines),
    )


def _network_row(report: NetworkReport) -> tuple[str, ...]:
    channels, height, width = report.image
    largest_set_size = max((len(coupled.layers) for coupled in report.coupled), default=0)
    proof = report.proof
    prunable_share = report.free_filters / report.filters if report.filters else 0.0
    return (
        report.network,
        f"{channels}×{height}×{width}",
        f"{report.filters:,}",
        f"{report.free_filters:,} ({prunable_share:.0%})",
        f"{len(report.coupled)} (the largest couples {largest_set_size} layers)" if report.coupled else "none",
        "; ".join(_describe_frozen_layers(part) for part in report.frozen),
        format_count(report.macs),
        f"{report.trace_s:.2f} s",
        "" if proof.difference is None else f"{proof.difference:.1e}",
        "" if proof.spread is None else f"{proof.spread:.1e}",
        proof.result,
    )


def _describe_frozen_layers(part: FrozenFilters) -> str:
    layers = part.layers[0] if len(part.layers) == 1 else f"{part.layers[0]} and {len(part.layers) - 1} more"
    return f"{part.filters:,} of {layers}: {part.reason}"


_PAGE_TEMPLATE = """# Networks

Written by `{command}`; do not edit by hand.

Results of `cnnpruner inspect`, with fresh weights. Each network is run once to trace its channels (column *trace*:
seconds on two CPU cores). Then a random 30% of its free units are cut. The output of the cut network is compared with
the output of the uncut network in which later layers read zeros from these units, and in which layer and group norms
ignore them. Both networks are copies in which constant tensors contain noise and batch norm is calibrated by one pass
in training mode, because the signal dies in most freshly initialised networks. Two columns are shares of the largest
logit: *max |Δlogit|*, the largest difference between a logit of the cut and of the uncut network, and *spread*, the
largest difference of a logit between two images. The result *equal* means that the difference is at most 1e-4
(float32) and that the spread is at least 1e-4 and at least 100 times the difference; the result *none* means that no
filter can be removed. MACs are those of convolutions, linear layers, matrix products and recurrent cells for one image.

Equal: {equal} of {networks}. Other results: {other_results}.

{table}
"""
