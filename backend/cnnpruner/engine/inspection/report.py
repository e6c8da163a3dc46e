"""The words of an inspection. Free of torch."""

from collections.abc import Sequence

from cnnpruner.domain.sources.inspections import CutProof, FrozenPart, NetworkReport

SHOWN = 3
_STEPS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def describe(report: NetworkReport) -> NetworkReport:
    """The same report with its sentences: what it is, what can be cut, what is coupled, what is frozen, the proof."""
    sentences = [_what(report), _free(report)]
    if report.coupled:
        sentences.append(_coupled(report))
    sentences += [describe_frozen(part) for part in report.frozen]
    return report.model_copy(update={"sentences": [*sentences, *report.notes, describe_proof(report.proof)]})


def describe_frozen(part: FrozenPart) -> str:
    """Which filters must stay, and why."""
    where = _first(part.layers)
    return f"Frozen: {part.filters:,} {_filters(part.filters)} of {where}: {part.reason}."


def describe_proof(proof: CutProof) -> str:
    """What the random cut showed."""
    if proof.difference is None:
        return "Nothing can be cut, so there is nothing to prove."
    cut = f"A random cut of {proof.units:,} free units ({proof.filters:,} {_filters(proof.filters)}, about 30 %)"
    if proof.equal:
        return (
            f"Proof: {cut} equals the original with zeros in their place: max |Δlogit| is {proof.difference:.1e} of "
            "the largest logit."
        )
    if proof.normalises_channels:
        return (
            f"Proof: {cut} runs. It cannot equal the zeroed original, because statistics over channels (layer or group "
            f"norm) change with every cut: max |Δlogit| is {proof.difference:.2f} of the largest logit."
        )
    return (
        f"{cut} runs but differs from the zeroed original by {proof.difference:.1e} of the largest logit; check what "
        "the network computes before you rest on its forecasts."
    )


def show_count(value: float) -> str:
    """1,234 · 11.18 M · 1.82 G."""
    for size, letter in _STEPS[:2]:
        if value >= size:
            return f"{value / size:.2f} {letter}"
    return f"{value:,.0f}"


def _what(report: NetworkReport) -> str:
    channels, height, width = report.image
    return (
        f"{report.network} reads images of {channels}×{height}×{width} and answers {report.classes:,} classes: "
        f"{len(report.layers)} layers, {report.filters:,} filters, {show_count(report.parameters)} parameters, "
        f"{show_count(report.macs)} MACs an image."
    )


def _free(report: NetworkReport) -> str:
    share = report.free_filters / report.filters if report.filters else 0.0
    full = [layer.name for layer in report.layers if layer.free_filters == layer.filters]
    return (
        f"{report.free_filters:,} of {report.filters:,} filters ({share:.0%}) can be removed; "
        f"{len(full)} of {len(report.layers)} layers are wholly free."
    )


def _coupled(report: NetworkReport) -> str:
    largest = max(report.coupled, key=lambda one: len(one.layers))
    sets = "set of layers goes" if len(report.coupled) == 1 else "sets of layers go"
    return (
        f"{len(report.coupled)} {sets} together, filter by filter; the largest has {len(largest.layers)}: "
        f"{_first(largest.layers)}."
    )


def _first(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _filters(count: int) -> str:
    return "filter" if count == 1 else "filters"
