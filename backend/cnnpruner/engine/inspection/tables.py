"""Tables of inspections: the layers of one network for a terminal, or many networks for a document.

Does not import torch.
"""

from collections.abc import Mapping, Sequence

from cnnpruner.domain.sources.inspections import FrozenPart, NetworkReport
from cnnpruner.engine.inspection.report import format_count

_HEADER = (
    "network",
    "image",
    "filters",
    "free",
    "coupled sets",
    "frozen filters and reason",
    "MACs",
    "trace",
    "worst |Δlogit|",
    "",
)


def layer_table(report: NetworkReport) -> str:
    """Return a table with a line per layer: kind, filters, free filters, MACs, parameters, and coupled layers."""
    header = ("layer", "kind", "filters", "free", "MACs", "parameters", "coupled set")
    set_by_layer = {name: coupled.name for coupled in report.coupled for name in coupled.layers}
    rows: list[tuple[str, ...]] = [
        (
            layer.name,
            layer.kind,
            f"{layer.filters:,}",
            f"{layer.free_filters:,}",
            format_count(layer.macs),
            format_count(layer.parameters),
            set_by_layer.get(layer.name, ""),
        )
        for layer in report.layers
    ]
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

    errors: name -> message for networks that could not be inspected.
    """
    equal = sum(report.proof.equal for report in reports)
    rows = [_network_row(report) for report in reports] + [
        (name, *[""] * 7, "", error) for name, error in errors.items()
    ]
    lines = [" | ".join(cells) for cells in (_HEADER, ("---",) * len(_HEADER), *rows)]
    return _TEMPLATE.format(
        command=command,
        networks=len(rows),
        equal=equal,
        runs=len(reports) - equal,
        table="\n".join(f"| {line} |" for line in lines),
    )


def _network_row(report: NetworkReport) -> tuple[str, ...]:
    channels, height, width = report.image
    largest = max((len(coupled.layers) for coupled in report.coupled), default=0)
    proof = report.proof
    result = "equal" if proof.equal else "runs; normalises over channels" if proof.normalises_channels else "differs"
    return (
        report.network,
        f"{channels}×{height}×{width}",
        f"{report.filters:,}",
        f"{report.free_filters:,}",
        f"{len(report.coupled)} (largest: {largest} layers)" if report.coupled else "none",
        "; ".join(_describe_frozen(part) for part in report.frozen),
        format_count(report.macs),
        f"{report.trace_s:.2f} s",
        "" if proof.difference is None else f"{proof.difference:.1e}",
        result,
    )


def _describe_frozen(part: FrozenPart) -> str:
    layers = part.layers[0] if len(part.layers) == 1 else f"{part.layers[0]} and {len(part.layers) - 1} more"
    return f"{part.filters:,} of {layers}: {part.reason}"


_TEMPLATE = """# Networks

Written by `{command}`; do not edit by hand.

Results of `cnnpruner inspect` for one classifier of each family, with fresh weights and random batch norm. Each network
is run once to trace its channels (*trace*, seconds on two CPU cores). Then a random 30 % of its free units are cut, and
the result is compared with the uncut network whose readers see zeros for these units. *Worst |Δlogit|* is the largest
difference of any logit, as a share of the largest logit; *equal* means at most 1e-4 in float32. If layer norm runs over
channels, its statistics change with every cut and the outputs cannot be equal: then the cut network only has to run.

Equal: {equal} of {networks}. Runs, but not equal: {runs}.

{table}
"""
