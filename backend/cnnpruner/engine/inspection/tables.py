"""Tables of inspections: a network's layers for a terminal, many networks for a document. Free of torch."""

from collections.abc import Mapping, Sequence

from cnnpruner.domain.sources.inspections import FrozenPart, NetworkReport
from cnnpruner.engine.inspection.report import show_count

_HEAD = (
    "network",
    "image",
    "filters",
    "free",
    "coupled sets",
    "frozen, and why",
    "MACs",
    "trace",
    "worst |Δlogit|",
    "",
)


def layer_table(report: NetworkReport) -> str:
    """A line per layer: kind, filters, free ones, MACs, parameters, and the set that it goes with."""
    head = ("layer", "kind", "filters", "free", "MACs", "parameters", "goes with")
    coupled = {name: one.name for one in report.coupled for name in one.layers}
    rows: list[tuple[str, ...]] = [
        (
            one.name,
            one.kind,
            f"{one.filters:,}",
            f"{one.free_filters:,}",
            show_count(one.macs),
            show_count(one.parameters),
            coupled.get(one.name, ""),
        )
        for one in report.layers
    ]
    total = ("total", "", f"{report.filters:,}", f"{report.free_filters:,}")
    rows.append((*total, show_count(report.macs), show_count(report.parameters), ""))
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    return "\n".join(_line(row, widths) for row in (head, *rows))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        text.rjust(width) if 2 <= at <= 5 else text.ljust(width)
        for at, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def markdown(reports: Sequence[NetworkReport], faults: Mapping[str, str], command: str) -> str:
    """A document with a row per network. faults: name -> sentence of those that could not be inspected."""
    equal = sum(report.proof.equal for report in reports)
    rows = [_row(report) for report in reports] + [(name, *[""] * 7, "", fault) for name, fault in faults.items()]
    lines = [" | ".join(cells) for cells in (_HEAD, ("---",) * len(_HEAD), *rows)]
    return _WORDS.format(
        command=command,
        networks=len(rows),
        equal=equal,
        runs=len(reports) - equal,
        table="\n".join(f"| {line} |" for line in lines),
    )


def _row(report: NetworkReport) -> tuple[str, ...]:
    channels, height, width = report.image
    largest = max((len(one.layers) for one in report.coupled), default=0)
    proof = report.proof
    result = "equal" if proof.equal else "runs: statistics over channels" if proof.normalises_channels else "differs"
    return (
        report.network,
        f"{channels}×{height}×{width}",
        f"{report.filters:,}",
        f"{report.free_filters:,}",
        f"{len(report.coupled)} (largest: {largest} layers)" if report.coupled else "none",
        "; ".join(_frozen(part) for part in report.frozen),
        show_count(report.macs),
        f"{report.trace_s:.2f} s",
        "" if proof.difference is None else f"{proof.difference:.1e}",
        result,
    )


def _frozen(part: FrozenPart) -> str:
    where = part.layers[0] if len(part.layers) == 1 else f"{part.layers[0]} and {len(part.layers) - 1} more"
    return f"{part.filters:,} of {where}: {part.reason}"


_WORDS = """# Networks

Made by `{command}`; do not edit by hand.

What `cnnpruner inspect` finds in one classifier of each family, with fresh weights and uneven batch norm. Each network
is run once to follow its channels (*trace*, seconds on two CPU cores), cut by 30 % of its free units at random, and
compared with the uncut network that reads zeros in their place. *Worst |Δlogit|* is the largest difference of any
logit, as a share of the largest logit; *equal* means at most 1e-4 in float32. Where layer norm runs over channels, its
statistics change with every cut and equality cannot hold: then the cut network must run.

{equal} of {networks} are equal; {runs} run without.

{table}
"""
